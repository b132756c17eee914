/**
 * One destination's own queue: what waits for it, what it was answered, what is lost and why. No lane knows of another, so one
 * that is down fills nothing but its own.
 *
 * It is given native batches as the engine made them, under consent that the engine knows, and asks again before each send
 * whether its own purposes stand. The rules of waiting and giving up are those of src/engine/tracker/deliver.rs: both keep to the
 * table tests/decisions.json.
 */

import { nameless } from '../../../src/edge/page.js'
import { uuid7 } from '../early.js'
import { stands } from '../standing.js'

/** After so many failures of the network in a row nothing is tried until it, or the page, changes. */
const BREAK_AFTER = 3
/** A beacon that is stored, since nobody sees its answer, counts as handed over after so long. */
const UNSEEN_MS = 2_000
/** Requests under way at once; while it fails, one. */
const FLYING = 4

/** The batch with some of its events: pages that none of them is of are left out. */
const withEvents = (batch, events) => {
  const places = [...new Set(events.map(({ page }) => page))]
  return {
    ...batch,
    pages: places.map((place) => batch.pages[place]),
    events: events.map((event) => ({ ...event, page: places.indexOf(event.page) })),
  }
}

/**
 * `send(how, text, answer)` is a format's, see ../foreign.js; `consent()` answers `{ state, purposes, decided }` as it is now.
 * `events` are names, none for all; `limits` are `{ events, bytes, ms }` of what may wait and `{ first, longest }` of how long it does, `share` the bytes that a page which is
 * being left may give it; `name` goes into `stats`. `kept` are `save`, `later` and `free` of ./kept.js, where what waits is
 * stored; `knows` is whether the receiver knows an event again: only then may what is on its way be stored as well.
 */
