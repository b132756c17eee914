// A shopper in either kind of the demo store: the plain pages and the single-page app have the same parts, found by
// `data-testid`; only the addresses differ.
import assert from 'node:assert/strict'

/** Why the pages of a visit from list to order are on screen. */
const navigated = (count) => Array(count).fill('navigate')

export const KINDS = {
  'the plain store': {
    site: 'quern',
    paths: {
      home: '/',
      list: '/list.html?category=coffee-tea',
      mug: '/product.html?sku=QN-2001',
      cart: '/cart.html',
      address: '/checkout.html#/address',
      delivery: '/checkout.html#/delivery',
      payment: '/checkout.html#/payment',
      review: '/checkout.html#/review',
      thanks: '/thank-you.html?order=',
      privacy: '/privacy.html',
    },
    reasons: [...navigated(4), 'hash', 'hash', 'hash', 'navigate'],
  },
  'the single-page store': {
    site: 'quern-app',
    paths: {
      home: '/app/',
      list: '/app/c/coffee-tea',
      mug: '/app/p/QN-2001',
      cart: '/app/cart',
      address: '/app/checkout/address',
      delivery: '/app/checkout/delivery',
      payment: '/app/checkout/payment',
      review: '/app/checkout/review',
      thanks: '/app/thank-you/',
      privacy: '/app/privacy',
    },
    reasons: ['navigate', ...Array(7).fill('push')],
    isApp: true,
  },
}

/** What a page tells at any speed: clicks, depth and engaged time are told besides, depending on how long the visit takes. */
export const isTold = ({ name }) => !['click', 'scroll', 'engagement'].includes(name)

/** Runs a test for each kind of store. */
export const both = (run) => Object.entries(KINDS).forEach(([name, kind]) => run(name, kind))

export class Shopper {
  constructor(visit, kind, page = visit.page) {
    this.visit = visit
    this.kind = kind
    this.page = page
  }

  part(id) {
    return this.page.locator(`[data-testid="${id}"]`)
  }

  /** Loads a page of the store by its name in `paths`, or by address, and waits for the tracker. */
  async open(place, options) {
    await this.page.goto(this.kind.paths[place] ?? place, options)
    await this.ready()
  }

  async ready() {
    const module = this.kind.isApp ? '/app/tracker.js' : ''
    await this.page.evaluate(async (from) => {
      if (document.readyState !== 'complete') await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }))
      window.theTracker = from ? (await import(from)).tracker : window.cartbeacon.tracker
      const ready = await window.theTracker.ready
      // What listens to forms is there, as it is for whoever does not fill one in within a moment.
      for (const part of ['behaviour', 'forms']) await import(`/cb/${part}.js`).catch(() => {})
      await new Promise((later) => setTimeout(later, 20))
      return ready
    }, module)
  }

  /** A call of the store's own tracker. */
  async tracker(method, ...args) {
    await this.ready()
    return this.page.evaluate(([name, values]) => window.theTracker[name](...values), [method, args])
  }

  /** Clicks; what loads or shows because of it has done so when this returns. A tab behind another draws once a second. */
  async click(id, { shows } = {}) {
    await this.page.bringToFront()
    await this.part(id).first().click()
    if (shows) await this.sees(shows)
  }

  /** The part is there, and the page it is on is ready. */
  async sees(id) {
    await this.part(id).first().waitFor()
    await this.ready()
  }

  /** Answers the banner's question with yes; what was held leaves at once. */
  async accept() {
    await this.click('consent-accept')
    await this.tracker('flush')
  }

  async text(id) {
    return (await this.part(id).first().textContent()).trim()
  }

  /** The address of a page by its path, as events carry it. */
  url(path) {
    assert.ok(path.startsWith('/'))
    return this.visit.world.origin + path
  }
}
