/**
 * WooCommerce, classic and blocks. The cart is read from its Store API, which both have:
 * https://developer.woocommerce.com/docs/apis/store-api/resources-endpoints/cart. Its answers to the shop's own requests are
 * heard, and it is asked once where something else says that the cart changed: jQuery's events of the classic theme, the
 * blocks' DOM events, and the cookie with the cart's hash after a form post.
 */

import { ask, decimal, guard, minor, onSubmit, tap, whenRead } from './common.js'
import { mainProduct } from './schema.js'

const API = /\/wc\/store(\/v1)?\/(cart|batch|checkout)\b/
const CHANGED = 'added_to_cart removed_from_cart updated_cart_totals updated_wc_div applied_coupon removed_coupon'
const BLOCKS = ['wc-blocks_added_to_cart', 'wc-blocks_removed_from_cart']

const text = (selector, within = document) => within.querySelector(selector)?.textContent.trim()
const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] || ''

/** The sum of decimals, in units of their last digit. */
const plus = (decimals) => {
  const digits = Math.max(0, ...decimals.map((text) => `${text}`.split('.')[1]?.length || 0))
  return minor(decimals.reduce((sum, text) => sum + Math.round(text * 10 ** digits), 0), digits)
}

const snapshot = ({ items, totals, coupons }) => {
  const digits = totals.currency_minor_unit
  const amount = (units) => minor(units, digits)
  // Prices are shown with or without tax; the discount has to be of the same kind.
  const sum = items.reduce((sum, { prices, quantity }) => sum + prices.price * quantity, 0)
  const taxed = sum == +totals.total_items + +totals.total_items_tax
  return {
    currency: totals.currency_code,
    coupon: coupons?.[0]?.code,
    discount: amount(+totals.total_discount + (taxed ? +totals.total_discount_tax || 0 : 0)),
    items: items.map(({ id, name, sku, quantity, prices, variation = [] }) => ({
      item_id: String(id),
      item_name: name,
      item_variant: variation.map(({ value }) => value).join(', '),
      sku,
      price: minor(prices.price, prices.currency_minor_unit ?? digits),
      quantity,
    })),
  }
}

/** The order that this page thanks for: its table in the classic theme, or the blocks' summary. `cart`: what was ordered, as far as it is known. */
const order = (currency, cart) => {
  const id = text('.woocommerce-order-overview__order strong') || location.pathname.match(/order-received\/(\d+)/)?.[1]
  const total = text('.woocommerce-order-overview__total .amount, .wc-block-order-confirmation-totals__total .amount')
  const rows = document.querySelectorAll('.woocommerce-table--order-details .order_item, .wc-block-order-confirmation-totals__table .order_item')
  const sums = []
  const items = [...rows].map((row) => {
    const pieces = text('.product-quantity', row)?.match(/\d+/)?.[0] || 1
    const sum = decimal(text('.amount', row.querySelector('.product-total') || row)) || 0
    sums.push(sum)
    const cell = row.querySelector('.product-name')
    const name = (cell?.firstElementChild || cell)?.textContent.replace(/×.*/, '').trim()
    const { item_id: id, item_variant: variant, sku } = cart?.items.find(({ item_name: of }) => of == name) || {}
    // The table has the sum of the line: in hundredths of a minor unit nobody sees what is lost.
    return { item_id: id, item_name: name, item_variant: variant, sku, quantity: pieces, price: (sum / pieces).toFixed(4) }
  })
  // The total has tax and delivery in it: the goods are worth what the cart was, or else what the lines come to, if that is less.
  const goods = plus(sums)
  const known = cart?.items.length == items.length ? cart.value : Number(decimal(total)) < goods ? total : goods
  return { transaction_id: id, value: known, total: decimal(total), coupon: cart?.coupon, currency, items }
}

/** Where the loops of classic themes and of blocks show a product; not those that go with another. */
const CARD = 'li.product, .wc-block-grid__product, .wc-block-product'
const ASIDE = '.related, .upsells, .up-sells, .cross-sells, .wp-block-woocommerce-related-products'

/** A product of a list. What its price is in, the page may not say: then it is left out. */
const shown = (card, currency, index) => ({
  item_id: card.querySelector('[data-product_id]')?.dataset.product_id || card.className.match(/\bpost-(\d+)/)?.[1],
  sku: card.querySelector('[data-product_sku]')?.dataset.product_sku || undefined,
  item_name: text('.woocommerce-loop-product__title, .wc-block-grid__product-title, .wp-block-post-title, h2, h3', card),
  price: currency && decimal(text('ins .amount', card) || text('.amount', card)),
  index,
})
const cards = () => [...document.querySelectorAll(CARD)].filter((card) => !card.closest(ASIDE))
const listName = () => (document.body.classList.contains('search-results') ? 'search' : text('h1'))

/** The chosen delivery, by the name that the shopper reads. */
const delivery = () => {
  const chosen = document.querySelector('input[name^=shipping_method]:checked, input[name^=shipping_method][type=hidden]')
  const label = chosen?.labels?.[0]?.cloneNode(true)
  label?.querySelectorAll('.amount').forEach((amount) => amount.remove())
  return label?.textContent.replace(/[:\s]+$/, '').trim() || chosen?.value
}

