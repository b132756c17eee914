/**
 * The four forms of the checkout. What people type here is nobody's statistics: `data-cb-ignore` keeps address and
 * payment out of every capture.
 */

import * as account from '../account.js'
import * as checkout from '../checkout.js'
import { html } from '../html.js'
import { show } from '../money.js'

const countries = [['DE', 'Germany'], ['AT', 'Austria'], ['CH', 'Switzerland'], ['NL', 'Netherlands'], ['FR', 'France'], ['DK', 'Denmark']]

const field = (name, label, value, autocomplete, more) => html`
  <p class="field field-${name}"><label for="${name}">${label}</label>
    <input id="${name}" name="${name}" value="${value}" autocomplete="${autocomplete}" required ${more}></p>`

export function addressStep() {
  const filled = checkout.read().address ?? {}
  return html`
    <h2>Where shall it go?</h2>
    <p class="account">${account.isSignedIn()
      ? html`Signed in as ${account.demo.name}. <button type="button" class="link" id="sign-out" data-testid="sign-out">Sign out</button>`
      : html`Been here before? <button type="button" class="link" id="sign-in" data-testid="sign-in">Sign in as our demo customer</button>`}</p>
    <form data-step="address" data-cb-ignore autocomplete="on">
      ${field('name', 'Name', filled.name, 'shipping name', html`maxlength="80"`)}
      ${field('email', 'E-mail, for the confirmation', filled.email, 'email', html`type="email" maxlength="120"`)}
      ${field('street', 'Street and number', filled.street, 'shipping street-address', html`maxlength="120"`)}
      <div class="field-row">
        ${field('postcode', 'Postcode', filled.postcode, 'shipping postal-code', html`pattern="[0-9A-Za-z \\-]{3,10}" title="3 to 10 letters or digits" maxlength="10"`)}
        ${field('city', 'Town', filled.city, 'shipping address-level2', html`maxlength="80"`)}
      </div>
      <p class="field"><label for="country">Country</label>
        <select id="country" name="country" autocomplete="shipping country">${countries.map(([code, name]) =>
          html`<option value="${code}" ${code === filled.country && html`selected`}>${name}</option>`)}</select></p>
      <button class="button" data-testid="checkout-next">On to delivery</button>
    </form>
    <p class="fine">This is a demonstration: nothing you type leaves this browser, and it is forgotten with the tab.</p>`
}

const options = (name, legend, list, chosen, right) => html`
  <fieldset class="options"><legend class="hidden">${legend}</legend>
    ${list.map((each) => html`
      <label class="option"><input type="radio" name="${name}" value="${each.id}" required ${each.id === chosen && html`checked`} data-testid="${name}-${each.id}">
        <span><strong>${each.name}</strong> <small>${each.text}</small></span> ${right(each)}</label>`)}
  </fieldset>`

export const deliveryStep = () => html`
  <h2>How shall it travel?</h2>
  <form data-step="delivery" name="delivery-form">
    ${options('delivery', 'Delivery', checkout.deliveries, checkout.read().delivery ?? 'standard', ({ id }) => html`<span>${checkout.deliveryPrice(id) ? show(checkout.deliveryPrice(id)) : 'free'}</span>`)}
    <button class="button" data-testid="checkout-next">On to payment</button>
  </form>`

/** There is no field for a card number anywhere in this shop: the cards are made up and only chosen. */
export const paymentStep = () => html`
  <h2>How would you like to pay?</h2>
  <p class="note">Demo shop: no real card is asked for, and none is charged.</p>
  <form data-step="payment" data-cb-ignore>
    ${options('payment', 'Payment', checkout.payments, checkout.read().payment ?? 'card', () => '')}
    <button class="button" data-testid="checkout-next">Look it over</button>
  </form>`

export function reviewStep(shop, error) {
  const { address, delivery, payment } = checkout.read()
  const country = countries.find(([code]) => code === address.country)?.[1]
  const part = (title, step, text) => html`
    <section><h3>${title}</h3><p>${text}</p><a href="${shop.links.checkout(step)}">Change<span class="hidden"> ${title.toLowerCase()}</span></a></section>`
  return html`
    <h2>All as it should be?</h2>
    ${error && html`<p class="alert" role="alert" tabindex="-1" data-testid="payment-error">${error}</p>`}
    <div class="review" data-cb-ignore>
      ${part('Address', 'address', html`${address.name}<br>${address.street}<br>${address.postcode} ${address.city}, ${country}`)}
      ${part('Delivery', 'delivery', checkout.findDelivery(delivery).name)}
      ${part('Payment', 'payment', checkout.findPayment(payment).name)}
    </div>
    <form data-step="review" name="review-form">
      <button class="button is-wide" data-testid="place-order">Order with obligation to pay · ${show(checkout.totals().total)}</button>
      <p class="fine">Not really: this is a demonstration and nothing is sold.</p>
    </form>`
}
