/**
 * Product cards, in every list of the shop. Adding and the heart are tracked by their `data-cb-…` attributes alone;
 * following the link is tracked by a call, because it carries the place in the list.
 */

import * as cart from '../cart.js'
import { findCategory, findChoice, priceOf } from '../catalogue.js'
import { listed, item } from '../events.js'
import { draw, html, icon, listen } from '../html.js'
import { currency, decimal, show } from '../money.js'
import * as wishlist from '../wishlist.js'
import { dot, picture, price, reduction } from './parts.js'
import { toast } from './toast.js'

/** The fields every declarative event about a product carries. */
export const productFields = (product, choice) => html`
  data-cb-item-id="${product.sku}" data-cb-item-name="${product.name}" data-cb-item-category="${findCategory(product.category).name}"
  ${choice && html`data-cb-item-variant="${choice.name}"`} data-cb-price="${decimal(priceOf(product, choice))}" data-cb-currency="${currency}"`

export function heart(product, choice) {
  const on = wishlist.has(product.sku)
  return html`<button type="button" class="heart" id="heart-${product.sku}" aria-pressed="${on}" data-sku="${product.sku}" data-testid="wishlist"
    data-cb-event="${on ? 'remove_from_wishlist' : 'add_to_wishlist'}" ${productFields(product, choice)} data-cb-quantity="1"
    aria-label="Save ${product.name}">${icon('heart')}</button>`
}

/** The tracker reads the attributes while the click goes down, before this listener turns them round for the next click. */
export function wireHearts(root) {
  listen(root, 'click', '.heart', (button) => {
    const on = wishlist.toggle(button.dataset.sku)
    button.setAttribute('aria-pressed', String(on))
    button.dataset.cbEvent = on ? 'remove_from_wishlist' : 'add_to_wishlist'
    toast(on ? 'Saved to your list.' : 'Taken off your list.')
  })
}

function card(product, shop, level) {
  const choice = findChoice(product)
  const values = product.choice?.values ?? []
  const name = level === 3 ? html`<h3 class="card-name">${product.name}</h3>` : html`<h2 class="card-name">${product.name}</h2>`
  return html`
    <li class="card" data-testid="product-card" data-sku="${product.sku}">
      <a class="card-link" href="${shop.links.product(product.sku)}" data-testid="card-link">
        <span class="card-picture">${picture(product, choice, { alt: '' })}${reduction(product)}</span>
        ${name}
      </a>
      <p class="card-price">${price(product)}
        <span class="card-choices">${product.choice?.kind === 'colour'
          ? html`<span class="hidden">${values.length} colours</span>${values.map(dot)}`
          : values.length > 0 && `${values.length} sizes`}</span></p>
      <div class="card-actions">
        <button type="button" class="quick" data-sku="${product.sku}" data-choice="${choice?.id}" data-testid="quick-add"
          data-cb-event="add_to_cart" ${productFields(product, choice)} data-cb-quantity="1"
          aria-label="Add ${product.name}${choice && `, ${choice.name}`} to basket, ${show(priceOf(product, choice))}">${icon('plus')} Add</button>
        ${heart(product, choice)}
      </div>
    </li>`
}

/** Draws the products as a grid and says `view_item_list`. `level` is the heading level of the names. */
export function grid(root, shop, products, list, { level = 2 } = {}) {
  draw(root, html`<ul class="grid" data-testid="grid">${products.map((product) => card(product, shop, level))}</ul>`)
  if (products.length > 0) shop.track('view_item_list', listed(products, list))
  wireHearts(root)
  listen(root, 'click', '.quick', (button) => {
    const { sku, choice } = button.dataset
    cart.add(sku, choice || undefined)
    const product = products.find((each) => each.sku === sku)
    toast(`${product.name} is in your basket.`, { href: shop.links.cart(), text: 'View basket' })
  })
  listen(root, 'click', '.card-link', (link) => {
    const { sku } = link.closest('.card').dataset
    const index = products.findIndex((product) => product.sku === sku)
    shop.track('select_item', {
      currency,
      item_list_id: list.id,
      item_list_name: list.name,
      items: [item(products[index], { choice: findChoice(products[index]), index, list })],
    })
  })
}
