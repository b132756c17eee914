/**
 * The part behind the option `attribution`: what brought the shopper here, on the events where it counts.
 *
 * It knows the arrival of this page from its address and referrer, in memory. Once consent allows to store, and never before,
 * first touch, last touch and last non-direct touch are kept in local storage under `cb_`, the site and `.touch`: it goes with
 * everything else on a withdrawal and on `reset()`. What is decided is decided in visits/, which knows no page.
 *
 * It comes together with the wasm and is smaller. The first page view has its own time, whenever it is recorded.
 */

import { json, quietly } from '../../src/edge/page.js'
import { keyOf } from '../../src/edge/store.js'
import { goThrough } from './through.js'
import { originOf } from './visits/origin.js'
import { fieldsOf, isNewCampaign, seen, withoutClicks } from './visits/touches.js'

const EVENTS = ['purchase', 'generate_lead', 'sign_up']
/** As the reports of the collector look back. */
const DAYS = 30

/** Ways a page comes up that are an arrival; the others go on with a visit. */
const ARRIVES = ['navigate', 'prerender']

const words = (value, otherwise) => (value == null ? otherwise : [value].flat().map(String))

export const make = (tracker, options, tell) => {
  const given = options.attribution
  const events = words(given.events, EVENTS)
  const days = given.days > 0 ? Math.min(given.days, 395) : DAYS
  const key = keyOf(options.site) + '.touch'
  const mayKeep = options.storage != 'memory'
  const { type } = performance.getEntriesByType('navigation')[0] || {}
  const landing = location.pathname
  /** Of this page, until it is part of a visit. */
  let arrival = ARRIVES.includes(type || 'navigate') ? quietly(() => originOf(location.href, document.referrer, words(given.ignore, []))) : undefined
  let kept
  /** What the page was told of consent last; nothing before that. */
  let consent = { purposes: [] }
  /** The visit that this page's events belong to, and one that was told of before the consent that it is due to. */
  let session, due

  const read = () => mayKeep && quietly(() => JSON.parse(localStorage.getItem(key)))
  const has = (purpose) => consent.purposes.includes(purpose)

  const settle = () => {
    if (consent.state != 'granted') return (session = kept = undefined)
    if (!due) return
    // A visit that began while the page was open is one without an arrival of its own.
    const at = session ? due.started : Math.round(performance.timeOrigin)
    session = due.id
    // As in the engine: without a yes to marketing nothing may tie two visits together.
    const next = seen(read() || kept, { id: session, at }, arrival, landing, { days, isVisitOnly: !has('marketing') })
    kept = has('marketing') ? next : withoutClicks(next)
    arrival = undefined
    if (mayKeep) quietly(() => localStorage.setItem(key, json(kept)))
  }
  tracker.on('consent', (report) => {
    consent = report
    settle()
  })
  tracker.on('session', (told) => {
    // Another visitor, after a `reset()` here or in another tab.
    if (session && told.n < 2 && told.id != session) kept = undefined
    due = told
    settle()
  })

  const stamp = (text, again, inner) => {
    if (again || !session) return inner(text, again)
    const [fields, context, ...name] = text.split('\n')
    if (name.length != 1 || !events.includes(name[0]) || fields.includes('"last_touch_')) return inner(text)
    // Another tab may have gone on.
    const now = read() || kept
    const stamped = quietly(() => json({ ...fieldsOf(now, has('marketing')), ...JSON.parse(fields || '{}') }))
    return inner(stamped ? [stamped, context, name].join('\n') : text)
  }
  goThrough(tell, stamp)

  /** The identity as it was stored: that of a visit which another campaign ends has rested for ever. */
  let ended
  if (given.newSession) {
    const before = tell.stored
    tell.stored = (text) => {
      const parts = (before ? before(text) : text).split('.')
      ended ??= isNewCampaign(read(), arrival) ? parts[2] : ''
      if (ended && parts[2] == ended) parts[5] = 0
      return parts.join('.')
    }
  }
}
