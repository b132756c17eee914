/**
 * The part behind the option `destinations`: what the engine sends goes to several endpoints, each in its own words.
 *
 * The engine records once and makes native batches under the consent of the site; here each batch is handed to a lane per
 * destination (destinations/lane.js), with purposes, events, queue, share of the browser's budget and counters of its own.
 * So event, page, session and visitor have the same ids everywhere. The engine's own counters end at `handedOver`.
 */

import { LEAVE, ONLINE, VISIBILITY, VISIBLE } from '../../src/edge/page.js'
import { keeper } from './destinations/kept.js'
import { lane } from './destinations/lane.js'
import { KEEPALIVE, requester } from './request.js'
import { list } from './standing.js'

const PURPOSES = ['analytics', 'marketing', 'preferences', 'sale']
const OPTIONS = ['endpoint', 'format', 'key', 'purposes', 'events', 'mapping']
const HOUR = 3_600_000

/** How our own format is sent: `(how, text, answer)` as in foreign.js. */
const native = (endpoint, share) => {
  const { href, origin } = new URL(endpoint, document.baseURI)
  const request = requester(share)
  /** The endpoint may only forbid reading: then all that is learnt is that the network took it. */
  let isOpaque = false
  return async (how, text, answer) => {
    if (how < 1 && navigator.sendBeacon(href, text)) return answer(-2)
    try {
      const [response] = await request(href, { method: 'POST', body: text, mode: isOpaque ? 'no-cors' : 'cors' }, how < 2)
      answer(response.status || -2, +response.headers.get('retry-after'))
    } catch {
      isOpaque = !isOpaque && origin != location.origin
      answer(0)
    }
  }
}

/** Called by the tracker with its options: a promise of those that the engine is to be started with. Rejects with a reason. */
export const part = async ({ destinations, endpoint, format, key, ...rest }, tell) => {
  const all = [destinations].flat().filter(Boolean)
  if (!all.length) throw 'destinations: none'
  const share = Math.floor(KEEPALIVE / all.length)
  let options = rest
  let consent = { state: 'pending', purposes: [], decided: {} }
  const lanes = []

  for (const [place, one] of all.entries()) {
    const say = (problem) => `destinations[${place}]${problem}`
    if (typeof one != 'object' || !one.endpoint) throw say('.endpoint: required')
    const odd = Object.keys(one).find((name) => !OPTIONS.includes(name))
    if (odd) throw say(`.${odd}: not an option`)
    const purposes = list(one.purposes)
    if (!purposes.every((purpose) => PURPOSES.includes(purpose))) throw say('.purposes: not a purpose')
    const isNative = !one.format || one.format == 'native'
    const own = { share }
    if (isNative) Object.assign(own, { send: native(one.endpoint, share), knows: true })
    else {
      const formats = await tell.find('formats')
      if (typeof formats != 'function') throw say('.format: formats.js cannot be had')
      const { endpoint, format, key, mapping } = one
      options = await formats({ ...options, endpoint, format, key, mapping }, own).catch((reason) => {
        throw say('.' + reason)
      })
    }
    const name = { endpoint: one.endpoint, format: one.format || 'native' }
    const { send, knows } = own
    lanes.push((limits, kept) => lane({ name, send, knows, purposes, events: list(one.events), limits, share, consent: () => consent, erases: isNative, kept }))
  }

  const { batch, queue, retry } = options
  const limits = { events: +(queue?.events ?? 500), bytes: +(queue?.bytes ?? 262_144), ms: (queue?.hours ?? 72) * HOUR, first: +retry?.ms || 1_000, longest: Math.max(1_000, +retry?.maxMs || 300_000) }
  /** Once the page may store: see ./destinations/kept.js. */
  let stored
  const kept = { save: () => stored?.save(), later: () => stored?.later(), free: (item) => stored?.free(item) }
  lanes.splice(0, lanes.length, ...lanes.map((make) => make(limits, kept)))

  tell.run('on', [
    'consent',
    (now) => {
      consent = now
      for (const lane of lanes) now.state == 'granted' ? lane.pump(1) : lane.withdraw()
    },
  ])
  tell.send = (how, text, answer) => {
    const given = JSON.parse(text)
    for (const lane of lanes) lane.take(given, how)
    answer(-2)
  }
  // What outlives the page is told apart by destination: the engine has an outbox that never says it is open.
  const { find } = tell
  tell.find = async (name) => {
    const part = await find(name)
    if (name != 'outbox' || !part) return part
    stored ||= keeper(lanes, limits.bytes, part)
    return stored.open
  }
  ;(tell.heeds ||= new Set()).add((what) => {
    // A command.
    if (what < LEAVE) return
    stored?.leaving(what == null || what == LEAVE)
    if (what == null) lanes.forEach((lane) => lane.stop())
    else if (what == LEAVE || (what == VISIBILITY && document.hidden)) {
      // What the engine still has goes first: it hears of this after us.
      queueMicrotask(() => lanes.forEach((lane) => lane.pump(0)))
    } else if (what == VISIBILITY || what == VISIBLE || what == ONLINE) lanes.forEach((lane) => lane.resume())
  })
  tell.lanes = () => ({ destinations: lanes.map((lane) => lane.stats()) })
  return { ...options, endpoint: all[0].endpoint, batch: { ...batch, bytes: Math.min(batch?.bytes ?? 49_152, share) } }
}
