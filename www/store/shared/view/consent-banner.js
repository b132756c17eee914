/**
 * The question. It never blocks the shop: a strip at the foot of the page, with three answers of the same weight.
 * It stands early in the document, so that the keyboard reaches it first, and takes the focus only when asked for.
 */

import * as consent from '../consent.js'
import { draw, html, listen } from '../html.js'

const id = 'consent-banner'
let close = () => {}

/** Asks, unless there is an answer already. */
export function offerBanner(shop) {
  if (!consent.record()) put(shop)
}

/** Opens it again, for someone who wants to change the answer. */
export function openBanner(shop) {
  const banner = document.getElementById(id) ?? put(shop)
  banner.classList.add('is-choosing')
  banner.querySelector('h2').focus()
}

/** Takes it away unanswered, because the answer came from elsewhere. */
export const closeBanner = () => close()

function put(shop) {
  const banner = document.createElement('section')
  banner.id = id
  banner.className = 'banner'
  banner.dataset.testid = id
  // What someone does with this question is not shopping.
  banner.dataset.cbIgnore = ''
  banner.setAttribute('aria-labelledby', 'consent-title')
  document.querySelector('.skip').after(banner)
  draw(banner, question(shop))
  const opener = document.activeElement

  // What the banner covers, for everything else that stands at the foot of the screen.
  const size = new ResizeObserver(() => {
    const covered = Math.ceil(innerHeight - banner.getBoundingClientRect().top)
    document.documentElement.style.setProperty('--banner', `${covered}px`)
  })
  size.observe(banner)
  close = () => {
    close = () => {}
    size.disconnect()
    document.documentElement.style.removeProperty('--banner')
    const hadFocus = banner.contains(document.activeElement)
    banner.remove()
    if (hadFocus) (opener?.isConnected && opener !== document.body ? opener : document.querySelector('main')).focus()
  }
  const answer = (choice) => {
    consent.choose(choice, shop.consent)
    document.dispatchEvent(new Event('shop:consent'))
    close()
  }

  listen(banner, 'click', '[data-testid=consent-accept]', () => answer(consent.all('granted')))
  listen(banner, 'click', '[data-testid=consent-reject]', () => answer(consent.all('denied')))
  listen(banner, 'click', '[data-testid=consent-choose]', () => {
    banner.classList.add('is-choosing')
    banner.querySelector('input:not(:disabled)').focus()
  })
  listen(banner, 'submit', 'form', (form, event) => {
    event.preventDefault()
    answer(Object.fromEntries(consent.purposes.map((purpose) => [purpose.id, form.elements[purpose.id].checked ? 'granted' : 'denied'])))
  })
  // Escape leaves an answer that exists as it is; it is not an answer to a question still open.
  banner.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && consent.record()) close()
  })
  return banner
}

function question(shop) {
  const known = consent.record()?.choice ?? {}
  return html`
    <h2 id="consent-title" tabindex="-1">May we count your visit?</h2>
    <p>We would like to know what is looked at and bought here. Nothing is sent or stored for that before you answer. <a href="${shop.links.privacy()}">More</a></p>
    <form class="purposes" id="consent-form">
      <label class="purpose"><input type="checkbox" checked disabled> <span><strong>Necessary</strong> <small>Basket, orders and this choice. Always on.</small></span></label>
      ${consent.purposes.map((purpose) => html`
        <label class="purpose"><input type="checkbox" name="${purpose.id}" autocomplete="off" ${known[purpose.id] === 'granted' && html`checked`} data-testid="consent-${purpose.id}">
          <span><strong>${purpose.name}</strong> <small>${purpose.text}</small></span></label>`)}
    </form>
    <div class="answers">
      <button type="button" class="answer" data-testid="consent-reject">Reject all</button>
      <button type="button" class="answer answer-choose" data-testid="consent-choose">Choose</button>
      <button form="consent-form" class="answer answer-save" data-testid="consent-save">Save choice</button>
      <button type="button" class="answer" data-testid="consent-accept">Accept all</button>
    </div>`
}
