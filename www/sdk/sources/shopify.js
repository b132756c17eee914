/**
 * Shopify: its Ajax cart API (https://shopify.dev/docs/api/ajax/reference/cart), by fetch, XHR or form post, and what its
 * themes say of the page (`ShopifyAnalytics.meta`). Amounts are hundredths in every currency.
 */

import { ask, guard, minor, onSubmit, tap, whenRead } from './common.js'

const CART = /(^|\/)cart(\/(add|change|update|clear))?(\.js|\.json)?$/
/** Before `/cart` in shops with several languages. */
const root = () => window.Shopify?.routes?.root || '/'
const currency = () => window.Shopify?.currency?.active

const variantName = (title) => (title == 'Default Title' ? undefined : title)

/** A line of the cart, or the answer to an addition. */
const line = (entry, quantity = entry.quantity) => ({
  item_id: String(entry.product_id),
  item_name: entry.product_title || entry.title,
  item_variant: variantName(entry.variant_title),
  item_brand: entry.vendor,
  item_category: entry.product_type,
  sku: entry.sku,
  variant_id: String(entry.variant_id || entry.id),
  price: minor(entry.final_price ?? entry.discounted_price ?? entry.price),
  quantity,
})

const snapshot = (cart) => ({
  currency: cart.currency || currency(),
  value: cart.total_price == null ? undefined : minor(cart.total_price),
  coupon: (cart.discount_codes?.find(({ applicable }) => applicable) || {}).code || cart.cart_level_discount_applications?.[0]?.title,
  items: cart.items.filter(({ quantity }) => quantity > 0).map((entry) => line(entry)),
})

/** A product as themes describe it, in one of its variants. */
const article = (of, variant) => {
  // "Mug - Rust" with the variant's own name in `public_title`.
  const name = variant.public_title ? variant.name.replace(` - ${variant.public_title}`, '') : variant.name
  return line({ ...variant, product_id: of.id, product_title: name, variant_title: variant.public_title, vendor: of.vendor, product_type: of.type }, undefined)
}

/** The product of the page, in the variant that is asked for. */
const product = (id) => {
  const meta = window.ShopifyAnalytics?.meta?.product
  if (!meta) return
  const wanted = id || new URLSearchParams(location.search).get('variant')
  const variant = meta.variants.find((entry) => String(entry.id) == wanted) || (!id && meta.variants[0])
  return variant && article(meta, variant)
}

/** The products of a collection, or those that a search has found: each with the handle that its link ends in. */
const listed = () =>
  (window.ShopifyAnalytics?.meta?.products || []).filter(({ variants }) => variants?.[0]).map((of, index) => ({ handle: of.handle, item: { ...article(of, of.variants[0]), index } }))
const listName = () => location.pathname.match(/\/collections\/([^/]+)/)?.[1] || (/\/search$/.test(location.pathname) ? 'search' : undefined)

export const shopify = ({ see, granted, isGranted, mark, view }) => {
  const read = guard(async (found) => {
    const cart = await ask(root() + 'cart.js')
    if (cart?.items) see('cart', snapshot(cart), found && { found: 1 })
  })

  /** What was asked to be put in: `{items: [{id, quantity}]}` or one of them. */
  const added = (said, answer) => {
    const asked = [said.items || said].flat()
    const items = [answer.items || answer].flat().filter((entry) => entry.product_id).map((entry) => {
      const { quantity = 1 } = asked.find(({ id }) => String(id) == String(entry.variant_id || entry.id)) || {}
      return line(entry, +quantity || 1)
    })
    if (items.length) see('add_to_cart', { currency: currency(), items })
  }

  const untap = tap(CART, (path, said, answer) => {
    if (answer.items && 'item_count' in answer) see('cart', snapshot(answer))
    else if (/add(\.js|\.json)?$/.test(path)) added(said, answer)
    else if (isGranted() && /change|update|clear/.test(path)) read()
  })

  const unsubmit = onSubmit((form, fields, submitter) => {
    const { pathname } = new URL(submitter?.getAttribute('formaction') || form.getAttribute('action') || location.href, location.href)
    if (/\/cart\/add$/.test(pathname)) {
      const item = product(String(fields.get('id')))
      if (item) see('add_to_cart', { currency: currency(), items: [{ ...item, quantity: +fields.get('quantity') || 1 }] })
      // What became of it, the next page asks.
      mark('shopify', 1)
    } else if (/\/cart\/?$/.test(pathname) || /\/checkouts?\b/.test(pathname)) {
      if (submitter?.name == 'checkout' || /\/checkouts?\b/.test(pathname)) see('begin_checkout', {})
      else mark('shopify', 1)
    }
  })
  const click = guard(({ target }) => {
    if (target.closest?.('a[href*="/checkout"]')) see('begin_checkout', {})
    const handle = target.closest?.('a[href*="/products/"]')?.pathname.match(/\/products\/([^/]+)/)?.[1]
    const chosen = handle && listed().find((entry) => entry.handle == decodeURIComponent(handle))
    if (chosen) see('select_item', { currency: currency(), item_list_name: listName(), items: [chosen.item] })
  })
  addEventListener('click', click)

  const viewed = (item) => item && see('view_item', { currency: currency(), value: item.price, items: [item] })
  /** The product as the shop's server has it (https://shopify.dev/docs/api/ajax/reference/product), where the page does not say. */
  const fetched = guard(async (handle) => {
    const of = await ask(root() + `products/${handle}.js`)
    const wanted = new URLSearchParams(location.search).get('variant')
    const variant = of?.variants?.find((entry) => String(entry.id) == wanted) || of?.variants?.[0]
    if (variant) viewed(article(of, { ...variant, name: of.title, public_title: variantName(variant.title) }))
  })

  whenRead(guard(() => {
    const { pageType, resourceType } = window.ShopifyAnalytics?.meta?.page || {}
    if (pageType == 'product' || resourceType == 'product') viewed(product())
    const term = /\/search$/.test(location.pathname) && new URLSearchParams(location.search).get('q')
    if (term) see('search', { search_term: term })
    const items = listed().map(({ item }) => item)
    if (items.length) see('view_item_list', { currency: currency(), item_list_name: listName(), items })
    // The thank-you page of shops that may put scripts there; elsewhere the checkout is closed to all but web pixels.
    const order = window.Shopify?.checkout
    if (order?.order_id) {
      see('purchase', {
        transaction_id: String(order.order_id), currency: order.currency, value: order.subtotal_price ?? order.total_price, total: order.total_price, tax: order.total_tax,
        shipping: order.shipping_rate?.price, coupon: order.discount?.code, order_created_at: order.created_at,
        items: order.line_items.map((entry) => ({ ...line({ ...entry, price: 0 }), price: entry.price })),
      })
    }
  }))

  // Asked only where the page does not say, the cart is not known, or it may have changed without our seeing how.
  let handle = location.pathname.match(/\/products\/([^/]+)\/?$/)?.[1]
  granted(() => {
    if (handle && !window.ShopifyAnalytics?.meta?.product) fetched(handle)
    handle = undefined
    const isCart = /\/cart\/?$/.test(location.pathname)
    const changed = mark('shopify')
    if (!view()?.whole || isCart || changed) {
      read(!changed).then(() => isCart && view()?.cart.items.length && see('view_cart', {}))
      if (changed) mark('shopify', null)
    }
  })

  return () => {
    untap()
    unsubmit()
    removeEventListener('click', click)
  }
}
