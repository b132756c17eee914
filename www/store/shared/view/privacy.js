/** What is recorded, why, and every way to say no: change, withdraw, look, erase. */

import * as consent from '../consent.js'
import { draw, html, listen, setTitle } from '../html.js'
import { everything } from '../storage.js'
import { openBanner } from './consent-banner.js'

export function privacyView(root, shop, _, signal) {
  setTitle('Privacy')
  let shown = ''
  let said = ''
  const update = () => draw(root, page(shop, shown, said))
  update()
  // The banner can change the choice while this page is open.
  document.addEventListener('shop:consent', () => {
    said = ''
    update()
  }, { signal })

  listen(root, 'click', '[data-testid=privacy-change]', () => openBanner(shop))
  listen(root, 'click', '[data-testid=privacy-withdraw]', () => {
    consent.withdraw(shop.consent)
    document.dispatchEvent(new Event('shop:consent'))
    said = 'Withdrawn. What was waiting has been thrown away, and what the tracker had stored here is gone.'
    shown = ''
    update()
  })
  listen(root, 'click', '[data-testid=privacy-export]', async () => {
    await shop.whenReady()
    shown = JSON.stringify({ tracker: shop.tracker()?.exportData() ?? 'not running', shop: everything() }, null, 2)
    update()
  })
  listen(root, 'click', '[data-testid=privacy-erase]', async () => {
    await shop.whenReady()
    shop.tracker()?.erase()
    // Who wants to be forgotten does not want to be counted from the next page on.
    consent.withdraw(shop.consent)
    document.dispatchEvent(new Event('shop:consent'))
    said = 'Erased in this browser, and your yes is taken back. The collector has been told to erase its part.'
    shown = ''
    update()
  })
}

const states = { granted: 'allowed', denied: 'not allowed' }

function page(shop, shown, said) {
  const record = consent.record()
  return html`
    <header class="page-head"><h1 tabindex="-1">Privacy</h1><p>Nothing is sent before you say yes, and a no is a no.</p></header>
    <div class="prose">
      <section aria-labelledby="your-choice">
        <h2 id="your-choice">Your choice</h2>
        <p data-testid="privacy-state">${record
          ? `${record.withdrawn ? 'Withdrawn' : 'Chosen'} on ${new Date(record.at).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' })}.`
          : 'You have not chosen yet, so nothing has been sent or stored for statistics.'}</p>
        ${record && html`<ul>${consent.purposes.map(({ id, name }) => html`<li>${name}: <strong data-testid="privacy-${id}">${states[record.choice[id]]}</strong></li>`)}</ul>`}
        <p class="button-row">
          <button type="button" class="button is-quiet" id="privacy-change" data-testid="privacy-change">Change my choice</button>
          <button type="button" class="button is-quiet" id="privacy-withdraw" data-testid="privacy-withdraw">Withdraw everything</button>
        </p>
        <p role="status" data-testid="privacy-said">${said}</p>
      </section>
      <section aria-labelledby="recorded">
        <h2 id="recorded">What is recorded, if you allow it</h2>
        <ul>
          <li>Pages you open, with their address, title and where you came from.</li>
          <li>Clicks, as the kind of element and its name; not what you type and not the text you read.</li>
          <li>What happens to your basket: looked at, added, taken out, ordered, with article, price and quantity.</li>
          <li>A random number for this browser and one for this visit, to tell visits apart.</li>
        </ul>
        <p>Your address and your way to pay are never part of it: those forms are closed to the tracker. The receiver is this shop itself; there is no third party.</p>
      </section>
      <section aria-labelledby="stored">
        <h2 id="stored">What is stored in this browser</h2>
        <p>The shop keeps your basket, saved articles, orders and this privacy choice, because it could not work without them. The tracker stores something only after your yes.</p>
        <p class="button-row">
          <button type="button" class="button is-quiet" id="privacy-export" data-testid="privacy-export">Show what is stored</button>
          <button type="button" class="button is-quiet" id="privacy-erase" data-testid="privacy-erase">Erase the tracker’s data</button>
        </p>
        ${shown && html`<pre class="stored" tabindex="0" aria-label="Stored data" data-testid="privacy-data">${shown}</pre>`}
      </section>
    </div>`
}
