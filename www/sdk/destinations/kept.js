/**
 * What waits for destinations, kept in the browser so that it outlives the page, while there is a permit to
 * store. The records are those of the part `outbox`, under a key that goes with the identity (src/edge/store.js): after a
 * withdrawal, `erase()` and `reset()`, in all tabs, and that `exportData()` shows.
 *
 * A record is one batch for one destination, as it may be known by then: `{ to, at, attempt, batch }`. It is written anew
 * where that changes, and removed when the batch has ended. A page that is left leaves its records to the next one and forgets them.
 */

import { FOUND, nameless, quietly } from '../../../src/edge/page.js'

/** `room` is what all of it may take, in UTF-16 units; `outbox` that part. */
export const keeper = (lanes, room, outbox) => {
  let put, has, isDue, isLeaving
  let slots = 0
  /** Which opening of the outbox a record is of. */
  let times = 0

  /** Writes what is not there yet, and removes what has ended. */
  const save = () => {
    isDue = false
    if (!put) return
    const live = []
    for (const lane of lanes)
      for (const item of lane.waiting()) {
        const known = lane.known(item)
        const mark = [times, known.consent.purposes].join()
        // Removed by somebody else: it is not for us to keep any more.
        if (item.slot && item.mark == mark && !has(item.slot)) item.isBanned = true
        if (item.mark != mark && !item.isBanned) {
          const text = nameless(JSON.stringify({ to: lane.to, at: item.at, attempt: item.attempt, batch: known }))
          item.mark = mark
          // Full, blocked or broken: memory has to do.
          item.slot = quietly(() => put(text, ++slots, room)) ? slots : 0
        }
        live.push(item.slot)
      }
    quietly(() => put(live.join(), 0))
  }

  const found = (text) => {
    const { to, ...item } = JSON.parse(text)
    lanes.find((lane) => lane.to == to)?.adopt({ ...item, size: text.length })
  }

  return {
    /** As the outbox opens, with the mark of a yes: nothing is written where that is gone. The engine's own records stay out of it. */
    open: (yes) => {
      times++
      const [keep, shut, there] = outbox(
        yes.slice(0, -1) + '.d.',
        (what, slot, text) => {
          if (what == FOUND) quietly(() => found(text))
          else {
            put = (...record) => localStorage.getItem(yes) && !keep(...record)
            has = there
          }
          save()
        },
        '.',
      )
      return [
        () => {},
        () => {
          if (isLeaving) for (const lane of lanes) lane.pump(0)
          save()
          if (isLeaving && put) for (const lane of lanes) lane.leave(has)
          put = 0
          shut()
        },
      ]
    },
    save,
    /** No record of it while it is on its way. */
    free: (item) => {
      if (!item.slot) return
      item.isBanned ||= !has(item.slot)
      item.mark = ''
      item.slot = 0
      save()
    },
    /** Once for all that happens in one go. */
    later: () => {
      if (!isDue) queueMicrotask(save)
      isDue = true
    },
    /** Whether the page is being left: then closing leaves it all to the next one. */
    leaving: (is) => {
      isLeaving = is
    },
  }
}
