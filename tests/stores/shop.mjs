// What all fixture stores have in common: two articles, one shopper's cart, a coupon for a tenth, orders. Amounts are cents.
// A store puts its pages and its cart's interface into `rules`, as its shop system does; see front.mjs.
import { tags } from '../e2e/world.mjs'

export const MUG = { id: 101, path: '/products/mug', name: 'Mug', sku: 'MUG-1', price: 1950 }
export const CUP = { id: 102, path: '/products/cup', name: 'Cup', sku: 'CUP-1', price: 410 }
export const PRODUCTS = [MUG, CUP]
export const decimal = (cents) => (cents / 100).toFixed(2)

export class Shop {
  lines = new Map()
  coupon = ''
  orders = []

  /** Puts pieces in (or takes them out). */
  add(id, quantity = 1) {
    this.set(id, (this.lines.get(+id) ?? 0) + +quantity)
  }

  set(id, quantity) {
    if (+quantity > 0) this.lines.set(+id, +quantity)
    else this.lines.delete(+id)
  }

  get items() {
    return [...this.lines].map(([id, quantity]) => ({ ...PRODUCTS.find((product) => product.id === id), quantity }))
  }

  get count() {
    return this.items.reduce((sum, { quantity }) => sum + quantity, 0)
  }

  get sum() {
    return this.items.reduce((sum, { quantity, price }) => sum + quantity * price, 0)
  }

  get discount() {
    return this.coupon ? Math.round(this.sum / 10) : 0
  }

  order() {
    if (!this.count) return this.orders.at(-1)
    const { items, coupon, discount } = this
    this.orders.push({ id: 1001 + this.orders.length, items, coupon, discount, sum: this.sum, total: this.sum - discount, at: new Date().toISOString() })
    this.lines.clear()
    this.coupon = ''
    return this.orders.at(-1)
  }
}

/** A rule that answers with a page. */
export const page = (data, html) => () => {
  const { head = '', body, bodyClass = '' } = html()
  const text = `<!doctype html><meta charset="utf-8"><title>Store</title><link rel="icon" href="data:,">${tags(data)}${head}<body class="${bodyClass}">${body}</body>`
  return { headers: { 'content-type': 'text/html; charset=utf-8' }, body: text }
}

export const redirect = (location, headers = {}) => ({ status: 303, headers: { location, ...headers }, body: '' })
export const json = (value, headers = {}) => ({ headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) })
export const form = (body) => Object.fromEntries(new URLSearchParams(body))
/** A page's own script; what it needs comes as JSON. */
export const script = (run, ...values) => `<script>(${run})(${values.map((value) => JSON.stringify(value)).join()})</script>`
