/** The sum of a basket or an order, and short lists of its lines: the same in basket, checkout and thank-you. */

import { percentOf } from '../coupons.js'
import { html } from '../html.js'
import { show } from '../money.js'
import { picture } from './parts.js'

/** `sums` as `totals()` answers them; without a chosen delivery only the goods are summed. */
export const sumList = (sums, { coupon, delivery } = {}) => html`
  <dl class="sums">
    <div><dt>Goods</dt><dd data-testid="sum-goods">${show(sums.subtotal)}</dd></div>
    ${sums.discount > 0 && html`<div class="sum-discount"><dt>${coupon} (−${percentOf(coupon)} %)</dt><dd data-testid="sum-discount">−${show(sums.discount)}</dd></div>`}
    ${delivery
      ? html`<div><dt>Delivery, ${delivery.name.toLowerCase()}</dt><dd data-testid="sum-shipping">${sums.shipping ? show(sums.shipping) : 'free'}</dd></div>`
      : html`<div><dt>Delivery</dt><dd>next step</dd></div>`}
    <div class="sum-total"><dt>Total</dt><dd data-testid="sum-total">${show(sums.total)}</dd></div>
    <div class="sum-tax"><dt>of which VAT, 19 %</dt><dd>${show(sums.tax)}</dd></div>
  </dl>`

/** Lines as `{product, choice, quantity, unit}`. */
export const shortLines = (lines) => html`
  <ul class="short-lines">${lines.map(({ product, choice, quantity, unit }) => html`
    <li>${picture(product, choice, { alt: '', size: 64 })}
      <span>${product.name}${choice && html`<small>${choice.name}</small>`}</span>
      <span>${quantity} × ${show(unit)}</span></li>`)}
  </ul>`
