// A shopper's visit from the list to the order, in both kinds of the store: every event arrives once, in order, with its
// fields, and the live view's figures are those that a person computes by hand.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { which } from '../../www/tools/exec.mjs'
import { until } from './collector.mjs'
import { KINDS, Shopper, both } from './shopper.mjs'
import { store } from './world.mjs'

const SEARCH = 'https://search.example/'

/** List, product, basket, coupon, checkout with express delivery and the test card, order. */
async function order(shopper) {
  await shopper.open('list', { referer: SEARCH })
  await shopper.accept()
  await shopper.page.locator('[data-sku="QN-2001"] [data-testid=card-link]').click()
  await shopper.sees('add-to-cart')
  await shopper.part('choice-rust').check({ force: true })
  await shopper.part('quantity').fill('2')
  await shopper.click('add-to-cart')
  await shopper.click('cart-link', { shows: 'cart-line' })
  await shopper.click('line-increase')
  await shopper.part('coupon-input').fill('kiln10')
  await shopper.click('coupon-apply', { shows: 'coupon-used' })
  await shopper.click('checkout', { shows: 'step-address' })
  await shopper.click('sign-in')
  await shopper.click('checkout-next', { shows: 'step-delivery' })
  await shopper.part('delivery-express').check()
  await shopper.click('checkout-next', { shows: 'step-payment' })
  await shopper.click('checkout-next', { shows: 'step-review' })
  await shopper.click('place-order', { shows: 'order-id' })
  await shopper.tracker('flush')
  return shopper.text('order-id')
}

// Three mugs at €19.50 are €58.50; a tenth off is €5.85 and leaves €52.65. With €9.90 for express that is €62.55, of which
// 62.55 − 62.55 / 1.19 = €9.99 are tax.
const mug = (quantity, more) => ({ item_id: 'QN-2001', item_name: 'Morning mug', item_variant: 'Rust', price: 19.5, quantity, ...more })
const basket = { currency: 'EUR', value: 52.65, coupon: 'KILN10', discount: 5.85, items: [mug(3)] }

/** Page, event, fields that matter. A list by its products' ids. */
const visit = (paths, orderId) => [
  [paths.list, 'page_view', {}],
  [paths.list, 'view_item_list', { item_list_id: 'coffee-tea', items: ['QN-2001', 'QN-2002', 'QN-2003', 'QN-2004'] }],
  [paths.list, 'click', { tag: 'a', href: paths.mug.split('?')[0] }],
  [paths.list, 'select_item', { item_list_id: 'coffee-tea', items: [mug(1, { item_variant: 'Oat', index: 0 })] }],
  [paths.mug, 'page_view', {}],
  [paths.mug, 'view_item', { value: 19.5, items: [mug(1, { item_variant: 'Oat' })] }],
  [paths.mug, 'view_item_list', { item_list_id: 'related' }],
  [paths.mug, 'click', { tag: 'input', name: 'choice', type: 'radio' }],
  [paths.mug, 'form_start', { form_name: 'buy' }],
  [paths.mug, 'click', { tag: 'button' }],
  [paths.mug, 'form_submit', { form_name: 'buy', last_field: 'quantity', fields_touched: 2 }],
  [paths.mug, 'add_to_cart', { value: 39, items: [mug(2)] }],
  [paths.mug, 'click', { tag: 'a', href: paths.cart }],
  [paths.cart, 'page_view', {}],
  [paths.cart, 'view_cart', { value: 39, items: [mug(2)] }],
  [paths.cart, 'click', { tag: 'button', id: 'more-QN-2001-rust' }],
  [paths.cart, 'update_cart', { value: 58.5, previous_quantity: 2, items: [mug(3)] }],
  [paths.cart, 'form_start', { form_name: 'coupon-form' }],
  [paths.cart, 'click', { tag: 'button', id: 'coupon-apply' }],
  [paths.cart, 'form_submit', { form_name: 'coupon-form', last_field: 'coupon' }],
  [paths.cart, 'apply_coupon', basket],
  [paths.cart, 'click', { tag: 'a', href: paths.address.split('#')[0] }],
  [paths.address, 'page_view', {}],
  [paths.address, 'begin_checkout', basket],
  [paths.address, 'checkout_step', { ...basket, checkout_step: 1, step_name: 'address' }],
  [paths.address, 'click', { tag: 'button', id: 'sign-in' }],
  [paths.address, 'login', { method: 'demo' }],
  // The address form is closed to the tracker: no click on its button, no start and no end.
  [paths.delivery, 'page_view', {}],
  [paths.delivery, 'checkout_step', { ...basket, checkout_step: 2, step_name: 'delivery' }],
  [paths.delivery, 'click', { tag: 'input', name: 'delivery', type: 'radio' }],
  [paths.delivery, 'form_start', { form_name: 'delivery-form' }],
  [paths.delivery, 'click', { tag: 'button' }],
  [paths.delivery, 'form_submit', { form_name: 'delivery-form', last_field: 'delivery' }],
  [paths.delivery, 'add_shipping_info', { ...basket, shipping_tier: 'Express' }],
  [paths.payment, 'page_view', {}],
  [paths.payment, 'checkout_step', { ...basket, checkout_step: 3, step_name: 'payment' }],
  [paths.payment, 'add_payment_info', { ...basket, payment_type: 'Test card' }],
  [paths.review, 'page_view', {}],
  [paths.review, 'checkout_step', { ...basket, checkout_step: 4, step_name: 'review' }],
  [paths.review, 'click', { tag: 'button' }],
  [paths.review, 'form_submit', { form_name: 'review-form' }],
  [paths.thanks + orderId, 'page_view', {}],
  [paths.thanks + orderId, 'purchase', { ...basket, transaction_id: orderId, tax: 9.99, shipping: 9.9, shipping_tier: 'Express', payment_type: 'Test card' }],
]