export const woocommerce = ({ see, granted, isGranted, mark, view }) => {
  const base = () => document.querySelector('link[rel="https://api.w.org/"]')?.href || '/wp-json/'
  const remember = () => mark('woo', cookie('woocommerce_cart_hash'))
  /** The order is made: what is empty from here on was ordered, and the page that comes next says so. */
  let ordered
  const take = (cart, found) => {
    if (ordered || !cart?.totals || !cart.items) return
    see('cart', snapshot(cart), found && { found: 1 })
    remember()
  }

  let asked
  /** Once for all that says so at the same moment. */
  const read = (found) => {
    asked ||= Promise.resolve().then(guard(async () => {
      asked = undefined
      take(await ask(base() + 'wc/store/v1/cart'), found)
    }))
    return asked
  }
  const changed = () => {
    if (isGranted()) read()
  }

  const currency = () => window.wcSettings?.currency?.code || view()?.cart.currency
  /** What was said of the delivery last, in this checkout. */
  let shipped
  const ship = (tier) => {
    if (tier && tier != shipped) see('add_shipping_info', { shipping_tier: (shipped = tier) })
  }

  const untap = tap(API, (path, said, answer) => {
    if (/select-shipping-rate$/.test(path)) ship(answer.shipping_rates?.flatMap((of) => of.shipping_rates).find(({ selected }) => selected)?.name)
    if (/checkout$/.test(path) && said.payment_method) see('add_payment_info', { payment_type: said.payment_method })
    ordered ||= /checkout$/.test(path) && answer.order_id
    // A batch answers for each request; the last knows the cart as it is now.
    const carts = answer.responses ? answer.responses.map(({ body }) => body) : [answer]
    take(carts.reverse().find((cart) => cart?.totals && cart.items))
  })

  const body = document.body
  const undo = [untap]
  for (const name of BLOCKS) {
    body.addEventListener(name, changed)
    undo.push(() => body.removeEventListener(name, changed))
  }

  const pay = (form) => {
    ship(delivery())
    see('add_payment_info', { payment_type: form.querySelector('[name=payment_method]:checked')?.value })
  }
  undo.push(onSubmit((form) => form.matches('form.checkout') && pay(form)))
  const change = guard(({ target }) => target.name?.startsWith('shipping_method') && ship(delivery()))
  const click = guard(({ target }) => {
    const link = target.closest?.('a[href]')
    const card = link && !link.matches('.add_to_cart_button, .added_to_cart') && link.closest(CARD)
    const items = card && [shown(card, currency(), Math.max(0, cards().indexOf(card)))]
    if (items?.[0].item_name) see('select_item', { currency: currency(), item_list_name: card.closest(ASIDE) ? 'related' : listName(), items })
  })
  addEventListener('change', change)
  addEventListener('click', click)
  undo.push(() => removeEventListener('change', change), () => removeEventListener('click', click))

  whenRead(guard(() => {
    const $ = window.jQuery
    if ($) {
      const hear = guard((event, fragments, hash, button) => {
        // Until something may be asked of the server, the button says what it added.
        const data = !isGranted() && event.type == 'added_to_cart' && (button?.[0] || button)?.dataset
        if (data?.product_id || data?.productId) see('add_to_cart', { items: [{ item_id: data.product_id || data.productId, quantity: data.quantity }] })
        changed()
      })
      const refused = () => see('purchase_error', { error_description: text('.woocommerce-error li, .woocommerce-error') })
      const paying = () => pay(document)
      $(body).on(CHANGED, hear).on('checkout_error', refused)
      undo.push(() => $(body).off(CHANGED, hear).off('checkout_error', refused))
      $('form.checkout').on('checkout_place_order', paying)
      undo.push(() => $('form.checkout').off('checkout_place_order', paying))
    }
    const { classList } = body
    if (classList.contains('single-product')) {
      const item = mainProduct()
      if (item) see('view_item', { currency: item.currency, value: item.price, items: [item] })
    }
    const term = classList.contains('search-results') && new URLSearchParams(location.search).get('s')
    if (term) see('search', { search_term: term })
    const items = cards().map((card, index) => shown(card, currency(), index)).filter(({ item_name: name }) => name)
    if (items.length && !classList.contains('single-product')) see('view_item_list', { currency: currency(), item_list_name: listName(), items })
  }))

  granted(guard(async () => {
    const { classList } = document.body
    const received = classList.contains('woocommerce-order-received') || /\/order-received\//.test(location.pathname)
    if (received) {
      const made = order(currency(), view()?.cart)
      if (made.transaction_id) see('purchase', made)
      return remember()
    }
    const hash = cookie('woocommerce_cart_hash')
    if (!hash && !cookie('woocommerce_items_in_cart')) see('cart', { items: [] }, { found: 1 })
    else if (!view()?.whole || mark('woo') != hash) await read()
    if (classList.contains('woocommerce-cart')) see('view_cart', {})
    if (classList.contains('woocommerce-checkout')) see('begin_checkout', {})
  }))

  return () => undo.forEach((stop) => stop())
}
