/** Small pieces that several views draw. */

import { hasRange, imageOf, lowestPrice, priceOf, wasOf } from '../catalogue.js'
import { html } from '../html.js'
import { show } from '../money.js'

/** Width and height are always given, so that nothing moves when a picture arrives. */
export const picture = (product, choice, { lazy = true, alt = product.alt, size = 640 } = {}) => html`
  <img src="${imageOf(product, choice)}" alt="${alt}" width="${size}" height="${size}" ${lazy ? html`loading="lazy"` : html`fetchpriority="high"`} decoding="async">`

/** The price of one choice; without a choice the lowest, with "from" where choices differ. */
export function price(product, choice) {
  const was = wasOf(product, choice)
  if (was) return html`<span class="price is-sale"><span class="hidden">now</span> ${show(priceOf(product, choice))} <s><span class="hidden">before</span> ${show(was)}</s></span>`
  if (choice || !hasRange(product)) return html`<span class="price">${show(priceOf(product, choice))}</span>`
  return html`<span class="price"><small>from</small> ${show(lowestPrice(product))}</span>`
}

export const percentOff = (product) => Math.round((1 - product.price / product.was) * 100)

export const reduction = (product) => product.was && html`<span class="tag">−${percentOff(product)} %</span>`

/** A colour as a dot: an SVG attribute, because the page allows no inline styles. */
export const dot = (value) => html`<svg class="dot" width="18" height="18" viewBox="0 0 18 18" aria-hidden="true"><circle cx="9" cy="9" r="8" fill="${value.hex}"/></svg>`

export const empty = (title, text, link) => html`
  <div class="empty" data-testid="empty">
    <h1 tabindex="-1">${title}</h1>
    <p>${text}</p>
    <p><a class="button" href="${link.href}">${link.text}</a></p>
  </div>`
