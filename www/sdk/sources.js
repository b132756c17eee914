/**
 * The part that reads carts from where shops keep them, a file of its own: `dataLayer`, Shopify, WooCommerce, schema.org.
 *
 * The sources say what they see, in GA4's words; the cart engine (src/engine/cart, a wasm inside this file) says what is
 * new about it; that goes to the tracker, whose consent gate holds it like any other event. Nothing is stored, and nothing
 * asked of the shop's server, before consent is granted; what is stored is taken away when it no longer is.
 */

import { keyOf } from '../../src/edge/store.js'
import { open } from './sources/engine.js'
import { clean, guard } from './sources/common.js'
import { dataLayer } from './sources/datalayer.js'
import { schema } from './sources/schema.js'
import { shopify } from './sources/shopify.js'
import { woocommerce } from './sources/woocommerce.js'

/** By the name of their option. */
const SOURCES = { dataLayer, shopify, woocommerce, jsonLd: schema }
/** What the shop tells the tracker itself and a source may tell as well. */
const SHARED = /_cart$|_coupon$|^(view_item|view_item_list|select_item|begin_checkout|add_\w+_info|purchase|refund|search)$/
const MINUTE = 60_000

/**
 * The part of the option `cart`. Reads carts for `tracker` until the function it returns is called; that one's `cart` takes
 * a snapshot from the shop itself, and rejects with what is wrong with it.
 */
export const make = (tracker, { site, endpoint, storage: place, cart: options, capture }, tell = {}) => {
  const { currency, idleMinutes = 30, orderMinutes = 1440 } = options
  const key = keyOf(site) + '.cart' + (site ? '' : endpoint)
  /** What the engine keeps, and what sources noted for the next page; in memory until it may be stored. */
  let kept = {}
  let consent = 'pending'
  let step
  let timer
  let ours = false
  let stopped = false
  let isStored = false
  /** There is a visitor: then the first session of a visitor is somebody else's. */
  let isKnown = false
  /** What was seen before the engine was there. */
  const waiting = []
  const whenGranted = []

  const storage = (use) => {
    try {
      return place == 'memory' ? undefined : use(localStorage)
    } catch {
      // Full, or forbidden: the page remembers for itself.
    }
  }
  const recall = () => {
    if (consent != 'granted') return
    const text = storage((store) => store.getItem(key))
    if (text) storage(() => (kept = JSON.parse(text) || {}))
    // Somebody forgot the visitor since: a `reset()`, here or in another tab.
    else if (isStored && text === null) kept = {}
  }
  const remember = () =>
    consent == 'granted' &&
    storage((store) => {
      store.setItem(key, JSON.stringify(kept))
      isStored = true
    })

  const schedule = (wake) => {
    clearTimeout(timer)
    // A timer of more than 24 days fires at once; nobody waits so long.
    if (wake) timer = setTimeout(() => see('', 'look', {}), Math.min(Math.max(wake - Date.now(), 0) + 1, 2 ** 31 - 1))
  }

  /** That part tells of the same lists when they are really seen: see impressions.js. */
  const hasImpressions = [capture].flat().includes('impressions') || capture?.impressions === true

  const see = guard((by, name, data, more, seen = Date.now()) => {
    if (hasImpressions && by == 'jsonLd' && name == 'view_item_list') return
    if (stopped) return
    // What was told of before this has happened before it.
    if (by != 'track') tracker.ids()
    if (!step) return waiting.push([by, name, data, more, seen])
    // Nothing is put together of what may not be recorded.
    if (consent == 'denied' || consent == 'withdrawn') return
    recall()
    const fields = clean(data, currency)
    const created = timeOf(fields.order_created_at)
    const input = { by, name, data: fields, at: seen, idle: idleMinutes * MINUTE, maxAge: orderMinutes * MINUTE, created, ...more }
    const { state, events, wake, note } = step({ ...input, fresh: crypto.randomUUID?.() || Date.now() + '-' + Math.random(), state: kept.state })
    if (state) kept.state = state
    remember()
    schedule(wake)
    // The tracker says what is wrong with it, in its own words.
    if (!state && name != 'cart' && name != 'look') events.push({ name, data: fields })
    if (by == 'track') return
    let answer = { id: '', accepted: !!state, reason: note || '' }
    ours = true
    // For whoever must not tell the page what the page has told.
    tell.from = by
    for (const event of events) answer = { ...tracker.track(event.name, event.data) }
    ours = false
    tell.from = ''
    return answer
  })

  const setConsent = (state) => {
    if (!state || state == consent) return
    const before = consent
    consent = state
    if (state == 'granted') {
      isKnown = !!tracker.ids().visitor
      const { state: seen, ...marks } = kept
      recall()
      // This page knows the cart better, the store knows the orders.
      if (seen?.views.length) {
        const orders = [...(kept.state?.orders || []), ...seen.orders]
        kept = { ...kept, ...marks, state: { ...seen, orders: [...new Set(orders)] } }
      }
      remember()
      if (step) for (const call of whenGranted) guard(call)()
    } else if (before == 'granted' || state != 'pending') forget()
  }

  const forget = () => {
    kept = {}
    isStored = false
    clearTimeout(timer)
    storage((store) => store.removeItem(key))
  }

  const undo = []
  for (const name in SOURCES) {
    const option = options[name]
    if (!option) continue
    const source = {
      /** Something was seen; `dialect` where a source has several that tell of the same. */
      see: (event, data, more, dialect) => see(dialect || name, event, data, more),
      isGranted: () => consent == 'granted',
      /** Now, or as soon as it is; and each time it is again. */
      granted: (call) => whenGranted.push(call),
      /** Something small to know on the next page. */
      mark(of, value) {
        recall()
        if (value === undefined) return kept[of]
        kept[of] = value
        remember()
      },
      /** The cart as this source last saw it. */
      view: () => kept.state?.views.find(({ by }) => by == name),
    }
    const stop = guard(SOURCES[name])(source, option)
    if (stop) undo.push(stop)
  }

  const listen = guard(() => {
    undo.push(
      tracker.on('session', ({ n }) => {
        if (n > 1 || consent != 'granted') return
        if (isKnown) forget()
        isKnown = true
      }),
    )
    undo.push(tracker.on('consent', ({ state }) => setConsent(state)))
    undo.push(tracker.on('event', ({ name, data }) => ours || !SHARED.test(name) || see('track', name, data)))
  })

  const started = Promise.all([open(), tracker.ready]).then(([engine, { engine: kind }]) => {
    if (stopped || kind == 'none') return
    setConsent(tracker.explain().consent?.state)
    listen()
    step = engine
    see('', 'look', {}, { found: 1 })
    for (const call of waiting.splice(0)) see(...call)
    if (consent == 'granted') for (const call of whenGranted) guard(call)()
  })
  started.catch(() => (stopped = true))

  const stop = () => {
    stopped = true
    clearTimeout(timer)
    for (const stop of undo.splice(0).reverse()) guard(stop)()
  }
  stop.cart = async (snapshot) => {
    await started
    const answer = see('api', 'cart', snapshot || {})
    if (answer && !answer.accepted) throw 'cart: ' + answer.reason
  }
  return stop
}

/** Milliseconds, from the same or a date. */
const timeOf = (value) => {
  const time = typeof value == 'number' ? value : Date.parse(value)
  return time > 0 ? Math.round(time) : undefined
}
