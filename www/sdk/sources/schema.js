/**
 * schema.org, as JSON-LD or microdata: https://schema.org/Product, Offer, AggregateOffer, ItemList, Order. It says what a page
 * shows; what is evidently an add-to-cart button of it, pressed, is an addition, also where its form leaves the page. A
 * cart page whose lines are products with their quantities is a snapshot.
 */

import { decimal, guard, onSubmit, whenRead } from './common.js'

/** By the name or the target of a form, or by what a button is called in the languages that most shops speak. */
const ADD = /add[-_ ]?(item[-_ ])?(to[-_ ]?)?(cart|basket|bag|trolley)|(cart|basket|warenkorb|panier|carrito|carrello)[/_-](add|items?)\b/i
const ADD_WORDS = new RegExp(
  [
    'add to (my |your |the )?(cart|basket|bag|trolley)', 'in den (waren|einkaufs)(korb|wagen)', 'ajouter au panier', '(añadir|agregar) (al carrito|a la cesta)',
    'aggiungi al carrello', 'adicionar ao (carrinho|cesto)', 'in (het )?winkel(wagen|mand)', 'do koszyka', 'lägg i (varukorg|kundvagn)', '(læg|legg) i (handle)?kurv',
    'lisää ostoskoriin', 'do košíku', 'kosárba', 'adaugă în coș', 'sepete ekle', 'в корзину', 'до кошика', 'カートに(入れる|追加)', '加入(购物车|購物車)', '장바구니',
  ].join('|'),
  'i',
)
const CART_PAGE = /\/(cart|basket|bag|warenkorb|panier|carrito|cesta|carrello|carrinho|winkelwagen|koszyk|varukorg|kurv|ostoskori|kosik|sepet)\b/i
const CHECKOUT_PAGE = /\/(checkout|kasse|caisse|pago|cassa|afrekenen|zamowienie)\b/i

