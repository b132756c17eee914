// A shop that nobody's software made: forms that post and pages that say in schema.org's words what they show. One product is
// JSON-LD, the other microdata; the cart's lines are microdata; its order is JSON-LD. Not a line of script.
import { CUP, MUG, Shop, decimal, form, page, redirect } from './shop.mjs'

export const options = { cartJsonLd: true }

const ld = (value) => `<script type="application/ld+json">${JSON.stringify({ '@context': 'https://schema.org', ...value })}</script>`
const scope = ({ name, sku, price, quantity }, more = '') =>
  `<div itemscope itemtype="https://schema.org/Product"><span itemprop="name">${name}</span><meta itemprop="sku" content="${sku}">
   <div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="priceCurrency" content="EUR"><span itemprop="price" content="${decimal(price)}">${decimal(price)} €</span></div>
   ${more.replace('QUANTITY', quantity)}</div>`

/** Each change is a page that shows the cart; of a coupon, delivery and payment schema.org's words tell nothing. */
export const canon = (all) =>
  all
    .filter(([name]) => !/^apply_coupon$|^add_.*_info$/.test(name))
    .flatMap((line, at) => {
      const [name, what, total] = line
      if (name === 'add_to_cart' && total === 43.1) return [line, ['view_cart', 'Mug 2, Cup 1']]
      if (name === 'remove_from_cart') return [line, ['view_cart', 'Mug 2']]
      // Before it was seen whole nobody knows what is in it.
      if (what === 'Mug 1' && total === 19.5) return [[name, what, at < 6 ? undefined : total], ['view_cart', 'Mug 1']]
      return name === 'purchase' ? [[name, what, 39]] : [line]
    })

export function serve(rules, data) {
  const shop = new Shop()
  const shown = (html) => page({ ...data, ...options }, html)
  const list = (products) => ({
    '@type': 'ItemList', name: 'search',
    itemListElement: products.map(({ name, sku, price, path }, at) => ({ '@type': 'ListItem', position: at + 1, item: { '@type': 'Product', name, sku, url: path, offers: { '@type': 'Offer', price: decimal(price), priceCurrency: 'EUR' } } })),
  })
  const site = { '@type': 'WebSite', potentialAction: { '@type': 'SearchAction', target: { '@type': 'EntryPoint', urlTemplate: '/search?words={search_term_string}' }, 'query-input': 'required name=search_term_string' } }
  rules.set('/', shown(() => ({ head: ld(site), body: '<form action="/search"><input type="search" name="words" value="mug"><button id="search">Search</button></form><a id="mug" href="/products/mug">Mug</a><a id="cup" href="/products/cup">Cup</a>' })))
  rules.set('/search', shown(() => ({ head: ld(site) + ld(list([MUG])), body: '<a id="mug" href="/products/mug"><b>Mug</b></a>' })))
  const post = ({ id }, words) => `<form method="post" action="/basket"><input type="hidden" name="id" value="${id}"><input name="quantity" value="1"><button id="add">${words}</button></form>`
  rules.set(MUG.path, shown(() => ({
    head: ld({ '@graph': [{ '@type': 'BreadcrumbList' }, { '@type': 'Product', name: MUG.name, sku: MUG.sku, brand: { '@type': 'Brand', name: 'Kiln' }, offers: { '@type': 'AggregateOffer', lowPrice: decimal(MUG.price), priceCurrency: 'EUR' } }] }),
    body: post(MUG, 'In den Warenkorb'),
  })))
  rules.set(CUP.path, shown(() => ({ body: scope(CUP, post(CUP, 'Ajouter au panier')) })))
  rules.set('/basket', (request, body) => {
    const { id, quantity, set, remove } = form(body)
    if (remove) shop.set(remove, 0)
    else if (set) shop.set(set, quantity)
    else shop.add(id, quantity)
    return redirect('/cart')
  })
  rules.set('/cart', shown(() => ({
    body: `<ul>${shop.items.map((item) => `<li>${scope(item, `<meta itemprop="orderQuantity" content="QUANTITY">`)}</li>`).join('')}</ul>
      <form method="post" action="/basket"><input type="hidden" name="quantity" value="2"><button id="more" name="set" value="${MUG.id}">Two mugs</button></form>
      <form method="post" action="/basket"><button id="remove" name="remove" value="${CUP.id}">Remove</button></form>
      <a id="checkout" href="/checkout">Check out</a>`,
  })))
  rules.set('/checkout', shown(() => ({ body: '<form method="post" action="/pay"><button id="pay">Pay</button></form>' })))
  rules.set('/pay', () => (shop.order(), redirect('/thanks')))
  rules.set('/thanks', shown(() => {
    const { id, items, total, at } = shop.order()
    const acceptedOffer = items.map(({ name, sku, price, quantity }) => ({
      '@type': 'Offer', price: decimal(price), priceCurrency: 'EUR', itemOffered: { '@type': 'Product', name, sku }, eligibleQuantity: { '@type': 'QuantitativeValue', value: quantity },
    }))
    return { head: ld({ '@type': 'Order', orderNumber: String(id), orderDate: at, price: decimal(total), priceCurrency: 'EUR', acceptedOffer }), body: '<a id="home" href="/">Home</a>' }
  }))
  return { thanks: '/thanks', lands: 'always', steps: false, coupon: false }
}
