/** The checkout, one step at a time. Which step is shown is in the address; what was filled in is in `../checkout.js`. */

import * as account from '../account.js'
import * as cart from '../cart.js'
import * as checkout from '../checkout.js'
import { basket } from '../events.js'
import { draw, html, listen, setTitle } from '../html.js'
import { addressStep, deliveryStep, paymentStep, reviewStep } from './checkout-steps.js'
import { empty } from './parts.js'
import { shortLines, sumList } from './summary.js'

const { steps, stepNames } = checkout
const drawn = { address: addressStep, delivery: deliveryStep, payment: paymentStep, review: reviewStep }

export function checkoutView(root, shop, { step: asked }) {
  setTitle('Checkout')
  if (cart.count() === 0) {
    draw(root, empty('Nothing to check out', 'Your basket is empty.', { href: shop.links.list(), text: 'Look around' }))
    return
  }
  const open = checkout.firstOpen()
  const step = steps.includes(asked) && steps.indexOf(asked) <= steps.indexOf(open) ? asked : open
  if (step !== asked) {
    shop.go(shop.links.checkout(step), { replace: true })
    return
  }
  setTitle(`Checkout: ${stepNames[step].toLowerCase()}`)

  // Once for each way through the checkout, not once for each page that shows it.
  if (!checkout.read().begun) {
    checkout.write({ begun: true })
    shop.track('begin_checkout', basket())
  }
  const number = steps.indexOf(step) + 1
  shop.track('checkout_step', { ...basket(), checkout_step: number, step_name: step })

  const show = (error) => draw(root, frame(shop, step, error))
  show()
  const after = steps[number]
  const next = () => shop.go(shop.links.checkout(after))

  listen(root, 'submit', '[data-step=address]', (form, event) => {
    event.preventDefault()
    checkout.write({ address: Object.fromEntries(new FormData(form)) })
    next()
  })
  listen(root, 'submit', '[data-step=delivery]', (form, event) => {
    event.preventDefault()
    const delivery = form.elements.delivery.value
    checkout.write({ delivery })
    shop.track('add_shipping_info', { ...basket(), shipping_tier: checkout.findDelivery(delivery).name })
    next()
  })
  listen(root, 'submit', '[data-step=payment]', (form, event) => {
    event.preventDefault()
    const payment = form.elements.payment.value
    checkout.write({ payment })
    shop.track('add_payment_info', { ...basket(), payment_type: checkout.findPayment(payment).name })
    next()
  })
  listen(root, 'submit', '[data-step=review]', (_, event) => {
    event.preventDefault()
    const { payment } = checkout.read()
    if (payment === 'declined') {
      shop.track('purchase_error', { ...basket(), payment_type: checkout.findPayment(payment).name, reason: 'card_declined' })
      show('The card was refused. Nothing has been ordered; please choose another way to pay.')
      root.querySelector('[role=alert]').focus()
      return
    }
    // `purchase` is tracked by the thank-you page, from the order itself.
    shop.go(shop.links.thanks(checkout.placeOrder().id))
  })
  listen(root, 'click', '[data-testid=sign-in]', () => {
    account.signIn()
    checkout.write({ address: account.demo.address })
    shop.identify(account.demo.id)
    shop.track('login', { method: 'demo' })
    show()
  })
  listen(root, 'click', '[data-testid=sign-out]', () => {
    account.signOut()
    checkout.write({ address: undefined })
    shop.reset()
    show()
  })
}

function frame(shop, step, error) {
  const current = steps.indexOf(step)
  const open = steps.indexOf(checkout.firstOpen())
  const delivery = checkout.findDelivery(checkout.read().delivery)
  return html`
    <header class="page-head"><h1 tabindex="-1">Checkout</h1></header>
    <nav aria-label="Steps"><ol class="steps">${steps.map((each, index) => html`
      <li ${index < current && html`class="is-done"`}>${index === current ? html`<span aria-current="step">${stepNames[each]}</span>`
        : index <= open ? html`<a href="${shop.links.checkout(each)}">${stepNames[each]}</a>`
        : html`<span>${stepNames[each]}</span>`}</li>`)}</ol></nav>
    <div class="checkout">
      <div data-testid="step-${step}">${drawn[step](shop, error)}</div>
      <aside class="checkout-sum" aria-label="Your order">
        <h2>Your order</h2>
        ${shortLines(cart.lines())}
        ${sumList(checkout.totals(), { coupon: cart.coupon(), delivery })}
      </aside>
    </div>`
}
