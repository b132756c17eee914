// WooCommerce as it answers: the Store API (https://developer.woocommerce.com/docs/apis/store-api/resources-endpoints/cart), the
// cookies with the cart's hash, and a theme of each kind. The classic theme adds by jQuery's Ajax on one page and by form
// post on another, and changes its cart by form posts; the blocks do everything by the Store API.
import { readFileSync } from 'node:fs'
import { at } from '../../www/tools/paths.mjs'
import { CUP, MUG, PRODUCTS, Shop, decimal, form, json, page, redirect, script } from './shop.mjs'

export const options = { cartWoocommerce: true }
const bySku = (id) => PRODUCTS.find((product) => product.id === +id)

const totals = (shop) => ({
  total_items: String(shop.sum), total_items_tax: '0', total_discount: String(shop.discount), total_discount_tax: '0',
  total_price: String(shop.sum - shop.discount), currency_code: 'EUR', currency_minor_unit: 2,
})
const cart = (shop) => ({
  items: shop.items.map(({ id, name, sku, price, quantity }) => ({
    key: `k${id}`, id, name, sku, quantity, variation: [], prices: { price: String(price), currency_code: 'EUR', currency_minor_unit: 2 },
  })),
  coupons: shop.coupon ? [{ code: shop.coupon }] : [],
  shipping_rates: [{ package_id: 0, shipping_rates: [{ rate_id: 'flat_rate:1', name: 'Express', selected: shop.rate !== 'flat_rate:2' }, { rate_id: 'flat_rate:2', name: 'Standard', selected: shop.rate === 'flat_rate:2' }] }],
  items_count: shop.count,
  totals: totals(shop),
})
/** As WooCommerce sets them: there is a hash where there is a cart. */
const cookies = (shop) => ({
  'set-cookie': shop.count
    ? [`woocommerce_cart_hash=h${shop.sum}${shop.coupon}; path=/`, 'woocommerce_items_in_cart=1; path=/']
    : ['woocommerce_cart_hash=; path=/; max-age=0', 'woocommerce_items_in_cart=; path=/; max-age=0'],
})

const product = ({ id, name, sku, price }) =>
  `<script type="application/ld+json">${JSON.stringify({ '@context': 'https://schema.org', '@type': 'Product', name, sku, offers: [{ '@type': 'Offer', price: decimal(price), priceCurrency: 'EUR' }] })}</script>
   <div class="product"><h1>${name}</h1></div><a id="home" href="/">Home</a><!-- ${id} -->`

/** What both kinds of theme share. */
function shared(rules, data, results) {
  const shop = new Shop()
  /** A page knows the cart's cookies, as PHP sends them with it. */
  const shown = (html) => (request, body) => {
    const answer = page({ ...data, ...options }, html)(request, body)
    return { ...answer, headers: { ...answer.headers, ...cookies(shop) } }
  }
  rules.set('/', (request, ...more) => (request.url.includes('?s=') ? found : front)(request, ...more))
  const front = shown(() => ({ body: '<form action="/"><input type="search" name="s" value="mug"><button id="search">Search</button></form><a id="mug" href="/products/mug">Mug</a><a id="cup" href="/products/cup">Cup</a>' }))
  const found = shown(() => ({ ...results, bodyClass: 'search search-results woocommerce' }))
  rules.set('/wp-json/wc/store/v1/cart', () => json(cart(shop), cookies(shop)))
  return { shop, shown }
}

const wcSettings = script(() => {
  window.wcSettings = { currency: { code: 'EUR' } }
})

