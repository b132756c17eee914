/**
 * The part behind the option `beforeSend`: the shop's own say about each event, once, before it is kept.
 *
 * Whatever is recorded goes through the firewall on its way into the engine, so that is where this stands: the hook sees
 * what the firewall left, and what it answers is cleaned again and checked by the engine like anything a page hands in.
 * Nothing was held, stored, told to subscribers or sent by then. Page views that the engine finds by itself become calls.
 * Where the hook throws or answers nonsense, that event is dropped, since it may hold what was to be taken out, and no other.
 */

import { here, json, quietly } from '../../src/edge/page.js'
import { encode, short } from './encode.js'
import { callViews, goThrough, shown } from './through.js'

/** Fields that the engine counts as `filtered`. */
const DROPPED = '-'

export const make = (tracker, { beforeSend, before }, tell) => {
  const given = beforeSend || before.send
  if (!/function|string/.test(typeof given)) throw 'beforeSend: not a function'
  callViews(tracker, tell)
  const address = shown(tracker, tell, () => location.href)

  /** The fields and the name that the shop wants kept. Throws a reason. */
  const decide = (fields, context, name) => {
    // From a tag it is the name of a function, which the page may define later.
    const hook = typeof given == 'string' ? globalThis[given] : given
    if (typeof hook != 'function') throw given + ' is not a function'
    // A context has been cleaned with the rest; the page's own facts are counted once.
    const { t = Math.round(performance.timeOrigin + tell.at), id, ...called } = JSON.parse(context || '{}')
    const page = called.url ? called : JSON.parse(clean(json({ ...here(), url: address() }), 1))
    const kept = hook({ name: name || 'page_view', t, data: JSON.parse(fields || '{}'), page })
    if (kept === null) return [DROPPED, name]
    // A page view that was called for stays one.
    if (typeof kept != 'object' || !short(kept.name) || (!name && kept.name != 'page_view')) throw 'answered neither an event nor null'
    return [encode(kept.data, 'data', []) || '{}', name && kept.name]
  }

  let clean

  /** Takes `fields`, `context` and `name`, a line each; or what is no event, `again`. */
  const filtered = (text, again, inner) => {
    clean = inner
    const cleaned = clean(text, again)
    if (again) return cleaned
    const [fields, context, name] = cleaned.split('\n')
    let kept = [DROPPED, name]
    if (fields != DROPPED) {
      // What a hook tracks would come here for ever: it is dropped where it is told of.
      tell.inside = true
      try {
        kept = decide(fields, context, name)
      } catch (error) {
        // Perhaps no text.
        quietly(() => tell('debug', json({ reason: 'beforeSend: ' + error })))
      }
      tell.inside = false
    }
    return clean([kept[0], context, kept[1]].join('\n'))
  }

  goThrough(tell, filtered)
}
