// A stand-in for Shopify's pixel manager, not Shopify's own: a strict sandbox is a worker without a document, in which
// `browser.cookie` and its like run in the top frame, asynchronously, and customer events come over a bus
// (https://shopify.dev/docs/api/web-pixels-api). The extension in it is dist/web-pixel.js in a real worker.
import { script } from './shop.mjs'

/** Runs in the worker. */
const inside = (options) => `
import { pixel } from '/cb/web-pixel.js'
const waiting = new Map(), subscribers = new Map()
let asked = 0
const ask = (method) => (...args) => new Promise((answer) => {
  waiting.set(++asked, answer)
  postMessage({ asked, method, args })
})
const bus = { subscribe: (name, call) => subscribers.set(name, [...(subscribers.get(name) || []), call]) }
const browser = { cookie: { get: ask('get'), set: ask('set') }, localStorage: { getItem: ask('item') }, sendBeacon: ask('beacon') }
addEventListener('message', ({ data: { answered, value, start, name, event } }) => {
  if (answered) return waiting.get(answered)(value)
  if (!start) return (subscribers.get(name) || []).forEach((call) => call(event))
  pixel({ analytics: bus, browser, customerPrivacy: bus, init: { customerPrivacy: start }, settings: {} }, { endpoint: new URL('/collect', location).href, ...${JSON.stringify(options)} })
})`

/** Runs in the page: the top frame. */
const top = (customerPrivacy) => {
  const worker = new Worker('/sandbox.js', { type: 'module' })
  const methods = {
    get: (name) => document.cookie.split('; ').find((pair) => pair.startsWith(name + '='))?.slice(name.length + 1) ?? '',
    set: (text) => (document.cookie = text),
    item: (name) => localStorage.getItem(name),
    beacon: (url, body) => navigator.sendBeacon(url, body),
  }
  worker.onmessage = ({ data: { asked, method, args } }) => worker.postMessage({ answered: asked, value: methods[method](...args) })
  worker.postMessage({ start: customerPrivacy })
  window.publish = (name, data) => worker.postMessage({ name, event: { name, data, timestamp: new Date().toISOString(), context: { document: { location: { href: location.href } } } } })
  window.collect = (customerPrivacy) => worker.postMessage({ name: 'visitorConsentCollected', event: { customerPrivacy } })
}

export const ALL = { analyticsProcessingAllowed: true, marketingAllowed: true, preferencesProcessingAllowed: true, saleOfDataAllowed: true }

/** The head of a checkout page; `rules` serve the worker. */
export function sandbox(rules, options = {}, customerPrivacy = ALL) {
  rules.set('/sandbox.js', () => ({ headers: { 'content-type': 'text/javascript' }, body: inside({ site: 'test', ...options }) }))
  return script(top, customerPrivacy)
}

const money = (cents) => ({ amount: cents / 100, currencyCode: 'EUR' })

/** A checkout as Shopify tells of it: ids are global ones, amounts are numbers. */
export const checkout = ({ id, items, coupon, discount, sum }) => ({
  currencyCode: 'EUR',
  token: 'c1',
  order: id ? { id: `gid://shopify/OrderIdentity/${id}`, customer: null } : null,
  email: 'jo@example.com',
  shippingAddress: { firstName: 'Jo', lastName: 'Doe', address1: '1 Kiln Lane' },
  lineItems: items.map(({ id: product, name, sku, price, quantity }) => ({
    id: `line${product}`, title: name, quantity, discountAllocations: [], finalLinePrice: money(price * quantity),
    variant: { id: `gid://shopify/ProductVariant/${product * 10}`, sku, title: 'Default Title', price: money(price), product: { id: `gid://shopify/Product/${product}`, title: name, type: 'Kitchen', vendor: 'Kiln' } },
  })),
  discountApplications: coupon ? [{ type: 'DISCOUNT_CODE', title: coupon, targetType: 'LINE_ITEM', value: { percentage: 10 } }] : [],
  discountsAmount: money(discount),
  subtotalPrice: money(sum - discount),
  totalTax: money(0),
  shippingLine: { price: money(495) },
  totalPrice: money(sum - discount + 495),
  delivery: { selectedDeliveryOptions: [{ title: 'Standard', handle: 'std', type: 'shipping' }] },
  transactions: [{ gateway: 'bogus', amount: money(0), paymentMethod: { name: 'CARD', type: 'creditCard' } }],
})
