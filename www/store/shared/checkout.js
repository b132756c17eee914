/** One visit to the checkout: what was filled in so far, the ways of delivery and payment, the sum, and placing the order. */

import * as cart from './cart.js'
import { slot } from './storage.js'

/** An address is personal, so it lives in the tab alone and goes when the order is placed. */
const kept = slot('checkout', {}, 'tab')
const orders = slot('orders', [])

export const steps = ['address', 'delivery', 'payment', 'review']
export const stepNames = { address: 'Address', delivery: 'Delivery', payment: 'Payment', review: 'Review' }

/** Standard delivery is free from here, in cents of goods after discount. */
export const freeFrom = 8000

export const deliveries = [
  { id: 'standard', name: 'Standard', text: '3–5 working days, climate-neutral parcel', price: 490 },
  { id: 'express', name: 'Express', text: 'Next working day if ordered before noon', price: 990 },
  { id: 'pickup', name: 'Pick-up at the workshop', text: 'Mill Lane 4, Tuesday to Saturday, ready in two hours', price: 0 },
]

export const payments = [
  { id: 'card', name: 'Test card', text: 'Ends in 4242 and is always accepted' },
  { id: 'declined', name: 'Test card, declined', text: 'Ends in 0002 and is always refused' },
  { id: 'delivery', name: 'Pay on delivery', text: 'Cash or card to the courier' },
]

export const findDelivery = (id) => deliveries.find((each) => each.id === id)
export const findPayment = (id) => payments.find((each) => each.id === id)

export const read = () => kept.read()
export const write = (change) => kept.write({ ...kept.read(), ...change })

/** The first step that is not filled in; a link to a later one leads here. */
export function firstOpen() {
  const filled = kept.read()
  if (!filled.address) return 'address'
  if (!filled.delivery) return 'delivery'
  return filled.payment ? 'review' : 'payment'
}

/** Cents for this way of delivery with the basket as it is. */
export function deliveryPrice(id) {
  const delivery = findDelivery(id)
  if (!delivery) return 0
  return id === 'standard' && cart.goods().value >= freeFrom ? 0 : delivery.price
}

/** Prices include value-added tax of 19 %; the part of the total that is tax is told, not added. */
export function totals(delivery = kept.read().delivery) {
  const { subtotal, discount, value } = cart.goods()
  const shipping = deliveryPrice(delivery)
  const total = value + shipping
  return { subtotal, discount, value, shipping, total, tax: total - Math.round(total / 1.19) }
}

/** Turns the basket into an order, empties it, and answers the order. The caller has asked for payment before. */
export function placeOrder() {
  const { delivery, payment } = kept.read()
  const order = {
    id: orderNumber(),
    placed: Date.now(),
    lines: cart.lines().map(({ product, choice, quantity, unit }) => ({ sku: product.sku, choice: choice?.id, quantity, unit })),
    coupon: cart.goods().discount ? cart.coupon() : null,
    delivery,
    payment,
    ...totals(),
  }
  orders.write([...orders.read(), order])
  kept.remove()
  cart.clear()
  return order
}

export const findOrder = (id) => orders.read().find((order) => order.id === id)

/** Day and five signs without those that are read wrongly aloud: Q-260114-7KMPX. */
function orderNumber() {
  const day = new Date().toISOString().slice(2, 10).replaceAll('-', '')
  const signs = crypto.getRandomValues(new Uint8Array(5))
  return `Q-${day}-${Array.from(signs, (byte) => '23456789ABCDEFGHJKMNPQRSTUVWXYZ'[byte % 31]).join('')}`
}
