/** One product: picture, choice, quantity, basket, heart, share, and what goes with it. */

import * as cart from '../cart.js'
import { findCategory, findChoice, findProduct, imageOf, related } from '../catalogue.js'
import { freeFrom } from '../checkout.js'
import { single } from '../events.js'
import { draw, html, icon, listen, setTitle } from '../html.js'
import { show } from '../money.js'
import { grid, heart, wireHearts } from './card.js'
import { dot, empty, picture, price, reduction } from './parts.js'
import { toast } from './toast.js'

export function productView(root, shop, { sku }) {
  const product = findProduct(sku)
  setTitle(product?.name ?? 'Not found')
  if (!product) {
    draw(root, empty('We do not have this', 'The article number is not in our catalogue.', { href: shop.links.list(), text: 'See everything' }))
    return
  }
  let choice = findChoice(product)
  const category = findCategory(product.category)

  draw(root, html`
    <nav class="crumbs" aria-label="You are here"><ol>
      <li><a href="${shop.links.home()}">Home</a></li>
      <li><a href="${shop.links.list(category.id)}">${category.name}</a></li>
      <li aria-current="page">${product.name}</li>
    </ol></nav>
    <article class="product">
      <div class="product-picture">${picture(product, choice, { lazy: false })}${reduction(product)}</div>
      <div class="product-text">
        <h1 tabindex="-1" data-testid="product-name">${product.name}</h1>
        <p class="product-price" data-testid="product-price">${price(product, choice)}</p>
        <p class="fine" data-part="terms">${terms(product, choice)}</p>
        <p class="blurb">${product.blurb}</p>
        <form class="buy" name="buy" data-testid="buy-form">
          ${choices(product, choice)}
          <div class="buy-row">
            <p class="field-quantity"><label for="quantity">Quantity</label>
              <input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max="${cart.most}" value="1" required autocomplete="off" data-testid="quantity"></p>
            <button class="button" data-testid="add-to-cart">Add to basket</button>
            ${heart(product, choice)}
          </div>
        </form>
        <ul class="promises">
          <li>${icon('truck')} Free standard delivery from ${show(freeFrom)}</li>
          <li>${icon('return')} Thirty days to change your mind</li>
        </ul>
        <details open><summary>Size and care</summary><ul>${product.details.map((line) => html`<li>${line}</li>`)}</ul></details>
        <details><summary>Delivery</summary><p>Sent from our workshop in a parcel without plastic. Three to five working days, or the next day with express.</p></details>
        <p class="fine">Article ${product.sku} · <button type="button" class="link" data-testid="share">${icon('share')} Share</button></p>
      </div>
    </article>
    <section aria-labelledby="related-title">
      <h2 id="related-title">Goes on the same table</h2>
      <div data-part="related"></div>
    </section>`)

  shop.track('view_item', single(product, { choice }))
  grid(root.querySelector('[data-part=related]'), shop, related(product), { id: 'related', name: 'Goes on the same table' }, { level: 3 })
  wireHearts(root.querySelector('.product'))

  listen(root, 'change', '[name=choice]', (input) => {
    choice = findChoice(product, input.value)
    root.querySelector('.product-picture img').src = imageOf(product, choice)
    draw(root.querySelector('.product-price'), price(product, choice))
    root.querySelector('[data-part=terms]').textContent = terms(product, choice)
  })
  listen(root, 'submit', '.buy', (form, event) => {
    event.preventDefault()
    const quantity = form.elements.quantity.valueAsNumber
    cart.add(product.sku, choice?.id, quantity)
    shop.track('add_to_cart', single(product, { choice, quantity }))
    toast(`${quantity} × ${product.name}${choice ? `, ${choice.name},` : ''} in your basket.`, { href: shop.links.cart(), text: 'View basket' })
  })
  listen(root, 'click', '[data-testid=share]', () => share(product, shop))
}

const terms = (product, choice) =>
  product.was && !choice?.price ? `Lowest price of the 30 days before: ${show(product.was)}. Including VAT, plus delivery` : 'Including VAT, plus delivery'

const choices = (product, chosen) => product.choice && html`
  <fieldset class="choices choices-${product.choice.kind}">
    <legend>${product.choice.kind === 'colour' ? 'Colour' : 'Size'}</legend>
    ${product.choice.values.map((value) => html`
      <label class="choice"><input type="radio" name="choice" value="${value.id}" autocomplete="off" data-testid="choice-${value.id}"
        ${value.id === chosen.id && html`checked`} ${value.soldOut && html`disabled`}>
        <span>${value.hex && dot(value)} ${value.name}${value.soldOut && html` <small>sold out</small>`}</span></label>`)}
  </fieldset>`

/** The system's own share sheet where there is one, else the address goes to the clipboard. */
async function share(product, shop) {
  const method = navigator.share ? 'system' : 'clipboard'
  try {
    if (navigator.share) await navigator.share({ title: product.name, url: location.href })
    else await navigator.clipboard.writeText(location.href)
  } catch {
    toast('Not shared.')
    return
  }
  shop.track('share', { method, content_type: 'product', item_id: product.sku })
  if (method === 'clipboard') toast('The address is on your clipboard.')
}
