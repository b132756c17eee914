/** Search: what was found for the words, or a friendly nothing. */

import { featured, search } from '../catalogue.js'
import { draw, html, setTitle } from '../html.js'
import { grid } from './card.js'

export function searchView(root, shop, { query = '' }) {
  const wanted = query.trim().slice(0, 80)
  const found = search(wanted)
  setTitle(wanted ? `Search: ${wanted}` : 'Search')
  if (wanted) shop.track('search', { search_term: wanted, results: found.length })

  const line = !wanted ? 'Type what you are looking for: mug, linen, olive wood …'
    : found.length > 0 ? `${found.length} found` : 'Nothing found. Perhaps one of these instead?'
  draw(root, html`
    <header class="page-head">
      <h1 tabindex="-1">${wanted ? html`Search: “${wanted}”` : 'Search'}</h1>
      <p data-testid="search-result">${line}</p>
    </header>
    <div class="list"></div>`)

  const place = root.querySelector('.list')
  if (found.length > 0) grid(place, shop, found, { id: 'search', name: 'Search results' })
  else grid(place, shop, featured(), { id: 'featured', name: 'Favourites' })
}
