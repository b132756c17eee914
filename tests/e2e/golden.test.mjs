// One visit of 40 actions in the demo store, recorded: what is stored of it is, event by event, what is committed in
// golden/visit.txt. `UPDATE_GOLDEN=1 node --test tests/e2e/golden.test.mjs` writes it anew: read the difference.
//
// What depends on how long things take (engagement, depth, vitals, impressions) has tests of its own and is not captured here.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { KINDS, Shopper } from './shopper.mjs'
import { described } from './watched.mjs'
import { store } from './world.mjs'

const GOLDEN = at('tests/e2e/golden/visit.txt')
// The store tells of its searches itself.
const CAPTURE = 'pages clicks outbound downloads forms errors device'

/** What a shopper does: `[what, part of the page, what shows then]`. */
const ACTIONS = [
  ['open', '/?utm_source=newsletter&utm_medium=email&utm_campaign=autumn'],
  ['click', 'consent-accept'],
  ['click', 'promotion-link', 'grid'],
  ['back', '/?', 'promotion-link'],
  ['click', 'nav-coffee-tea', 'grid'],
  ['choose', 'sort', 'price-down'],
  ['reload', 'grid'],
  ['pick', 'QN-2001', 'add-to-cart'],
  ['click', 'wishlist'],
  ['check', 'choice-rust'],
  ['fill', 'quantity', '2'],
  ['click', 'add-to-cart'],
  ['back', '/list', 'grid'],
  ['forward', '/product', 'add-to-cart'],
  ['fill', 'search-input', 'bowl'],
  ['press', 'search-input', 'search-result'],
  ['click', 'quick-add'],
  ['click', 'saved-link', 'grid'],
  ['click', 'cart-link', 'cart-line'],
  ['click', 'line-increase'],
  ['click', 'line-decrease'],
  ['fill', 'coupon-input', 'nonsense'],
  ['click', 'coupon-apply', 'coupon-message'],
  ['fill', 'coupon-input', 'kiln10'],
  ['click', 'coupon-apply', 'coupon-used'],
  ['click', 'coupon-remove', 'coupon-input'],
  ['click', 'line-remove'],
  ['click', 'checkout', 'step-address'],
  ['click', 'sign-in'],
  ['click', 'checkout-next', 'step-delivery'],
  ['check', 'delivery-express'],
  ['click', 'checkout-next', 'step-payment'],
  ['back', '#/delivery', 'step-delivery'],
  ['forward', '#/payment', 'step-payment'],
  ['click', 'checkout-next', 'step-review'],
  ['click', 'place-order', 'order-id'],
  ['reload', 'order-id'],
  ['click', 'privacy-link', 'privacy-state'],
  ['click', 'logo', 'hero-link'],
  ['click', 'hero-link', 'grid'],
]

/** An event as a line: where, what, and its fields without what differs each time. */
function line({ name, page, data }, origin, orderId) {
  const where = `${page.reason} ${page.url}`
  const fields = Object.fromEntries(Object.entries(data).filter(([field]) => !/^(error_id|browser|platform|connection|time_zone|order_created_at)$|_ms$|_time/.test(field)))
  return `${where}  ${name}  ${JSON.stringify(fields)}`.replaceAll(origin, '').replaceAll(orderId, 'ORDER')
}

test('forty actions in the demo store leave the events that are committed', async (t) => {
  assert.equal(ACTIONS.length, 40)
  const world = await store(t)
  const visit = await world.visit({ locale: 'en-GB' })
  const shopper = new Shopper(visit, KINDS['the plain store'])
  const { page } = shopper
  // The store as it is, but for one attribute of its tag.
  await visit.context.route(/\/([\w-]*\.html)?(\?.*)?$/, async (route) => {
    const response = await route.fetch()
    const html = await response.text()
    await route.fulfill({ response, body: html.replace('data-endpoint=', `data-capture="${CAPTURE}" data-endpoint=`) })
  })
  const settled = async (shows) => {
    if (shows) await shopper.sees(shows)
    // The part that listens to forms and links is there, as it is for whoever does not click within a moment.
    const calm = () => page.evaluate(() => import('/cb/behaviour.js').then(() => import('/cb/forms.js')).then(() => new Promise((resolve) => setTimeout(resolve, 50))))
    // Where the page is left meanwhile, the next one is waited for.
    await shopper.ready().then(calm).catch(() => shopper.ready().then(calm))
  }
  let orderId = '-'
  const does = {
    open: (path) => shopper.open(path),
    click: (part, shows) => shopper.click(part, { shows }),
    pick: async (sku, shows) => {
      await page.locator(`[data-sku="${sku}"] [data-testid=card-link]`).first().click()
      await shopper.sees(shows)
    },
    check: (part) => shopper.part(part).check({ force: true }),
    fill: (part, value) => shopper.part(part).fill(value),
    choose: async (part, value) => {
      await shopper.part(part).selectOption(value)
      await page.waitForURL(`**sort=${value}*`)
    },
    press: async (part, shows) => {
      await shopper.part(part).press('Enter')
      await shopper.sees(shows)
    },
    reload: () => page.reload(),
    back: (path) => page.goBack({ waitUntil: 'commit' }).then(() => page.waitForURL((url) => url.href.includes(path), { waitUntil: 'commit' })),
    forward: (path) => page.goForward({ waitUntil: 'commit' }).then(() => page.waitForURL((url) => url.href.includes(path), { waitUntil: 'commit' })),
  }
  for (const [what, part, more] of ACTIONS) {
    await does[what](part, more)
    await settled(/back|forward/.test(what) ? more : what === 'reload' ? part : undefined)
    if (part === 'place-order') orderId = await shopper.text('order-id')
  }
  // By their places in the session: over pages that came back from the back/forward cache, too, the order in which things happened.
  const all = (await visit.leave()).sort((a, b) => a.seq - b.seq)
  assert.equal(new Set(all.map(({ session }) => session)).size, 1)
  assert.equal(new Set(all.map(({ seq }) => seq)).size, all.length, 'no place is given twice')
  described(all.filter(({ name }) => /^(click|outbound_click|file_download|form_\w+|device|error|page_view)$/.test(name)))
  // The store tells of its promotion when it was on screen for a while: that may be before or after the click.
  const events = all.filter(({ name }) => name !== 'view_promotion')
  const text = events.map((event) => line(event, world.origin, orderId)).join('\n') + '\n'
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN, text)
  assert.deepEqual(text.split('\n'), readFileSync(GOLDEN, 'utf8').split('\n'))
})
