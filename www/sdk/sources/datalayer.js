/**
 * `dataLayer`, as Google's tags read it: GA4's ecommerce (https://developers.google.com/tag-platform/gtagjs/reference/events),
 * pushed as objects or by `gtag()`, and Universal Analytics' enhanced ecommerce
 * (https://developers.google.com/analytics/devguides/collection/ua/gtm/enhanced-ecommerce). What was pushed before us is read
 * as well. The array, and whoever else has replaced its `push`, work as before.
 */

import { guard, isMarked } from './common.js'

/** With items, from `ecommerce` or from gtag's parameters. */
const COMMERCE = /^(view_item|view_item_list|select_item|view_cart|add_to_cart|remove_from_cart|add_to_wishlist|view_promotion|select_promotion|begin_checkout|add_shipping_info|add_payment_info|purchase|refund)$/
/** With fields of their own beside the event's name. */
const PLAIN = /^(login|sign_up|search|view_search_results|share|generate_lead)$/

/** The levels of `Home/Kitchen/Mugs` in fields of their own. */
const categories = (text) =>
  Object.fromEntries(String(text || '').split('/').filter(Boolean).slice(0, 5).map((name, at) => ['item_category' + (at ? at + 1 : ''), name]))

/** A product of Universal Analytics. */
const item = ({ id, name, brand, category, variant, position, price, quantity, coupon, list }) => ({
  item_id: id, item_name: name, item_brand: brand, ...categories(category), item_variant: variant, index: position, price, quantity, coupon, item_list_name: list,
})

const promotion = ({ id, name, creative, position }) => ({
  promotion_id: id, promotion_name: name, creative_name: creative, creative_slot: position,
})

const order = ({ id, affiliation, revenue, tax, shipping, coupon }) => ({ transaction_id: id, affiliation, value: revenue, tax, shipping, coupon })

const list = (action) => ({ item_list_name: action.list })

/** Universal Analytics' actions: the event, and the fields of the action beside its products. */
const ACTIONS = {
  detail: () => ['view_item', {}],
  click: (action) => ['select_item', list(action)],
  add: () => ['add_to_cart', {}],
  remove: () => ['remove_from_cart', {}],
  checkout: ({ step = 1, option }) => (+step == 1 ? ['begin_checkout', {}] : ['checkout_step', { checkout_step: step, step_name: option }]),
  checkout_option: ({ step, option }) => ['checkout_step', { checkout_step: step, step_name: option }],
  purchase: (action) => ['purchase', order(action)],
  refund: (action) => ['refund', order(action)],
}

export const dataLayer = ({ see }, option) => {
  const name = typeof option == 'string' ? option : 'dataLayer'
  const layer = (window[name] ||= [])
  let live = true
  /** What `ecommerce` was last, for events that are pushed after it. */
  let last

  const universal = (commerce) => {
    const currency = commerce.currencyCode
    const tell = (event, fields) => see(event, { currency, ...fields }, undefined, 'dataLayer-ua')
    const { impressions, promoView, promoClick } = commerce
    const shown = [impressions?.impressions || impressions].flat().filter(Boolean)
    if (shown.length) tell('view_item_list', { ...list(shown[0]), items: shown.map(item) })
    for (const [event, { promotions = [] } = {}] of [['view_promotion', promoView], ['select_promotion', promoClick]])
      for (const shown of promotions) tell(event, promotion(shown))
    for (const action in ACTIONS) {
      if (!commerce[action]) continue
      const { actionField = {}, products = [] } = commerce[action]
      const [event, fields] = ACTIONS[action](actionField)
      const items = [products].flat().map(item)
      tell(event, items.length ? { ...fields, items } : fields)
    }
  }

  const ga4 = (event, fields, dialect) => {
    const known = event == 'view_search_results' ? 'search' : event
    if (COMMERCE.test(event) || (PLAIN.test(event) && (known != 'search' || fields.search_term))) see(known, fields, undefined, dialect)
  }

  const hear = guard((entry) => {
    if (!live || !entry || typeof entry != 'object' || isMarked(entry) || isMarked(entry[2])) return
    if (entry[0] !== undefined) return entry[0] == 'event' && ga4(entry[1], entry[2] || {}, 'dataLayer-gtag')
    if (entry.ecommerce === null) last = undefined
    const { event, ecommerce } = entry
    if (ecommerce) {
      last = ecommerce
      universal(ecommerce)
    }
    if (COMMERCE.test(event) && last) {
      // Its fields, without those of the other dialect.
      if (ecommerce || last.items) ga4(event, { ...last })
    } else if (PLAIN.test(event)) {
      const own = Object.fromEntries(Object.entries(entry).filter(([key]) => !/^(event$|gtm\b|event[A-Z])/.test(key)))
      ga4(event, own)
    }
  })

  const { push } = layer
  const pushed = function (...entries) {
    const result = push.apply(this, entries)
    entries.forEach(hear)
    return result
  }
  // Those before us first: a push of ours may come while they are read.
  Array.from(layer).forEach(hear)
  layer.push = pushed
  return () => {
    live = false
    if (layer.push == pushed) layer.push = push
  }
}
