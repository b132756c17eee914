// A store that pushes to `dataLayer` in both of Google's dialects, half way from one to the other, as objects and by `gtag()`,
// before the tracker has loaded and after. It clears what it pushed, and pushes the order at every view of its page.
import { CUP, MUG, Shop, decimal, form, page, redirect, script } from './shop.mjs'

export const options = { cartDataLayer: true }

const ga4 = ({ name, sku, price, quantity }) => ({ item_id: sku, item_name: name, price: price / 100, quantity })
const universal = ({ name, sku, price, quantity }) => ({ id: sku, name, price: decimal(price), quantity })

/** Runs in the page. */
const helpers = () => {
  window.dataLayer = window.dataLayer || []
  window.gtag = function () {
    window.dataLayer.push(arguments)
  }
  window.tell = (...pushes) => pushes.forEach((push) => window.dataLayer.push({ ecommerce: null }) && window.dataLayer.push(push))
}

/** Totals are known from the first view of the whole cart on. */
export const canon = (all) => {
  const seen = all.findIndex(([name]) => name === 'view_cart')
  return all.map(([name, what, total], at) => (total && at < seen ? [name, what, undefined] : [name, what, total].filter((part) => part !== undefined)))
}

export function serve(rules, data) {
  const shop = new Shop()
  const shown = (html) => page({ ...data, ...options }, html)
  const head = script(helpers)
  rules.set('/', shown(() => ({ head, body: '<a id="mug" href="/products/mug">Mug</a><a id="cup" href="/products/cup">Cup</a><a id="search" href="/search?q=mug">Search</a>' })))
  // The list in the older dialect and in the newer one, the click in both, as the page goes.
  rules.set('/search', shown(() => ({
    head: head + script((item, impression) => window.tell(
      { event: 'view_search_results', search_term: 'mug' },
      { event: 'view_item_list', ecommerce: { currency: 'EUR', item_list_name: 'search', items: [item] } },
      { ecommerce: { currencyCode: 'EUR', impressions: [impression] } },
    ), { ...ga4(MUG), index: 0 }, { ...universal(MUG), list: 'search', position: 0 }),
    body: '<a id="mug" href="/products/mug">Mug</a>' + script((item, product) => {
      document.getElementById('mug').onclick = () => window.tell(
        { event: 'select_item', ecommerce: { currency: 'EUR', item_list_name: 'search', items: [item] } },
        { event: 'productClick', ecommerce: { currencyCode: 'EUR', click: { actionField: { list: 'search' }, products: [product] } } },
      )
    }, { ...ga4(MUG), index: 0 }, { ...universal(MUG), position: 0 }),
  })))
  // GA4 alone: the view before the tracker is there, the addition after.
  rules.set(MUG.path, shown(() => ({
    head: head + script((item) => window.tell({ event: 'view_item', ecommerce: { currency: 'EUR', value: item.price, items: [item] } }), ga4(MUG)),
    body: '<button id="add">Add</button>' + script((item) => {
      document.getElementById('add').onclick = () => {
        window.tell({ event: 'add_to_cart', ecommerce: { currency: 'EUR', value: item.price, items: [item] } })
        fetch('/basket', { method: 'POST', body: 'id=101&add=1' })
      }
    }, ga4({ ...MUG, quantity: 1 })),
  })))
  // Universal Analytics as well.
  rules.set(CUP.path, shown(() => ({
    head: head + script((item) => window.tell({ ecommerce: { currencyCode: 'EUR', detail: { actionField: {}, products: [item] } } }), universal(CUP)),
    body: '<button id="add">Add</button>' + script((item, product) => {
      document.getElementById('add').onclick = () => {
        window.tell(
          { event: 'addToCart', ecommerce: { currencyCode: 'EUR', add: { products: [product] } } },
          { event: 'add_to_cart', ecommerce: { currency: 'EUR', value: item.price, items: [item] } },
        )
        fetch('/basket', { method: 'POST', body: 'id=102&add=1' })
      }
    }, ga4({ ...CUP, quantity: 1 }), universal({ ...CUP, quantity: 1 })),
  })))
  rules.set('/basket', (request, body) => {
    const { id, add } = form(body)
    shop.add(id, add)
    return { body: 'ok' }
  })
  rules.set('/cart', shown(() => ({
    head,
    body: '<button id="more">+</button><button id="remove">Remove</button><a id="checkout" href="/checkout">Check out</a>' + script((items, one, gone) => {
      window.tell({ event: 'view_cart', ecommerce: { currency: 'EUR', value: 23.6, items } })
      document.getElementById('more').onclick = () => {
        window.gtag('event', 'add_to_cart', { currency: 'EUR', value: one.price, items: [one] })
        fetch('/basket', { method: 'POST', body: 'id=101&add=1' })
      }
      document.getElementById('remove').onclick = () => {
        window.tell({ event: 'removeFromCart', ecommerce: { currencyCode: 'EUR', remove: { products: [gone] } } })
        fetch('/basket', { method: 'POST', body: 'id=102&add=-1' })
      }
    }, shop.items.map(ga4), ga4({ ...MUG, quantity: 1 }), universal({ ...CUP, quantity: 1 })),
  })))
  rules.set('/checkout', shown(() => ({
    head,
    body: '<button id="ship">Standard</button><a id="pay" href="/pay">Pay</a>' + script((items, products) => {
      const told = (event, more) => window.tell({ event, ecommerce: { currency: 'EUR', value: 35.1, coupon: 'TEN', items, ...more } })
      document.getElementById('ship').onclick = () => told('add_shipping_info', { shipping_tier: 'Standard' })
      document.getElementById('pay').onclick = () => told('add_payment_info', { payment_type: 'card' })
      window.tell(
        { event: 'begin_checkout', ecommerce: { currency: 'EUR', value: 35.1, coupon: 'TEN', items } },
        { event: 'checkout', ecommerce: { currencyCode: 'EUR', checkout: { actionField: { step: 1 }, products } } },
      )
    }, shop.items.map(ga4), shop.items.map(universal)),
  })))
  rules.set('/pay', () => {
    shop.coupon = 'TEN'
    shop.order()
    return redirect('/thanks')
  })
  rules.set('/thanks', shown(() => {
    const { id, items, coupon, total } = shop.order()
    const [value, transaction] = [total / 100, String(id)]
    return {
      head,
      body: '<a id="home" href="/">Home</a>' + script((ecommerce, purchase) => {
        window.tell({ event: 'purchase', ecommerce }, { event: 'transaction', ecommerce: { currencyCode: 'EUR', purchase } })
      }, { transaction_id: transaction, currency: 'EUR', value, coupon, items: items.map(ga4) }, { actionField: { id: transaction, revenue: decimal(total), coupon }, products: items.map(universal) }),
    }
  }))
  // The code is part of the checkout.
  return { thanks: '/thanks', coupon: false }
}
