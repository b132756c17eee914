/** The basket: lines kept in this browser, shared by all tabs, with totals that always come from the catalogue. */

import { findChoice, findProduct, priceOf } from './catalogue.js'
import { discountFor } from './coupons.js'
import { slot } from './storage.js'

const kept = slot('cart', { lines: [], coupon: null })
const listeners = new Set()
export const most = 20

/** @typedef {{key: string, product: import('./products.js').Product, choice?: object, quantity: number, unit: number}} Line */

/** A line whose product left the catalogue is dropped; what was written by hand into storage is not trusted. */
export function lines() {
  return kept.read().lines.flatMap(({ sku, choice: id, quantity }) => {
    const product = findProduct(sku)
    if (!product || !(quantity > 0)) return []
    const choice = findChoice(product, id)
    return [{ key: keyOf(sku, choice?.id), product, choice, quantity: Math.min(quantity, most), unit: priceOf(product, choice) }]
  })
}

export const count = () => lines().reduce((sum, line) => sum + line.quantity, 0)
export const subtotal = () => lines().reduce((sum, line) => sum + line.unit * line.quantity, 0)
export const coupon = () => kept.read().coupon

/** What the basket costs before delivery; a coupon that no longer applies takes nothing off. */
export function goods() {
  const before = subtotal()
  const discount = discountFor(coupon(), before)
  return { subtotal: before, discount, value: before - discount }
}

export const findLine = (key) => lines().find((line) => line.key === key)

export function add(sku, choiceId, quantity = 1) {
  const cart = kept.read()
  const key = keyOf(sku, choiceId)
  const line = cart.lines.find((each) => keyOf(each.sku, each.choice) === key)
  if (line) line.quantity = Math.min(line.quantity + quantity, most)
  else cart.lines.push({ sku, choice: choiceId, quantity: Math.min(quantity, most) })
  save(cart)
}

export function setQuantity(key, quantity) {
  const cart = kept.read()
  const line = cart.lines.find((each) => keyOf(each.sku, each.choice) === key)
  if (!line) return
  line.quantity = Math.max(1, Math.min(quantity, most))
  save(cart)
}

export function remove(key) {
  const cart = kept.read()
  cart.lines = cart.lines.filter((each) => keyOf(each.sku, each.choice) !== key)
  save(cart)
}

export const clear = () => save({ lines: [], coupon: null })
export const useCoupon = (code) => save({ ...kept.read(), coupon: code })

/** Runs `changed` after every change, in this tab or another. */
export function whenChanged(changed, signal) {
  listeners.add(changed)
  signal?.addEventListener('abort', () => listeners.delete(changed))
}

kept.whenOtherTab(() => announce())
// A page that comes back as it was left (back button) may have missed a change.
window.addEventListener('pageshow', (event) => event.persisted && announce())

function save(cart) {
  kept.write(cart)
  announce()
}

function announce() {
  for (const changed of [...listeners]) changed()
}

const keyOf = (sku, choiceId) => (choiceId ? `${sku}-${choiceId}` : sku)