export const classic = {
  serve(rules, data) {
    const { shop, shown } = shared(rules, data, {
      body: `<ul class="products"><li class="product type-product post-${MUG.id}"><a id="mug" href="${MUG.path}" class="woocommerce-LoopProduct-link"><h2 class="woocommerce-loop-product__title">Mug</h2><span class="price"><span class="amount">19,50&nbsp;€</span></span></a><a href="/?add-to-cart=${MUG.id}" class="button add_to_cart_button" data-product_id="${MUG.id}" data-product_sku="${MUG.sku}">Add</a></li></ul>`,
    })
    const jquery = '<script src="/jquery.js"></script>'
    rules.set('/jquery.js', () => ({ headers: { 'content-type': 'text/javascript' }, body: readFileSync(at('node_modules/jquery/dist/jquery.min.js'), 'utf8') }))
    const ajax = `<button id="add" data-product_id="${MUG.id}" class="ajax_add_to_cart">Add to cart</button>` + script(() => {
      const $ = window.jQuery
      $('#add').on('click', () => $.post('/?wc-ajax=add_to_cart', { product_id: 101, quantity: 1 }, (answer) => $(document.body).trigger('added_to_cart', [answer.fragments, answer.cart_hash, $('#add')])))
    })
    rules.set(MUG.path, shown(() => ({ bodyClass: 'single-product', body: jquery + product(MUG) + ajax })))
    const post = `<form class="cart" method="post" action="${CUP.path}"><input name="quantity" value="1"><button id="add" name="add-to-cart" value="${CUP.id}">Add to cart</button></form>`
    const cup = shown(() => ({ bodyClass: 'single-product', body: jquery + product(CUP) + post }))
    rules.set(CUP.path, (request, body) => {
      if (request.method !== 'POST') return cup(request, body)
      const { 'add-to-cart': id, quantity } = form(body)
      shop.add(id, quantity)
      return redirect('/cart', cookies(shop))
    })
    const home = rules.get('/')
    rules.set('/', (request, body) => {
      if (!request.url.includes('wc-ajax=add_to_cart')) return home(request, body)
      const { product_id: id, quantity } = form(body)
      shop.add(id, quantity)
      return json({ fragments: {}, cart_hash: 'h' }, cookies(shop))
    })
    const basket = shown(() => ({
      bodyClass: 'woocommerce-cart',
      body: `${jquery}<form method="post" action="/cart"><button id="more" name="more" value="1">+</button><button id="remove" name="remove" value="1">×</button></form><button id="coupon">Apply</button><a id="checkout" href="/checkout">Check out</a>` + script(() => {
        const $ = window.jQuery
        $('#coupon').on('click', () => $.post('/coupon', () => $(document.body).trigger('applied_coupon', ['TEN'])))
      }),
    }))
    rules.set('/cart', (request, body) => {
      if (request.method !== 'POST') return basket(request, body)
      if (form(body).more) shop.add(MUG.id)
      else shop.set(CUP.id, 0)
      return redirect('/cart', cookies(shop))
    })
    rules.set('/coupon', () => ((shop.coupon = 'TEN'), json({}, cookies(shop))))
    rules.set('/checkout', shown(() => ({
      bodyClass: 'woocommerce-checkout',
      body: `${jquery}<form class="checkout" method="post" action="/pay"><input type="radio" name="shipping_method[0]" id="m1" value="flat_rate:1" checked><input type="radio" name="shipping_method[0]" id="ship" value="flat_rate:2"><label for="ship">Standard: <span class="amount">€4.95</span></label><input type="radio" name="payment_method" value="cod" checked><button id="pay">Pay</button></form>`,
    })))
    rules.set('/pay', () => (shop.order(), redirect('/checkout/order-received/1001', cookies(shop))))
    rules.set('/checkout/order-received/1001', shown(() => {
      const { id, items, total } = shop.order()
      const rows = items.map(({ name, quantity, price }) => `<tr class="order_item"><td class="product-name"><a href="#">${name}</a> <strong class="product-quantity">×&nbsp;${quantity}</strong></td><td class="product-total"><span class="amount">${decimal(price * quantity).replace('.', ',')}&nbsp;€</span></td></tr>`).join('')
      return {
        bodyClass: 'woocommerce-checkout woocommerce-order-received',
        body: `<ul class="woocommerce-order-overview"><li class="woocommerce-order-overview__order">Order: <strong>${id}</strong></li><li class="woocommerce-order-overview__total">Total: <strong><span class="amount">${decimal(total + 495).replace('.', ',')}&nbsp;€</span></strong></li></ul><table class="woocommerce-table--order-details">${rows}</table><a id="home" href="/">Home</a>`,
      }
    }))
    return { thanks: '/checkout/order-received/1001', lands: 'by form' }
  },
  canon: (all) => views(all),
}

/** Each change of the classic cart is a page of its own, which shows the cart. */
const views = (all) => all.flatMap((line) => {
  if (line[0] === 'add_to_cart' && line[2] === 43.1) return [line, ['view_cart', 'Mug 2, Cup 1']]
  if (line[0] === 'remove_from_cart') return [line, ['view_cart', 'Mug 2']]
  return [line]
})

