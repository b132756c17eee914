/** What every page has around its content: basket count, current department, newsletter, privacy choices, the panel. */

import * as account from '../account.js'
import * as cart from '../cart.js'
import * as consent from '../consent.js'
import { listen } from '../html.js'
import { wirePanel } from '../panel/switch.js'
import { closeBanner, offerBanner, openBanner } from './consent-banner.js'
import { toast } from './toast.js'
import { offerWidget } from './widget.js'

export function wireFrame(shop) {
  // First, so that the panel misses nothing of what follows.
  wirePanel(shop)
  consent.announce(shop.consent)
  consent.whenChosenElsewhere(shop.consent, () => {
    closeBanner()
    document.dispatchEvent(new Event('shop:consent'))
  })
  if (account.isSignedIn()) shop.identify(account.demo.id)

  const showCount = () => {
    const count = cart.count()
    document.querySelector('[data-testid=cart-count]').textContent = count
    document.querySelector('[data-testid=cart-link]').setAttribute('aria-label', `Basket, ${count} ${count === 1 ? 'piece' : 'pieces'}`)
  }
  showCount()
  cart.whenChanged(showCount)

  offerBanner(shop)
  offerWidget(shop)
  listen(document.body, 'click', '[data-testid=privacy-choices]', () => openBanner(shop))
  listen(document.body, 'submit', '[data-testid=newsletter]', (form, event) => {
    event.preventDefault()
    // The address stays here: that someone signed up is the event, who it was is not.
    shop.track('sign_up', { method: 'newsletter' })
    form.reset()
    toast('Thank you. As this is a demonstration, no letter will come.')
  })
}

/** Tells the departments in the header which one is open; called when a view has been drawn. */
export function markCurrent() {
  for (const link of document.querySelectorAll('.departments a')) {
    const here = link.pathname === location.pathname && link.search === departmentOf(location.search)
    if (here) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  // On a phone both rows of departments are wider than the screen.
  for (const row of document.querySelectorAll('.departments, .tabs')) {
    const current = row.querySelector('[aria-current]')
    if (current) row.scrollLeft = current.offsetLeft + current.offsetWidth / 2 - row.clientWidth / 2
  }
}

/** The plain list keeps its department in the query, beside the order it is sorted in. */
function departmentOf(query) {
  const category = new URLSearchParams(query).get('category')
  return category ? `?category=${category}` : ''
}
