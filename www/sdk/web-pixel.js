/**
 * `cartbeacon/web-pixel`: the checkout of a Shopify store, from inside a web pixel extension
 * (https://shopify.dev/docs/api/web-pixels-api), where no script of the theme runs.
 *
 * A pixel lives in a worker without a document, and without wasm where its policy forbids that: so this is plain JavaScript,
 * which writes batches of the native format itself. It reads the storefront tracker's own cookie and goes on in it, so that
 * checkout and storefront are one session of one visitor; what Shopify says of the shopper's consent decides, together with
 * the choices that cookie holds. An order's event id is made of the site and the order, as on the thank-you page.
 */

import { keyOf } from '../../src/edge/store.js'
import { orderId, uuid7 } from './early.js'
import { EVENTS } from './pixel/events.js'
import { read, touch, write } from './identity.js'

/** In the order of the bits that the cookie holds. */
const PURPOSES = { analytics: 'analyticsProcessingAllowed', marketing: 'marketingAllowed', preferences: 'preferencesProcessingAllowed', sale: 'saleOfDataAllowed' }
/** The storefront's cart page says that a checkout begins, and so does Shopify: once for both, within so many ms. */
const SAME_CHECKOUT = 600_000
/** More events than this do not wait for an answer to the question of consent. */
const HELD = 100
/** What an answer of 429 or 5xx waits for, in ms. */
const PAUSES = [1000, 5000, 20_000]

/** Addresses of a checkout name the order and open it: of those only the kind of page is told. */
const plain = (href) => {
  try {
    const { origin, pathname } = new URL(href)
    return origin + pathname.split('/').map((part) => (/\d{5}|[\da-z]{16}/i.test(part) ? '*' : part)).join('/')
  } catch {
    return ''
  }
}

/**
 * Records the checkout from now on. `api` is what Shopify hands to `register`. Never throws; settles when all that was heard
 * until then has been dealt with.
 */
export const pixel = ({ analytics, browser, init, customerPrivacy }, options) => {
  const { endpoint, site = '', purposes = ['analytics'], consent: asks, idleMinutes = 30, maxHours = 24, cookieDays = 395 } = options
  const key = keyOf(site)
  let allowed = init.customerPrivacy || {}
  let decided = Date.now()
  let held = []
  /** Shopify has asked, and the answer was not enough: what happens is nobody's business. */
  let refused = false
  let busy = Promise.resolve()
  /** Of this page, once something of it was sent. */
  let page

  /** What both the shopper's answers to Shopify and those to the storefront allow; nothing where it is not enough. */
  const granted = (kept) => {
    const all = Object.keys(PURPOSES).filter((purpose, bit) => allowed[PURPOSES[purpose]] === true && !((kept?.choices >> (bit + 4)) & 1))
    return purposes.every((purpose) => all.includes(purpose)) && (asks != 'storefront' || kept) ? all : undefined
  }

  const post = async (body) => {
    for (const pause of [...PAUSES, 0]) {
      try {
        const { status } = await fetch(endpoint, { method: 'POST', body, headers: { 'content-type': 'text/plain;charset=UTF-8' }, keepalive: true })
        if (status < 500 && status != 429) return
      } catch {
        // It may have arrived all the same, where answers may not be read: the ids are known then, and nothing counts twice.
        return browser.sendBeacon?.(endpoint, body)
      }
      if (pause) await new Promise((over) => setTimeout(over, pause))
    }
  }

  /** What the storefront knows of the cart, where the option `cart` is on there. */
  const cart = async () => {
    try {
      return JSON.parse(await browser.localStorage.getItem(key + '.cart')).state || {}
    } catch {
      // There is none, or it may not be read.
      return {}
    }
  }

  const record = async ([t, name, data, href]) => {
    const kept = read(await browser.cookie.get(key))
    const all = granted(kept)
    if (!all) return refused || held.length >= HELD || held.push([t, name, data, href])
    const { id: cart_id, step, at } = await cart()
    if (name == 'begin_checkout' && step == name && t - at < SAME_CHECKOUT) return
    // Without a yes to marketing nothing ties two visits together.
    const isNamed = all.includes('marketing')
    const identity = touch(kept, t, { idle: idleMinutes * 60_000, max: maxHours * 3_600_000, id: () => uuid7(t), decided })
    const secure = /^http:/.test(href) ? '' : ';secure'
    await browser.cookie.set(`${key}=${write(identity, all, isNamed)};path=/;max-age=${cookieDays * 86_400};samesite=lax${secure}`)
    const { session, n, started, seq } = identity
    const order = name == 'purchase' && data.transaction_id
    page ||= { id: uuid7(t), url: plain(href), title: '', referrer: '', reason: 'navigate' }
    const event = { id: order ? orderId(site, order) : uuid7(t), seq, t, page: 0, name, data: { ...data, cart_id: cart_id || undefined } }
    const batch = {
      v: 1, sdk: 'cartbeacon/' + VERSION, engine: 'js', site, batch: uuid7(t), sent: Date.now(), attempt: 1,
      visitor: isNamed ? identity.visitor : session,
      user: null, session: { id: session, n, started },
      consent: { state: 'granted', purposes: all, source: 'shopify', at: identity.consented },
      lost: {}, pages: [page], events: [event],
    }
    await post(JSON.stringify(batch))
  }

  /** One after the other: each goes on where the one before has left the session. */
  const handle = (entry) => (busy = busy.then(() => record(entry)).catch(() => {}))

  for (const from in EVENTS) {
    analytics.subscribe(from, (event) => {
      try {
        const [name, data] = EVENTS[from](event.data) || []
        if (name) handle([Date.parse(event.timestamp) || Date.now(), name, data, event.context?.document?.location?.href])
      } catch {
        // Something that a checkout does not have.
      }
    })
  }
  customerPrivacy?.subscribe('visitorConsentCollected', ({ customerPrivacy: said }) => {
    allowed = said || {}
    decided = Date.now()
    const waiting = held.splice(0)
    refused = !purposes.every((purpose) => allowed[PURPOSES[purpose]] === true)
    if (!refused) waiting.forEach(handle)
  })
  return { settled: () => busy }
}
