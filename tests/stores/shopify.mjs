// A store as Shopify runs it: a theme that adds by fetch on one page and by form post on another, changes by XHR, and the
// Ajax cart API with its answers: https://shopify.dev/docs/api/ajax/reference/cart. Its checkout is closed to all but web pixels:
// ours runs there in a worker (sandbox.mjs).
import { checkout, sandbox } from './sandbox.mjs'
import { CUP, MUG, PRODUCTS, Shop, decimal, form, json, page, redirect, script } from './shop.mjs'

export const options = { cartShopify: true }

const line = ({ id, name, sku, price, quantity }) => ({
  id: id * 10, variant_id: id * 10, product_id: id, key: `${id * 10}:x`, title: name, product_title: name, variant_title: null, sku,
  vendor: 'Kiln', product_type: 'Kitchen', price, original_price: price, final_price: price, line_price: price * quantity, quantity,
})

const cart = (shop) => ({
  token: 'c1', item_count: shop.count, items: shop.items.map(line), currency: 'EUR', total_price: shop.sum - shop.discount,
  total_discount: shop.discount, discount_codes: shop.coupon ? [{ code: shop.coupon, applicable: true }] : [],
  cart_level_discount_applications: [],
})

const byVariant = (id) => PRODUCTS.find((product) => product.id * 10 === +String(id).split(':')[0])

export function serve(rules, data) {
  const shop = new Shop()
  const shown = (html) => page({ ...data, ...options }, html)
  const base = script(() => {
    window.Shopify = { currency: { active: 'EUR' }, routes: { root: '/' } }
  })
  const product = (of, body) =>
    shown(() => ({
      head: base + script((meta) => {
        window.ShopifyAnalytics = { meta: { page: { pageType: 'product' }, product: meta } }
      }, meta(of)),
      body: body + '<a id="cart" href="/cart">Cart</a>',
    }))

  const meta = ({ id, name, sku, price, path }) => ({ id, vendor: 'Kiln', type: 'Kitchen', handle: path.split('/').pop(), variants: [{ id: id * 10, price, name, public_title: null, sku }] })
  rules.set('/', shown(() => ({ head: base, body: '<form action="/search"><input name="q" value="mug"><button id="search">Search</button></form><a id="mug" href="/products/mug">Mug</a><a id="cup" href="/products/cup">Cup</a>' })))
  rules.set('/search', shown(() => ({
    head: base + script((products) => {
      window.ShopifyAnalytics = { meta: { page: { pageType: 'searchresults' }, products } }
    }, [meta(MUG)]),
    body: '<a id="mug" href="/products/mug?_pos=1"><span>Mug</span></a>',
  })))
  rules.set(MUG.path, product(MUG, '<form id="form" action="/cart/add" method="post"><input name="id" value="1010"><button id="add">Add to cart</button></form><a id="home" href="/">Home</a>' + script(() => {
    document.getElementById('form').addEventListener('submit', async (event) => {
      event.preventDefault()
      const body = JSON.stringify({ items: [{ id: 1010, quantity: 1 }] })
      const response = await fetch('/cart/add.js', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      document.body.dataset.done = (await response.json()).items[0].title
    })
  })))
  rules.set(CUP.path, product(CUP, '<form action="/cart/add" method="post"><input name="id" value="1020"><input name="quantity" value="1"><button id="add">Add to cart</button></form>'))
  rules.set('/cart/add', (request, body) => {
    const { id, quantity } = form(body)
    shop.add(byVariant(id).id, quantity)
    return redirect('/cart')
  })
  rules.set('/cart/add.js', (request, body) => {
    const asked = JSON.parse(body).items
    for (const { id, quantity } of asked) shop.add(byVariant(id).id, quantity)
    return json({ items: asked.map(({ id }) => line(shop.items.find((item) => item.id === byVariant(id).id))) })
  })
  rules.set('/cart.js', () => json(cart(shop)))
  rules.set('/cart/change.js', (request, body) => {
    const { id, quantity } = form(body)
    shop.set(byVariant(id).id, quantity)
    return json(cart(shop))
  })
  rules.set('/cart/update.js', (request, body) => {
    const { updates = {}, discount } = JSON.parse(body)
    for (const [id, quantity] of Object.entries(updates)) shop.set(byVariant(id).id, quantity)
    if (discount !== undefined) shop.coupon = discount
    return json(cart(shop))
  })
  const cartPage = shown(() => ({
    head: base,
    body: '<button id="more">+</button><button id="remove">Remove</button><button id="coupon">Apply</button><form action="/cart" method="post"><button id="checkout" name="checkout">Check out</button></form>' + script(() => {
      const done = (text) => (document.body.dataset.done = JSON.parse(text).item_count)
      document.getElementById('more').onclick = () => {
        const request = new XMLHttpRequest()
        request.open('POST', '/cart/change.js')
        request.onload = () => done(request.responseText)
        request.setRequestHeader('content-type', 'application/x-www-form-urlencoded')
        request.send('id=1010%3Ax&quantity=2')
      }
      const update = (body) => fetch('/cart/update.js', { method: 'POST', body: JSON.stringify(body) }).then((response) => response.text()).then(done)
      document.getElementById('remove').onclick = () => update({ updates: { '1020:x': 0 } })
      document.getElementById('coupon').onclick = () => update({ discount: 'TEN' })
    }),
  }))
  rules.set('/cart', (request, body) => (request.method === 'POST' ? redirect('/checkouts/c/1') : cartPage(request, body)))
  // Nothing of the theme runs here: Shopify tells the pixel what happens.
  const pixel = sandbox(rules)
  rules.set('/checkouts/c/1', () => ({
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><link rel="icon" href="data:,">' + pixel + '<button id="ship">Standard</button><button id="pay">Pay</button>' + script((checkout) => {
      window.publish('checkout_started', { checkout })
      document.getElementById('ship').onclick = () => window.publish('checkout_shipping_info_submitted', { checkout })
      document.getElementById('pay').onclick = () => {
        window.publish('payment_info_submitted', { checkout })
        // Shopify's own script waits for the payment.
        setTimeout(() => (location.href = '/checkouts/c/1/pay'), 300)
      }
    }, checkout(shop)),
  }))
  rules.set('/checkouts/c/1/pay', () => (shop.order(), redirect('/checkouts/c/1/thank_you')))
  rules.set('/checkouts/c/1/thank_you', shown(() => {
    const order = shop.order()
    const { id, items, coupon, total, at } = order
    const lines = items.map((item) => ({ ...line(item), price: decimal(item.price) }))
    return {
      head: base + pixel + script((shopify, checkout) => {
        window.Shopify.checkout = shopify
        window.publish('checkout_completed', { checkout })
      }, { order_id: id, created_at: at, currency: 'EUR', subtotal_price: decimal(total), total_price: decimal(total + 495), total_tax: '0.00', shipping_rate: { price: '4.95' }, discount: { code: coupon }, line_items: lines }, checkout(order)),
      body: '<a id="home" href="/">Home</a>',
    }
  }))
  return { thanks: '/checkouts/c/1/thank_you', lands: 'by form' }
}