export const lane = ({ name, send, purposes, events, limits, share, consent, erases, kept, knows }) => {
  const { first = 1_000, longest = 300_000 } = limits
  let queue = []
  let notBefore = 0
  let failures = 0
  let zeros = 0
  let timer
  const counted = { accepted: 0, handedOver: 0, acknowledged: 0, bytesSent: 0, batches: 0 }
  const lost = {}
  /** Losses that no batch has told of yet. */
  let untold = {}

  const lose = (reason, count) => {
    if (!count) return
    for (const losses of [lost, untold]) losses[reason] = (losses[reason] || 0) + count
  }
  const drop = (reason, which) => {
    queue = queue.filter((item) => item.isFlying || !which(item) || lose(reason, item.batch.events.length))
  }
  const sum = (which) => queue.filter(which).reduce((all, { batch }) => all + batch.events.length, 0)

  /** Whether its purposes stand: undefined while nobody has said. */
  const may = () => stands(purposes, consent())

  const add = (batch) => {
    const size = JSON.stringify(batch).length
    queue.push({ batch, size, at: Date.now(), attempt: 1 })
    const isOver = () => sum(() => true) > limits.events || queue.reduce((all, item) => all + item.size, 0) > limits.bytes
    // The oldest go first, those with an order last.
    for (const spares of [({ batch }) => !batch.events.some(({ name }) => name == 'purchase'), () => true])
      while (isOver()) {
        const oldest = queue.find((item) => !item.isFlying && spares(item))
        if (!oldest) break
        drop('queue_full', (item) => item == oldest)
      }
  }

  /** The batch as it may leave, or be kept, now: what was taken back since is taken out. */
  const known = ({ batch }) => {
    const purposes = batch.consent.purposes.filter((purpose) => consent().purposes.includes(purpose))
    const now = { ...batch, consent: { ...batch.consent, purposes } }
    return purposes.includes('marketing') ? now : { ...now, visitor: batch.session.id, user: null }
  }

  const fly = (item, how) => {
    const text = nameless(JSON.stringify({ ...known(item), sent: Date.now(), attempt: item.attempt }))
    item.isFlying = true
    // Before it goes: stored once more where a dying page hears no answer, or no longer where it must not go twice.
    if (!knows) kept?.free(item)
    else if (how < 1) kept?.save()
    item.isDoubtful = how < 1 && item.slot > 0
    counted.batches++
    counted.bytesSent += new TextEncoder().encode(text).length
    let isAnswered
    const answer = (status, wait) => {
      if (!isAnswered) land(item, status, wait)
      isAnswered = true
    }
    try {
      send(how, text, answer)
    } catch {
      answer(400)
    }
  }

  const land = (item, status, wait) => {
    if (item.isLeft) return
    if (item.isDoubtful && status == -2) {
      // Stored for the next page, should this one not live on.
      item.isDoubtful = false
      return void setTimeout(land, UNSEEN_MS, item, status)
    }
    item.isFlying = false
    const count = item.batch.events.length
    const isStored = (status > 199 && status < 300) || status > 999
    if (item.isGone || status == -2) counted.handedOver += count
    else if (isStored) {
      const refused = Math.min(count, Math.max(0, status - 1000))
      counted.acknowledged += count - refused
      lose('rejected', refused)
    }
    zeros = status < 1 && status != -2 ? zeros + 1 : 0
    const again = !item.isGone && (status < 1 || [408, 425, 429].includes(status) || (status > 499 && status < 1000)) && status != -2
    if (again) {
      item.attempt++
      notBefore = Date.now() + (wait > 0 ? Math.min(longest, wait * 1000) : Math.floor(Math.random() * Math.min(longest, first * 2 ** Math.min(failures, 20))) + 1)
      failures++
    } else {
      failures = 0
      queue = queue.filter((other) => other != item)
      if (!item.isGone && !isStored && status != -2) {
        // One of them is refused, or all are too much.
        const { events } = item.batch
        const half = events.length >> 1
        if (!half) lose(status == 413 ? 'oversize' : 'rejected', count)
        else
          for (const some of [events.slice(0, half), events.slice(half)])
            queue.push({ ...item, batch: { ...withEvents(item.batch, some), batch: uuid7(Date.now()) }, mark: '', slot: 0, size: item.size >> 1, attempt: item.attempt + 1 })
      }
    }
    pump(1)
  }

  /** Sends what may be sent now, by what `how` says; a page that is being left waits for nothing but the network. */
  const pump = (how) => {
    clearTimeout(timer)
    kept?.later()
    drop('expired', ({ at }) => at + limits.ms < Date.now())
    const mayGo = may()
    if (mayGo === false) drop(consent().state == 'withdrawn' ? 'withdrawn' : 'consent_denied', () => true)
    if (!mayGo || zeros >= BREAK_AFTER) return
    const wait = notBefore - Date.now()
    if (how > 0 && wait > 0) timer = queue.length && setTimeout(pump, wait, 1)
    else {
      let room = share
      for (const item of queue.filter(({ isFlying }) => !isFlying)) {
        if (how > 0 && queue.filter(({ isFlying }) => isFlying).length >= (failures ? 1 : FLYING)) break
        room -= item.size
        if (how < 1 && room < 0) continue
        fly(item, how)
      }
    }
  }

  return {
    /** Takes over what is meant for it of a batch. */
    take: (batch, how) => {
      if (!batch.events) return erases && may() ? send(how, JSON.stringify(batch), () => {}) : undefined
      const own = batch.events.filter(({ name }) => !events.length || events.includes(name))
      counted.accepted += own.length
      if (may() === false) return lose('consent_denied', own.length)
      if (!own.length) return
      const all = { ...batch.lost }
      for (const reason in untold) all[reason] = (all[reason] || 0) + untold[reason]
      untold = {}
      add({ ...withEvents(batch, own), lost: all })
      pump(how)
    },
    pump,
    /** The network, or the page, is back. */
    resume: () => {
      notBefore = failures = zeros = 0
      pump(1)
    },
    to: [name.endpoint, name.format, ...purposes].join(' '),
    known,
    /** What may be stored: nothing while its purposes are open. */
    waiting: () => (may() ? queue.filter(({ isGone, isFlying }) => !isGone && (knows || !isFlying)) : []),
    /** Takes over what another page has left. */
    adopt: (item) => {
      // Throws where it is none.
      known(item)
      counted.accepted += item.batch.events.length
      queue.push({ ...item, attempt: item.attempt + 1 })
      pump(1)
    },
    /** Leaves what is stored to the next page, which counts it. */
    leave: (has) => {
      queue = queue.filter((item) => {
        item.isLeft = item.slot > 0 && has(item.slot)
        if (item.isLeft) counted.accepted -= item.batch.events.length
        return !item.isLeft
      })
    },
    /** Consent is taken back: what has left has left. */
    withdraw: () => {
      drop('withdrawn', () => true)
      for (const item of queue) item.isGone = true
    },
    stop: () => clearTimeout(timer),
    stats: () => {
      const waiting = sum(({ isFlying }) => !isFlying)
      const isHeld = may() === undefined
      const { accepted, handedOver, acknowledged, bytesSent, batches } = counted
      const flying = sum(({ isFlying }) => isFlying)
      const [held, queued] = isHeld ? [waiting, 0] : [0, waiting]
      return { ...name, accepted, held, queued, inDoubt: flying, handedOver, acknowledged, lost: { ...lost }, bytesSent, batches }
    },
  }
}
