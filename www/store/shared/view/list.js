/** The list of products: departments as links, sorting, and the grid. */

import { categories, findCategory, list, sortings } from '../catalogue.js'
import { draw, html, listen, setTitle } from '../html.js'
import * as wishlist from '../wishlist.js'
import { grid } from './card.js'
import { empty } from './parts.js'

const others = {
  all: { name: 'Everything', line: 'All we make and find for the kitchen' },
  sale: { name: 'Reduced', line: 'Last pieces and good reasons' },
  saved: { name: 'Saved by you', line: 'Kept in this browser only' },
}

export function listView(root, shop, { category = 'all', sort = 'featured' }) {
  const heading = findCategory(category) ?? others[category]
  setTitle(heading?.name ?? 'Not found')
  if (!heading) {
    draw(root, empty('No such department', 'It may have moved to another shelf.', { href: shop.links.list(), text: 'See everything' }))
    return
  }
  const products = category === 'saved' ? wishlist.saved() : list(category, sort)
  const tab = (id, name) => html`<li><a href="${shop.links.list(id, sort)}" data-testid="filter-${id}" ${id === category && html`aria-current="page"`}>${name}</a></li>`

  draw(root, html`
    <header class="page-head">
      <h1 tabindex="-1">${heading.name}</h1>
      <p>${heading.line}</p>
    </header>
    <div class="tools">
      <nav aria-label="Filter"><ul class="tabs">
        ${tab('all', 'Everything')}${categories.map(({ id, name }) => tab(id, name))}${tab('sale', 'Reduced')}${tab('saved', 'Saved')}
      </ul></nav>
      <p class="sort"><label for="sort">Sort by</label>
        <select id="sort" data-testid="sort" autocomplete="off">${sortings.map(([id, name]) => html`<option value="${id}" ${id === sort && html`selected`}>${name}</option>`)}</select>
      </p>
    </div>
    <p class="result-count" data-testid="result-count">${products.length} ${products.length === 1 ? 'product' : 'products'}</p>
    <div class="list"></div>`)

  listen(root, 'change', '#sort', (select) => shop.go(shop.links.list(category, select.value)))
  grid(root.querySelector('.list'), shop, products, { id: category, name: heading.name })
}
