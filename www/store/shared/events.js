/** GA4 fields from the shop's own things. Every JavaScript call to the tracker builds its fields here. */

import * as cart from './cart.js'
import { findCategory, findChoice, findProduct, priceOf, wasOf } from './catalogue.js'
import { findDelivery, findPayment } from './checkout.js'
import { amount, currency } from './money.js'

/** @typedef {{id: string, name: string}} ListName */

/** One line of `items`. `price` is what is paid; `discount` how much the reduction takes off each. */
export function item(product, { choice, quantity = 1, index, list } = {}) {
  const was = wasOf(product, choice)
  const price = priceOf(product, choice)
  return {
    item_id: product.sku,
    item_name: product.name,
    item_brand: 'Quern',
    item_category: findCategory(product.category).name,
    ...(choice && { item_variant: choice.name }),
    price: amount(price),
    ...(was && { discount: amount(was - price) }),
    quantity,
    ...(index !== undefined && { index }),
    ...(list && { item_list_id: list.id, item_list_name: list.name }),
  }
}

/** Fields of an event about one product. */
export const single = (product, options = {}) => ({
  currency,
  value: amount(priceOf(product, options.choice) * (options.quantity ?? 1)),
  items: [item(product, options)],
})

/** Fields of `view_item_list`. */
export const listed = (products, list) => ({
  currency,
  item_list_id: list.id,
  item_list_name: list.name,
  items: products.map((product, index) => item(product, { choice: findChoice(product), index, list })),
})

/** Fields of an event about the whole basket. `value` is the goods after discount: no delivery, as GA4 asks. */
export function basket() {
  const { discount, value } = cart.goods()
  return {
    currency,
    value: amount(value),
    ...(discount && { coupon: cart.coupon(), discount: amount(discount) }),
    items: cart.lines().map((line) => item(line.product, line)),
  }
}

/** Fields of `purchase`, from the order as it was placed and not from the basket, which is empty by then. */
export const purchase = (order) => ({
  transaction_id: order.id,
  currency,
  value: amount(order.value),
  tax: amount(order.tax),
  shipping: amount(order.shipping),
  ...(order.coupon && { coupon: order.coupon, discount: amount(order.discount) }),
  shipping_tier: findDelivery(order.delivery)?.name,
  payment_type: findPayment(order.payment)?.name,
  items: order.lines.map(({ sku, choice, quantity }) => {
    const product = findProduct(sku)
    return item(product, { choice: findChoice(product, choice), quantity })
  }),
})
