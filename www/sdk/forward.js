/**
 * The part behind the option `forward`: what other tools on the page want to know is told to them, in their own calls. Nothing is
 * requested here; what those tools do with it is theirs, so it takes a purpose of its own, `marketing` unless the shop says otherwise.
 *
 * - `ga4`: `gtag('event', …)`, or `dataLayer` where there is no gtag
 *   (https://developers.google.com/analytics/devguides/collection/ga4/ecommerce). Not what GA4 measures by itself, and not what the
 *   page's own `dataLayer` told us: GA4 has heard it. What is forwarded is marked, so that our own source does not read it.
 * - `emarsys`: the commands `cart`, `view` and `purchase` of Web Extend
 *   (http://documentation.emarsys.com/resource/b2c-cloud/web-extend/javascript-api/), once its `ScarabQueue` is there.
 * - `meta`: `fbq('track', …)` (https://developers.facebook.com/docs/meta-pixel/reference); `tiktok`: `ttq.track(…)`
 *   (https://ads.tiktok.com/help/article/standard-events-parameters). Both with our event id, by which their server APIs know it again.
 */

import { marked } from './sources/common.js'
import { list, stands } from './standing.js'

/** What GA4's own enhanced measurement counts, or what is no business of an advertiser. */
const THEIRS = /^(page_view|click|outbound_click|file_download|rage_click|dead_click|scroll|engagement|form_\w+|web_vital|error|session_start)$/
/** Waiting for a choice, or for the tool, at most. */
const HELD = 100

/** One event for GA4; false while there is nobody to tell. `option` is a measurement id, the name of a `dataLayer`, or true. */
const ga4 = (option) => {
  const named = typeof option == 'string'
  const isId = named && /^[A-Z]+-/.test(option)
  return ({ id, name, data }) => {
    const layer = window[named && !isId ? option : 'dataLayer']
    if (typeof window.gtag == 'function' && (!named || isId)) {
      window.gtag('event', name, marked({ ...data, event_id: id, ...(isId && { send_to: option }) }))
    } else if (!isId && typeof layer?.push == 'function') {
      // Tag Manager merges what is pushed: what an event before had goes first.
      if (data.items) layer.push(marked({ ecommerce: null }), marked({ event: name, event_id: id, ecommerce: { ...data } }))
      else layer.push(marked({ ...data, event: name, event_id: id }))
    } else return false
  }
}

/** One event for Emarsys; false while its queue is not there. `'commands'` leaves `go` to the page. */
const emarsys = (option) => {
  /** Pieces and price by item, as far as this page has seen the cart whole. */
  let cart
  let isGoing = false
  // Web Extend wants the price of the line, not of the piece.
  const lines = (items = []) =>
    items.map(({ item_id, item_name, price = 0, quantity = 1 }) => ({ item: item_id || item_name, price: +(price * quantity).toFixed(4), quantity }))
  const change = (items = [], sign) => {
    for (const { item_id, item_name, price = 0, quantity = 1 } of items) {
      const key = item_id || item_name
      const before = cart[key] || { item_id: key, price, quantity: 0 }
      cart[key] = { ...before, price: price || before.price, quantity: before.quantity + sign * quantity }
      if (cart[key].quantity < 1) delete cart[key]
    }
  }
  return ({ name, data }) => {
    const queue = window.ScarabQueue
    if (typeof queue?.push != 'function') return false
    const commands = []
    if (name == 'view_item') commands.push(['view', data.items[0].item_id || data.items[0].item_name])
    else if (/^(view_cart|begin_checkout|clear_cart|purchase)$/.test(name)) {
      cart = {}
      if (name == 'purchase') commands.push(['purchase', { orderId: data.transaction_id, items: lines(data.items) }])
      else if (name != 'clear_cart') change(data.items, 1)
    } else if (!cart || !/^(add_to|remove_from)_cart$/.test(name)) return
    else change(data.items, name[0] == 'a' ? 1 : -1)
    if (name != 'view_item') commands.push(['cart', lines(Object.values(cart))])
    for (const command of commands) queue.push(command)
    if (isGoing || option == 'commands') return
    isGoing = true
    // One for all that comes at once.
    setTimeout(() => {
      isGoing = false
      queue.push(['go'])
    })
  }
}