const typed = (node, name) => [node?.['@type']].flat().some((type) => String(type).replace(/.*[/#]/, '') == name)
const first = (value) => [value].flat()[0]
const named = (value) => (value && typeof value == 'object' ? first(value)?.name : value)

/** Every node of the page's JSON-LD. */
const jsonLd = () => {
  const nodes = []
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    const read = guard(JSON.parse)(script.textContent)
    for (const node of [read].flat()) if (node) nodes.push(...(node['@graph'] || [node]))
  }
  return nodes
}

/** A microdata item as a node of JSON-LD: https://html.spec.whatwg.org/multipage/microdata.html#values */
export const node = (scope) => {
  const out = { '@type': scope.getAttribute('itemtype')?.split(/\s+/) }
  for (const element of scope.querySelectorAll('[itemprop]')) {
    if (element.parentElement.closest('[itemscope]') != scope) continue
    const value = element.hasAttribute('itemscope') ? node(element) : element.content ?? element.getAttribute('value') ?? element.href ?? element.src ?? element.textContent.trim()
    for (const name of element.getAttribute('itemprop').split(/\s+/)) out[name] = out[name] === undefined ? value : [out[name], value].flat()
  }
  return out
}

const scopes = (name, within = document) => [...within.querySelectorAll(`[itemscope][itemtype*="schema.org/${name}"]`)]

const product = (of, index) => {
  const offer = first(of.offers) || {}
  const price = first(offer.priceSpecification) || offer
  return {
    item_id: of.sku || of.productID || of.mpn || of.identifier,
    item_name: of.name,
    item_brand: named(of.brand),
    item_category: named(first(of.category)),
    item_variant: of.color || of.size,
    price: decimal(price.price ?? price.lowPrice ?? offer.price ?? offer.lowPrice),
    currency: price.priceCurrency || offer.priceCurrency,
    index,
  }
}

const isProduct = (of) => typed(of, 'Product') || typed(of, 'ProductGroup')
/** Outside of other products, such as those that are related. */
const products = () => {
  const known = jsonLd().filter(isProduct)
  return (known.length ? known : scopes('Product').filter((scope) => !scope.parentElement.closest('[itemtype*="schema.org/Product"]')).map(node)).map((of) => product(of))
}

/** The product that the page is about, if it is about one. */
export const mainProduct = () => {
  const all = products().filter(({ item_id: id, item_name: name }) => id || name)
  return all.length == 1 || jsonLd().some(isProduct) ? all[0] : undefined
}

const quantityOf = (within) => {
  const input = within?.querySelector('[name*=quantity i], [name*=qty i], [itemprop=orderQuantity], input[name=amount]')
  return +(input?.value || input?.content) || undefined
}

const inner = (entry) => (entry.item && typeof entry.item == 'object' ? entry.item : entry)
/** An entry of a list as an article. */
export const listed = (entry, at) => product(inner(entry), entry.position ? entry.position - 1 : at)

/** JSON-LD's lists: https://schema.org/ItemList */
export const jsonLists = () => jsonLd().filter((of) => typed(of, 'ItemList'))
export const entriesOf = (of) => [of?.itemListElement].flat().filter(Boolean)

const list = () => {
  const of = jsonLists()[0] || scopes('ItemList').map(node)[0]
  const entries = entriesOf(of)
  const items = entries.map(listed)
  const known = items.filter(({ item_name: name }) => name)
  /** The item that a link leads to. */
  const at = (href) => items[entries.findIndex((entry) => [entry.url, inner(entry).url, inner(entry)['@id']].some((url) => url && guard((url) => new URL(url, location).href)(url) == href))]
  return items.length ? { shown: { item_list_name: of.name, items: known }, at } : undefined
}

/** The site's own search, where it says how it is asked: https://schema.org/SearchAction with `?q={search_term_string}`. */
const searched = () => {
  const query = new URLSearchParams(location.search)
  for (const of of jsonLd()) {
    const action = [of.potentialAction].flat().find((action) => typed(action, 'SearchAction'))
    const template = [action?.target].flat()[0]
    const { pathname, searchParams } = guard((url) => new URL(url, location))(template?.urlTemplate || template || '') || {}
    const [name] = [...(searchParams || [])].find(([, value]) => /^\{.*\}$/.test(value)) || []
    if (name && pathname == location.pathname && query.get(name)) return query.get(name)
  }
  const isResults = jsonLd().some((of) => typed(of, 'SearchResultsPage')) || document.querySelector('[itemtype*="schema.org/SearchResultsPage"]')
  return isResults && ['q', 's', 'query', 'search'].map((name) => query.get(name)).find(Boolean)
}

const orders = () => [...jsonLd(), ...scopes('Order').map(node)].filter((of) => typed(of, 'Order') && of.orderNumber)

const order = (of) => {
  const offers = [of.acceptedOffer || of.orderedItem].flat().filter(Boolean)
  const items = offers.map((offer) => {
    const what = offer.itemOffered || offer.orderedItem || offer
    const pieces = offer.eligibleQuantity?.value ?? offer.orderQuantity
    return { ...product({ ...what, offers: offer.price != null ? offer : what.offers }), quantity: pieces && +pieces }
  })
  return {
    transaction_id: of.orderNumber, order_created_at: of.orderDate, coupon: of.discountCode, currency: of.priceCurrency,
    value: of.price ?? of.totalPaymentDue?.price ?? of.totalPaymentDue?.value, items,
  }
}

/** What a button is called by whoever reads it. */
const words = (button) => `${button.getAttribute('aria-label') || ''} ${button.value || ''} ${button.textContent}`.replace(/\s+/g, ' ').trim().slice(0, 100)
const isAdd = (button, form) =>
  ADD_WORDS.test(words(button)) ||
  [button.name, button.id, button.dataset.action, button.getAttribute('formaction'), form?.getAttribute('action'), form?.id].some((mark) => mark && ADD.test(mark)) ||
  Object.keys(button.dataset).some((name) => /^(addToCart|addtocart|addToBasket)/.test(name))

export const schema = ({ see }) => {
  const add = (button, form) => {
    const scope = (form || button).closest('[itemscope][itemtype*="schema.org/Product"]')
    const item = scope ? product(node(scope)) : mainProduct()
    if (!item) return
    see('add_to_cart', { currency: item.currency, items: [{ ...item, quantity: quantityOf(form || scope) }] })
  }
  const unsubmit = onSubmit((form, fields, submitter) => {
    const button = submitter || form.querySelector('button, input[type=submit]')
    if (button && isAdd(button, form)) add(button, form)
    // A shop may post it by a script of its own.
  }, true)
  const click = guard(({ target }) => {
    const link = target.closest?.('a[href]')
    const of = link && !link.closest('[data-cb-ignore]') && list()
    const chosen = of && of.at(link.href)
    if (chosen?.item_name) see('select_item', { item_list_name: of.shown.item_list_name, items: [chosen] })
    const button = target.closest?.('button, a, [role=button], input[type=button], input[type=submit]')
    if (!button || button.closest('[data-cb-ignore]')) return
    // A button that posts its form is heard when it does, after the browser has checked the fields.
    const form = button.form
    if (form && (button.type == 'submit' || button.type == 'image')) return
    if (isAdd(button, form)) add(button, form)
  })
  addEventListener('click', click)

  const page = guard(() => {
    const made = orders()
    for (const of of made) see('purchase', order(of))
    if (made.length) return
    if (CHECKOUT_PAGE.test(location.pathname) || jsonLd().some((of) => typed(of, 'CheckoutPage'))) return see('begin_checkout', {})
    if (CART_PAGE.test(location.pathname)) {
      const lines = scopes('Product').map((scope) => ({ ...product(node(scope)), quantity: quantityOf(scope.closest('form, tr, li') || scope) }))
      // A cart page without any product shows an empty cart.
      see('cart', { items: lines }, lines.length ? undefined : { found: 1 })
      return lines.length && see('view_cart', {})
    }
    const term = searched()
    if (term) see('search', { search_term: term })
    const of = list()
    if (of) return see('view_item_list', of.shown)
    const item = mainProduct()
    if (item) see('view_item', { value: item.price, items: [item] })
  })
  // After the others, who know more: their answer is the one that counts.
  const late = () => setTimeout(page)
  whenRead(late)

  return () => {
    unsubmit()
    removeEventListener('click', click)
  }
}
