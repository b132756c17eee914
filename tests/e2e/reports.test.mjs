// What a shop's owner sees of two shoppers: one came by a newsletter and ordered, one left a full cart two hours ago. Both are
// in the reports, on the page and in the file that it offers.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { KINDS, Shopper } from './shopper.mjs'
import { store } from './world.mjs'

const CAMPAIGN = 'utm_source=newsletter&utm_medium=email&utm_campaign=spring'

/** The rows of a file: no field of these has a line break. */
function rows(path) {
  const [head, ...lines] = readFileSync(path, 'utf8').replace(/^\uFEFF/, '').trim().split('\r\n').map(fields)
  return lines.map((line) => Object.fromEntries(head.map((name, index) => [name, line[index]])))
}
const fields = (line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain)

async function buy(shopper) {
  await shopper.open(`${shopper.kind.paths.mug}&${CAMPAIGN}`)
  await shopper.accept()
  await shopper.part('quantity').fill('2')
  await shopper.click('add-to-cart')
  await shopper.click('cart-link', { shows: 'cart-line' })
  await shopper.click('checkout', { shows: 'step-address' })
  await shopper.click('sign-in')
  await shopper.click('checkout-next', { shows: 'step-delivery' })
  await shopper.click('checkout-next', { shows: 'step-payment' })
  await shopper.click('checkout-next', { shows: 'step-review' })
  await shopper.click('place-order', { shows: 'order-id' })
  await shopper.tracker('flush')
  return shopper.text('order-id')
}

test('an order and an abandoned cart are in the reports and in their files', async (t) => {
  const world = await store(t)
  const buyer = new Shopper(await world.visit(), KINDS['the plain store'])
  const orderId = await buy(buyer)
  const leaving = await world.visit({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Mobile/15E148 Safari/604.1' })
  await leaving.page.clock.install({ time: Date.now() - 2 * 3_600_000 })
  const leaver = new Shopper(leaving, KINDS['the plain store'])
  await leaver.open('list')
  await leaver.accept()
  await leaver.click('quick-add')
  await leaver.tracker('flush')
  const events = await world.collector.expectNames('purchase', 'add_to_cart', 'add_to_cart')
  const bought = events.find(({ name }) => name === 'purchase')
  const left = events.find(({ name, session }) => name === 'add_to_cart' && session !== bought.session)

  const owner = await world.visit()
  const { page } = owner
  await page.goto('/live/reports')
  const idle = page.locator('main[aria-busy=false]')
  await idle.waitFor()
  const tile = (name) => page.locator('.tile', { has: page.getByRole('heading', { name, exact: true }) })
  assert.match(await tile('Net revenue').locator('.value').textContent(), /39/)
  assert.equal(await tile('Orders').locator('.value').textContent(), '1')
  assert.match(await tile('Abandonment rate').locator('.value').textContent(), /^50 ?%$/)
  const definition = tile('Abandonment rate').locator('p')
  assert.equal(await definition.isVisible(), false)
  await tile('Abandonment rate').locator('summary').click()
  assert.match(await definition.textContent(), /Abandoned carts, divided by carts/, 'its definition is one click away')
  assert.ok(await definition.isVisible())

  const report = async (tab, title) => {
    await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: tab }).click()
    await idle.waitFor()
    const section = page.locator('.report', { has: page.getByRole('heading', { name: title }) })
    const [file] = await Promise.all([page.waitForEvent('download'), section.getByRole('link', { name: 'CSV' }).click()])
    return { shown: await section.locator('tbody tr').allTextContents(), file: rows(await file.path()), name: file.suggestedFilename() }
  }
  const orders = await report('Orders placed', /^Orders(?! that failed)/)
  assert.equal(orders.name, 'orders.csv')
  assert.equal(orders.shown.length, 1)
  assert.ok(orders.shown[0].includes(orderId) && orders.shown[0].includes('spring / newsletter / email'), orders.shown[0])
  const [{ order_id, value, currency, campaign, device, contact, order_date }] = orders.file
  const permitted = bought.consent.purposes.includes('marketing')
  assert.deepEqual(
    { order_id, value, currency, campaign, device, contact },
    { order_id: orderId, value: '39.00', currency: 'EUR', campaign: 'spring', device: 'desktop', contact: permitted ? 'customer-1042' : '' },
  )
  assert.equal(order_date, new Date(bought.at).toISOString())

  const carts = await report('Abandoned carts', /^Carts/)
  assert.equal(carts.shown.length, 1)
  assert.deepEqual(
    carts.file.map(({ cart_id, step, value: worth, later_order }) => [cart_id, step, worth, later_order]),
    [[left.session, 'cart', '19.50', '']],
  )
  const items = await report('Items purchased', /^Items/)
  assert.deepEqual(items.file.map(({ order_id: id, item_id, quantity, price }) => [id, item_id, quantity, price]), [[orderId, 'QN-2001', '2', '19.50']])

  // A range without them says so, and what is asked for is of this machine alone.
  await page.goto('/live/reports/orders?from=2020-01-01&to=2020-01-31')
  await idle.waitFor()
  await page.getByText('No orders in this range.').waitFor()
  const elsewhere = owner.requests.filter(({ url }) => new URL(url).origin !== world.origin)
  assert.deepEqual(elsewhere, [])
})

test('a picture records an event, and a refused one is no broken picture', async (t) => {
  const world = await store(t)
  const visit = await world.visit()
  const src = (consent) => `/collect/p.gif?site=quern&visitor=0192f5a0-1234-7000-8000-000000000001&name=email_open${consent}`
  await visit.page.goto('/cb/stub.js')
  const width = (consent) =>
    visit.page.evaluate(async (url) => {
      const image = new Image()
      const shown = new Promise((resolve) => { image.onload = () => resolve(image.naturalWidth); image.onerror = () => resolve('broken') })
      image.src = url
      return shown
    }, src(consent))
  assert.equal(await width(''), 1, 'refused, and yet a picture')
  const yes = '&consent=analytics&consent_at=1790000000000'
  assert.equal(await width(yes), 1)
  // Within one document a browser asks once for the same picture, whatever the answer says.
  await visit.page.reload()
  assert.equal(await width(yes), 1, 'opened again: from no cache')
  const events = await world.collector.expectNames('email_open', 'email_open')
  assert.ok(events.every(({ consent }) => consent.source === 'pixel'))
})
