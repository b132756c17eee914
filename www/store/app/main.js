/** The single-page shop: the same views as the plain pages, chosen by path, each in a fresh element. */

import { cartView } from '../shared/view/cart.js'
import { checkoutView } from '../shared/view/checkout.js'
import { draw, setTitle } from '../shared/html.js'
import { empty } from '../shared/view/parts.js'
import { homeView } from '../shared/view/home.js'
import { listView } from '../shared/view/list.js'
import { markCurrent, wireFrame } from '../shared/view/frame.js'
import { privacyView } from '../shared/view/privacy.js'
import { productView } from '../shared/view/product.js'
import { searchView } from '../shared/view/search.js'
import { thanksView } from '../shared/view/thanks.js'
import { hideToast } from '../shared/view/toast.js'
import { start } from './router.js'
import { shop } from './shop.js'

/** Path, view, and what the view is given from the path's part and the query. */
const routes = [
  [/^\/app\/(?:index\.html)?$/, home],
  [/^\/app\/c\/([^/]+)$/, listView, (category, query) => ({ category, sort: query.get('sort') ?? undefined })],
  [/^\/app\/p\/([^/]+)$/, productView, (sku) => ({ sku })],
  [/^\/app\/search$/, searchView, (_, query) => ({ query: query.get('q') ?? '' })],
  [/^\/app\/cart$/, cartView],
  [/^\/app\/checkout(?:\/([^/]+))?$/, checkoutView, (step) => ({ step })],
  [/^\/app\/thank-you\/([^/]+)$/, thanksView, (order) => ({ order })],
  [/^\/app\/privacy$/, privacyView],
]

const main = document.querySelector('main')
let leaving = new AbortController()

function show(url, { moved }) {
  const [pattern, view, given] = routes.find(([path]) => path.test(url.pathname)) ?? [/^/, nothing]
  const part = url.pathname.match(pattern)[1]

  // Ends what the view before listens to outside its own element.
  leaving.abort()
  hideToast()
  leaving = new AbortController()
  const { signal } = leaving
  const root = document.createElement('div')
  main.replaceChildren(root)
  const query = new URLSearchParams(url.search)
  document.getElementById('q').value = query.get('q') ?? ''
  view(root, shop, given?.(decode(part), query) ?? {}, signal)
  // A view that sent us on has already been replaced.
  if (signal.aborted) return
  markCurrent()
  // A screen reader hears where it is, as it would after loading a page.
  if (moved) main.querySelector('h1')?.focus({ preventScroll: true })
}

/** A path that someone mistyped is looked up as it stands, and not found. */
function decode(part) {
  try {
    return part && decodeURIComponent(part)
  } catch {
    return part
  }
}

function home(root, ...rest) {
  root.append(document.getElementById('home').content.cloneNode(true))
  homeView(root, ...rest)
}

function nothing(root) {
  setTitle('Not found')
  draw(root, empty('There is nothing here', 'The address may be mistyped.', { href: shop.links.home(), text: 'To the start' }))
}

wireFrame(shop)
start(show)
