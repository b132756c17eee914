/** The basket: quantities, coupon, sum. Drawn again whenever the basket changes, here or in another tab. */

import * as cart from '../cart.js'
import { freeFrom, totals } from '../checkout.js'
import { normalise, refusal } from '../coupons.js'
import { basket, single } from '../events.js'
import { draw, html, icon, listen, setTitle } from '../html.js'
import { amount, currency, show } from '../money.js'
import { empty, picture } from './parts.js'
import { sumList } from './summary.js'
import { toast } from './toast.js'

export function cartView(root, shop, _, signal) {
  let message = ''
  setTitle('Your basket')
  const update = () => draw(root, cart.count() > 0 ? filled(shop, message)
    : empty('Your basket is empty', 'A mug is a good start.', { href: shop.links.list(), text: 'Look around' }))

  update()
  cart.whenChanged(update, signal)
  if (cart.count() > 0) shop.track('view_cart', basket())

  /** `update_cart` names the line with its new quantity; going to nothing is a removal. */
  function change(key, quantity) {
    const line = cart.findLine(key)
    if (!line || quantity === line.quantity || !Number.isInteger(quantity) || quantity > cart.most) return update()
    if (quantity < 1) return takeOut(key)
    cart.setQuantity(key, quantity)
    shop.track('update_cart', { ...single(line.product, { choice: line.choice, quantity }), previous_quantity: line.quantity })
  }

  function takeOut(key) {
    const line = cart.findLine(key)
    cart.remove(key)
    shop.track('remove_from_cart', single(line.product, line))
    toast(`${line.product.name} taken out.`)
    root.querySelector('h1').focus()
  }

  function tryCoupon(text) {
    const code = normalise(text)
    if (!code) return
    const refused = refusal(code, cart.subtotal())
    message = refused?.text ?? ''
    if (refused) {
      shop.track('deny_coupon', { coupon: code, reason: refused.reason, currency, value: amount(cart.subtotal()) })
      update()
    } else {
      cart.useCoupon(code)
      shop.track('apply_coupon', { ...basket(), coupon: code })
    }
  }

  const lineOf = (element) => element.closest('[data-key]').dataset.key
  const quantityOf = (element) => cart.findLine(lineOf(element)).quantity
  listen(root, 'click', '[data-testid=line-increase]', (button) => change(lineOf(button), quantityOf(button) + 1))
  listen(root, 'click', '[data-testid=line-decrease]', (button) => change(lineOf(button), quantityOf(button) - 1))
  listen(root, 'click', '[data-testid=line-remove]', (button) => takeOut(lineOf(button)))
  listen(root, 'change', '[data-testid=line-quantity]', (input) => change(lineOf(input), input.valueAsNumber))
  listen(root, 'submit', '.coupon', (form, event) => {
    event.preventDefault()
    tryCoupon(form.elements.coupon.value)
  })
  listen(root, 'click', '[data-testid=coupon-remove]', () => {
    const coupon = cart.coupon()
    cart.useCoupon(null)
    shop.track('remove_coupon', { coupon, currency, value: amount(cart.subtotal()) })
  })
  listen(root, 'click', '[data-testid=cart-clear]', () => {
    const before = basket()
    cart.clear()
    shop.track('clear_cart', before)
    root.querySelector('h1').focus()
  })
}

const filled = (shop, message) => html`
  <header class="page-head"><h1 tabindex="-1">Your basket</h1><p>${cart.count()} ${cart.count() === 1 ? 'piece' : 'pieces'}</p></header>
  <div class="cart">
    <div>
      <ul class="lines">${cart.lines().map((line) => row(line, shop))}</ul>
      <p class="cart-foot"><a href="${shop.links.list()}">Go on looking</a>
        <button type="button" class="link" data-testid="cart-clear">Empty the basket</button></p>
    </div>
    <section class="cart-sum" aria-labelledby="sum-title">
      <h2 id="sum-title" class="hidden">Sum</h2>
      ${towardsFree()}
      ${couponPart(message)}
      ${sumList(totals(null), { coupon: cart.coupon() })}
      <a class="button is-wide" href="${shop.links.checkout('address')}" data-testid="checkout">To the checkout</a>
    </section>
  </div>`

const row = ({ key, product, choice, quantity, unit }, shop) => html`
  <li class="line" data-testid="cart-line" data-key="${key}">
    <a class="line-picture" href="${shop.links.product(product.sku)}" tabindex="-1" aria-hidden="true">${picture(product, choice, { alt: '', size: 120 })}</a>
    <p class="line-name"><a href="${shop.links.product(product.sku)}">${product.name}</a>${choice && html`<small>${choice.name}</small>`}<small>${show(unit)} each</small></p>
    <div class="stepper">
      <button type="button" id="less-${key}" aria-label="One ${product.name} less" data-testid="line-decrease">${icon('minus')}</button>
      <input id="quantity-${key}" type="number" inputmode="numeric" min="0" max="${cart.most}" value="${quantity}" aria-label="Quantity of ${product.name}" autocomplete="off" data-testid="line-quantity">
      <button type="button" id="more-${key}" aria-label="One ${product.name} more" data-testid="line-increase" ${quantity >= cart.most && html`disabled`}>${icon('plus')}</button>
    </div>
    <p class="line-sum" data-testid="line-sum">${show(unit * quantity)}</p>
    <button type="button" class="line-remove" aria-label="Take ${product.name} out" data-testid="line-remove">${icon('close')}</button>
  </li>`

function towardsFree() {
  const { value } = cart.goods()
  const missing = freeFrom - value
  return html`<p class="towards"><label for="towards">${missing > 0 ? html`${show(missing)} to free delivery` : 'Standard delivery is free'}</label>
    <progress id="towards" max="${freeFrom}" value="${Math.min(value, freeFrom)}"></progress></p>`
}

function couponPart(message) {
  const code = cart.coupon()
  if (code) {
    return html`<p class="coupon-used" data-testid="coupon-used">${icon('check')} <strong>${code}</strong>
      ${refusal(code, cart.subtotal()) ? html`<small>${refusal(code, cart.subtotal()).text}</small>` : 'is applied'}
      <button type="button" class="link" data-testid="coupon-remove">Remove</button></p>`
  }
  return html`
    <form class="coupon" name="coupon-form" novalidate>
      <label for="coupon">Coupon code</label>
      <div class="joined"><input id="coupon" name="coupon" maxlength="24" autocomplete="off" autocapitalize="characters" spellcheck="false"
          ${message && html`aria-invalid="true" aria-describedby="coupon-message"`} data-testid="coupon-input">
        <button id="coupon-apply" class="button is-quiet" data-testid="coupon-apply">Apply</button></div>
      <p class="error" id="coupon-message" role="alert" data-testid="coupon-message">${message}</p>
    </form>`
}