/** Of `actual` only what `expected` names. */
function part(actual, expected) {
  if (Array.isArray(expected)) return actual?.map((item, index) => (typeof expected[index] === 'string' ? item.item_id : part(item, expected[index])))
  if (typeof expected !== 'object' || !actual) return actual
  return Object.fromEntries(Object.keys(expected).map((key) => [key, part(actual[key], expected[key])]))
}

both((name, kind) => {
  test(`a visit from list to order in ${name} arrives event by event, in order and once`, async (t) => {
    const world = await store(t)
    const shopperVisit = await world.visit()
    const shopper = new Shopper(shopperVisit, kind)
    const orderId = await order(shopper)
    assert.match(await shopper.text('sum-total'), /62\.55/)
    await world.collector.expectNames('purchase')
    // Long enough to be engaged: a robot is through most pages in less than a second.
    await new Promise((later) => setTimeout(later, 1300))
    const all = (await shopperVisit.leave()).sort((a, b) => a.seq - b.seq)
    // How far and how long depends on the machine; that it is told with its own page does not.
    const isMeasured = ({ name }) => name === 'scroll' || name === 'engagement'
    const events = all.filter((event) => !isMeasured(event))
    const measured = all.filter(isMeasured)
    assert.ok(measured.some(({ data }) => data.engagement_time_msec > 0), 'a visit of seconds was engaged')
    for (const { name, seq, page, data } of measured) {
      const here = all.filter((event) => event.page.id === page.id)
      assert.ok(here[0].name === 'page_view' && here[0].seq < seq, `${name} of ${page.url} follows its page view`)
      assert.ok(name === 'scroll' || here.at(-1).seq === seq, 'and the page is left, or the visit paused, with it')
      assert.ok(data.percent_scrolled > 0 && data.percent_scrolled <= 100, `${page.url}: ${JSON.stringify(data)}`)
    }

    const expected = visit(kind.paths, orderId)
    assert.deepEqual(
      events.map(({ page, name: event, data }, index) => [page.url, event, part(data, expected[index]?.[2] ?? {})]),
      expected.map(([path, event, fields]) => [shopper.url(path), event, fields]),
    )
    assert.deepEqual(all.map(({ seq }) => seq), all.map((_, index) => index + 1), 'numbered without a gap')
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length)
    assert.equal(new Set(all.map(({ session, visitor, site }) => session + visitor + site)).size, 1, 'one visit of one visitor')
    // Two pages take the time from two clocks, in whole milliseconds.
    const earlier = events.filter(({ t: at }, index) => index > 0 && at < events[index - 1].t - 2)
    assert.deepEqual(earlier, [], 'each event is later than the one before')

    const loggedIn = expected.findIndex(([, event]) => event === 'login')
    // A plain page is on screen before it can say who is there; the shop says so again on each.
    const isKnown = (index) => index >= loggedIn && (kind.isApp || index !== events.findLastIndex((event) => event.name === 'page_view'))
    assert.deepEqual(events.map(({ user }) => user), expected.map((_, index) => (isKnown(index) ? 'customer-1042' : null)))
    const views = events.filter((event) => event.name === 'page_view')
    const before = (index) => (views[index].page.reason === 'navigate' ? views[index - 1].page.url.split('#')[0] : views[index - 1].page.url)
    assert.deepEqual(views.map(({ page }) => page.referrer), views.map((_, index) => (index ? before(index) : SEARCH)), 'each page leads to the next')
    assert.deepEqual(views.map(({ page }) => page.reason), kind.reasons)
  })
})