/** What Meta's and TikTok's pixels call it; the rest is not their business. */
const PIXELS = {
  view_item: 'ViewContent',
  add_to_cart: 'AddToCart',
  add_to_wishlist: 'AddToWishlist',
  begin_checkout: 'InitiateCheckout',
  add_payment_info: 'AddPaymentInfo',
  purchase: ['Purchase', 'CompletePayment'],
  search: 'Search',
  sign_up: 'CompleteRegistration',
  generate_lead: ['Lead', 'SubmitForm'],
}
const called = (name, place) => [PIXELS[name]].flat()[place] || [PIXELS[name]].flat()[0]
const worth = ({ value, currency }) => (currency && value != null ? { value: +value, currency } : {})

/** One event for Meta's pixel. */
const meta = () => ({ id, name, data: { items = [], search_term, ...data } }) => {
  if (typeof window.fbq != 'function') return false
  if (!called(name, 0)) return
  const contents = items.map(({ item_id, item_name, price, quantity = 1 }) => ({ id: item_id || item_name, quantity, ...(price != null && { item_price: price }) }))
  const product = contents[0] && { content_type: 'product', content_ids: contents.map(({ id }) => id), contents }
  window.fbq('track', called(name, 0), { ...worth(data), ...product, ...(search_term && { search_string: search_term }) }, { eventID: id })
}

/** One event for TikTok's pixel. */
const tiktok = () => ({ id, name, data: { items = [], search_term, ...data } }) => {
  if (typeof window.ttq?.track != 'function') return false
  if (!called(name, 1)) return
  const contents = items.map(({ item_id, item_name, price, quantity = 1 }) => ({
    content_id: item_id || item_name, content_type: 'product', content_name: item_name, quantity, ...(price != null && { price }),
  }))
  window.ttq.track(called(name, 1), { ...worth(data), ...(contents[0] && { contents }), ...(search_term && { query: search_term }) }, { event_id: id })
}

const TOOLS = { ga4, emarsys, meta, tiktok }

export const make = (tracker, { forward }, tell) => {
  const asked = typeof forward == 'object' && !Array.isArray(forward) ? forward : Object.fromEntries(list(forward === true ? 'ga4' : forward).map((word) => [word, true]))
  const { purposes = 'marketing', events, ...tools } = asked
  const unknown = Object.keys(tools).find((name) => !TOOLS[name])
  if (unknown) throw unknown + ': nobody we know'
  const only = list(events)
  const told = Object.keys(tools).filter((name) => tools[name]).map((name) => ({ name, tell: TOOLS[name](tools[name]), waiting: [] }))
  /** Names that the page's own `dataLayer` has told of: GA4 hears of those without us. */
  const own = new Set()
  let consent = { state: 'pending', purposes: [], decided: {} }

  /** Whether it may be forwarded: undefined while nobody has said. */
  const may = () => stands(list(purposes), consent)

  const drain = () => {
    for (const tool of told) {
      if (may() === false) tool.waiting = []
      const { waiting } = tool
      tool.waiting = []
      while (waiting.length) {
        try {
          if (!may() || tool.tell(waiting[0]) === false) break
        } catch (error) {
          tell('debug', JSON.stringify({ reason: `forward: ${tool.name}: ${error}` }))
        }
        waiting.shift()
      }
      tool.waiting = [...waiting, ...tool.waiting].slice(-HELD)
    }
  }

  tracker.on('consent', (now) => {
    consent = now
    drain()
  })
  tracker.on('event', (event) => {
    const { name, state, id, data } = event
    const isOwn = /^dataLayer/.test(tell.from)
    if (isOwn) own.add(name)
    if ((state != 'held' && state != 'queued') || (only.length ? !only.includes(name) : THEIRS.test(name))) return
    for (const tool of told) if (tool.name != 'ga4' || !own.has(name)) tool.waiting.push({ id, name, data })
    drain()
  })
  // Tools come when they come.
  addEventListener('load', () => setTimeout(drain, 1000), { once: true })
  return drain
}
