/** The tracker's own widget in the footer: the shop keeps the answer, as with its banner. */

import * as consent from '../consent.js'
import { closeBanner } from './consent-banner.js'

export async function offerWidget(shop) {
  // Blocked or not: the shop has its own page for all of this.
  const part = await import('/cb/widget.js').catch(() => {})
  part?.widget(shop.tracker, {
    into: '[data-testid=privacy-widget]',
    consent(update) {
      if (update === 'withdraw') consent.withdraw(shop.consent)
      else consent.choose(update, shop.consent)
      closeBanner()
      document.dispatchEvent(new Event('shop:consent'))
    },
  })
}