const figures = ({ funnel, visitors, openCarts, abandonedCarts, orders, revenue }) => ({ funnel, visitors, openCarts, abandonedCarts, orders, revenue })

test('the live view shows what four shoppers did, as it happens and as computed by hand', async (t) => {
  const world = await store(t)
  const live = (await world.visit()).page
  await live.goto('/live')
  await live.locator('#welcome').waitFor()

  const shoppers = []
  for (let n = 0; n < 4; n++) shoppers.push(new Shopper(await world.visit(), KINDS['the plain store']))
  const [buys, looks, fills, silent] = shoppers
  const orderId = await order(buys)
  await looks.open('mug')
  await looks.accept()
  await fills.open('list')
  await fills.accept()
  await fills.click('quick-add')
  await fills.tracker('flush')
  await silent.open('mug')
  await silent.click('add-to-cart')
  await world.collector.expectNames('purchase', 'view_item', 'view_item', 'add_to_cart', 'add_to_cart')

  const expected = {
    // The third filled its cart from the list; who has a cart counts as having seen a product.
    funnel: { sessions: 3, views: 3, carts: 2, checkouts: 1, orders: 1 },
    visitors: 3,
    openCarts: 1,
    abandonedCarts: 0,
    orders: 1,
    revenue: [{ currency: 'EUR', amount: '52.65', orders: 1, average: '52.65' }],
  }
  assert.deepEqual(figures(await world.collector.stats()), expected)

  const shown = (label) => live.locator('.figure', { has: live.getByText(label, { exact: true }) }).locator('.value').textContent()
  await until(async () => (await shown('Open carts')) === '1', 'the page has followed, without a reload')
  assert.match(await shown('Revenue'), /52\.65/)
  assert.equal(await shown('Orders'), '1')
  assert.match(await shown('Conversion rate'), /^33(\.3)? ?%$/)
  assert.match(await shown('Average order'), /52\.65/)
  assert.equal(await shown('Abandoned carts'), '0')
  const orders = await live.locator('#events .kind-order').allTextContents()
  assert.equal(orders.length, 1, 'the order is among the latest events')
  assert.match(orders[0], /52\.65/)

  // Everybody reloads their thank-you page.
  await buys.page.reload()
  await buys.sees('order-id')
  await buys.tracker('flush')
  const again = await world.collector.expect((events) => events.some(({ name, page }) => name === 'page_view' && page.reason === 'reload'), 'the reload')
  assert.deepEqual(again.filter(({ name }) => name === 'purchase').map(({ data }) => data.transaction_id), [orderId], 'an order has one id, and is stored once')
  assert.deepEqual(figures(await world.collector.stats()), expected, 'still one order')
})

test('what was collected is in the SQLite file, and is there again after a restart', async (t) => {
  const world = await store(t)
  const shopper = new Shopper(await world.visit(), KINDS['the plain store'])
  const orderId = await order(shopper)
  const before = await world.collector.expectNames('purchase')
  await shopper.visit.context.close()
  await world.collector.stop()
  const file = join(world.folder, 'data/cartbeacon.sqlite')
  assert.equal(readFileSync(file).subarray(0, 15).toString(), 'SQLite format 3')
  // Not every machine has the program; the collector's own reading below looks into the same file.
  if (which('sqlite3')) {
    const sql = "SELECT event.transaction_id, amount, json_extract(data, '$.items[0].quantity') FROM event WHERE name = 'purchase'"
    assert.equal(execFileSync('sqlite3', [file, sql], { encoding: 'utf8' }).trim(), `${orderId}|5265|3`)
  }
  await world.collector.start()
  const after = await world.collector.events()
  assert.deepEqual(after.slice(0, before.length), before)
  assert.deepEqual(figures(await world.collector.stats()).revenue, [{ currency: 'EUR', amount: '52.65', orders: 1, average: '52.65' }])
})