export const blocks = {
  serve(rules, data) {
    const { shop, shown } = shared(rules, data, {
      head: wcSettings,
      body: `<ul class="wc-block-product-template"><li class="wc-block-product post-${MUG.id} product"><h2 class="wp-block-post-title"><a id="mug" href="${MUG.path}">Mug</a></h2><span class="amount">€19.50</span></li></ul>`,
    })
    const store = script(() => {
      window.post = async (path, body) => {
        const response = await fetch(`/wp-json/wc/store/v1/${path}`, { method: 'POST', body: JSON.stringify(body) })
        document.body.dispatchEvent(new CustomEvent('wc-blocks_added_to_cart', { bubbles: true, detail: { preserveCartData: true } }))
        return response.json()
      }
    }) + wcSettings
    const button = ({ id }) => `<button id="add">Add to cart</button>` + script((id) => {
      document.getElementById('add').onclick = () => window.post('cart/add-item', { id, quantity: 1 })
    }, id)
    for (const of of PRODUCTS) rules.set(of.path, shown(() => ({ head: store, bodyClass: 'single-product', body: product(of) + button(of) })))
    const change = (path, act) => rules.set(`/wp-json/wc/store/v1/${path}`, (request, body) => (act(JSON.parse(body)), json(cart(shop), cookies(shop))))
    change('cart/add-item', ({ id, quantity }) => shop.add(bySku(id).id, quantity))
    change('cart/apply-coupon', ({ code }) => (shop.coupon = code))
    change('cart/select-shipping-rate', ({ rate_id: rate }) => (shop.rate = rate))
    rules.set('/wp-json/wc/store/v1/batch', (request, body) => {
      const responses = JSON.parse(body).requests.map(({ body: { key, quantity } }) => (shop.set(key.slice(1), quantity ?? 0), { status: 200, body: cart(shop) }))
      return json({ responses }, cookies(shop))
    })
    rules.set('/cart', shown(() => ({
      head: store,
      bodyClass: 'woocommerce-cart',
      body: '<button id="more">+</button><button id="remove">×</button><button id="coupon">Apply</button><a id="checkout" href="/checkout">Check out</a>' + script(() => {
        const batch = (path, body) => window.post('batch', { requests: [{ path, method: 'POST', body }] })
        document.getElementById('more').onclick = () => batch('/wc/store/v1/cart/update-item', { key: 'k101', quantity: 2 })
        document.getElementById('remove').onclick = () => batch('/wc/store/v1/cart/remove-item', { key: 'k102' })
        document.getElementById('coupon').onclick = () => window.post('cart/apply-coupon', { code: 'TEN' })
      }),
    })))
    rules.set('/checkout', shown(() => ({
      head: store,
      bodyClass: 'woocommerce-checkout',
      body: '<button id="ship">Standard</button><button id="pay">Place order</button>' + script(() => {
        document.getElementById('ship').onclick = () => window.post('cart/select-shipping-rate', { package_id: 0, rate_id: 'flat_rate:2' })
        document.getElementById('pay').onclick = async () => {
          const { payment_result: result } = await window.post('checkout', { payment_method: 'cod' })
          location.href = result.redirect_url
        }
      }),
    })))
    rules.set('/wp-json/wc/store/v1/checkout', () => {
      const { id } = shop.order()
      return json({ order_id: id, payment_result: { payment_status: 'success', redirect_url: `/checkout/order-received/${id}/` } }, cookies(shop))
    })
    rules.set('/checkout/order-received/1001/', shown(() => {
      const { items, total } = shop.order()
      const rows = items.map(({ name, quantity, price }) => `<tr class="order_item"><td class="product-name"><a href="#">${name}</a> <strong class="product-quantity">×&nbsp;${quantity}</strong></td><td class="product-total"><span class="amount">€${decimal(price * quantity)}</span></td></tr>`).join('')
      return {
        head: store,
        bodyClass: 'woocommerce-order-received',
        body: `<table class="wc-block-order-confirmation-totals__table">${rows}<tr class="wc-block-order-confirmation-totals__total"><td><span class="amount">€${decimal(total + 495)}</span></td></tr></table><a id="home" href="/">Home</a>`,
      }
    }))
    return { thanks: '/checkout/order-received/1001/' }
  },
  canon: (all) => all,
}
