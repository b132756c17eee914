/** After the order: what was bought. Says `purchase` each time it is shown; the order number makes it count once. */

import { findChoice, findProduct } from '../catalogue.js'
import { findDelivery, findOrder, findPayment } from '../checkout.js'
import { purchase } from '../events.js'
import { draw, html, icon, setTitle } from '../html.js'
import { empty } from './parts.js'
import { shortLines, sumList } from './summary.js'

export function thanksView(root, shop, { order: id }) {
  const order = findOrder(id)
  setTitle(order ? 'Thank you' : 'Not found')
  if (!order) {
    draw(root, empty('We do not know this order', 'Orders are kept in the browser in which they were placed.', { href: shop.links.home(), text: 'To the start' }))
    return
  }
  // Visitors reload this page and come back to it. Telling one purchase twice apart from two is the tracker's work:
  // only it knows whether the first one was sent, or held and then dropped with the page.
  shop.track('purchase', purchase(order))

  const lines = order.lines.map(({ sku, choice, quantity, unit }) => {
    const product = findProduct(sku)
    return { product, choice: findChoice(product, choice), quantity, unit }
  })
  draw(root, html`
    <div class="thanks">
      <header class="page-head">
        <p class="seal" aria-hidden="true">${icon('check')}</p>
        <h1 tabindex="-1">Thank you, it is being wrapped</h1>
        <p>Order <strong data-testid="order-id">${order.id}</strong>, ${new Date(order.placed).toLocaleDateString('en-GB', { dateStyle: 'long' })}</p>
      </header>
      ${shortLines(lines)}
      ${sumList(order, { coupon: order.coupon, delivery: findDelivery(order.delivery) })}
      <p class="fine">Payment: ${findPayment(order.payment).name}. This is a demonstration; nothing was sold and nothing will be sent.</p>
      <p><a class="button" href="${shop.links.list()}" data-testid="continue">Go on looking</a></p>
    </div>`)
}
