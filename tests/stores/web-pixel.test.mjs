// A Shopify checkout, seen from inside a web pixel: a real worker, with a stand-in for Shopify around it (sandbox.mjs).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import Ajv from 'ajv/dist/2020.js'
import { at } from '../../www/tools/paths.mjs'
import { YES, pages, tags } from '../e2e/world.mjs'
import { ALL, checkout, sandbox } from './sandbox.mjs'
import { MUG } from './shop.mjs'

const html = (body) => () => ({ headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<!doctype html><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">${body}` })
const filled = { items: [{ ...MUG, quantity: 2 }], coupon: 'TEN', discount: 390, sum: 3900 }

/** A storefront at `/` and a checkout of which only Shopify and the pixel know. */
async function store(t, { data = { ...YES, batchMs: 50 }, options, privacy } = {}) {
  const world = await pages(t)
  await world.serveApart()
  world.front.rules.set('/', html(tags(data)))
  world.front.rules.set('/checkouts/cn/Z2NwLXVzLWVhc3QxOjAx', html(sandbox(world.front.rules, options, privacy)))
  const visit = await world.visit()
  const publish = (name, more = filled) => visit.page.evaluate(([name, data]) => window.publish(name, data), [name, more.alert ? more : { checkout: checkout(more) }])
  return { world, visit, publish, enter: () => visit.page.goto('/checkouts/cn/Z2NwLXVzLWVhc3QxOjAx') }
}

const named = (events, pattern) => events.filter(({ name }) => pattern.test(name)).sort((a, b) => a.seq - b.seq)

test('storefront and checkout are one session, its steps are ours, and the order counts once with the thank-you page', async (t) => {
  const { world, visit, publish, enter } = await store(t)
  const bodies = []
  world.front.rules.set('/collect', (request, body) => void bodies.push(JSON.parse(body)))
  await visit.go('/')
  const [first] = await world.collector.expectNames('page_view')
  await enter()
  await publish('checkout_started')
  await publish('checkout_contact_info_submitted')
  await publish('checkout_shipping_info_submitted')
  await publish('payment_info_submitted')
  await publish('alert_displayed', { alert: { type: 'PAYMENT_ERROR', message: 'Jo Doe, your card was declined', target: 'cart', value: null } })
  await publish('alert_displayed', { alert: { type: 'DISCOUNT_ERROR', message: '…', target: 'cart', value: 'TWENTY' } })
  await publish('checkout_completed', { ...filled, id: 1001 })
  await world.collector.expectNames('purchase')
  await visit.go('/')
  await visit.cb('track', 'purchase', { transaction_id: '1001', currency: 'EUR', value: 35.1, coupon: 'TEN', items: [{ item_id: '101', price: 19.5, quantity: 2 }] })
  const events = (await visit.leave()).sort((a, b) => a.seq - b.seq)
  assert.deepEqual(events.map(({ name }) => name), ['page_view', 'begin_checkout', 'checkout_step', 'add_shipping_info', 'add_payment_info', 'purchase_error', 'deny_coupon', 'purchase', 'page_view'])
  assert.deepEqual([...new Set(events.map(({ visitor, session }) => visitor + session))].length, 1, 'one session of one visitor')
  assert.equal(events[1].session, first.session)
  assert.deepEqual(events.map(({ seq }) => seq), [1, 2, 3, 4, 5, 6, 7, 8, 9], 'the storefront goes on where the checkout has stopped')
  const item = { item_id: '101', item_name: 'Mug', item_brand: 'Kiln', item_category: 'Kitchen', sku: 'MUG-1', variant_id: '1010', price: 19.5, quantity: 2 }
  assert.deepEqual(events.find(({ name }) => name === 'purchase').data, {
    transaction_id: '1001', currency: 'EUR', value: 35.1, coupon: 'TEN', discount: 3.9, items: [item],
    total: 40.05, tax: 0, shipping: 4.95, shipping_tier: 'Standard', payment_type: 'CARD',
  })
  assert.deepEqual(events[5].data, { error_code: 'PAYMENT_ERROR', error_type: 'soft' })
  assert.deepEqual(events[6].data, { coupon: 'TWENTY', reason: 'DISCOUNT_ERROR' })
  assert.deepEqual(events[2].data.step_name, 'contact')
  const told = JSON.stringify(events)
  for (const secret of ['jo@example.com', 'Jo', 'Kiln Lane', 'Z2NwL']) assert.ok(!told.includes(secret), secret)
  assert.equal((await (await fetch(`${world.collector.origin}/reports/values`)).json()).total, 0, 'the values add up')
  const fits = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(readFileSync(at('tests/schema/batch.v1.json'), 'utf8')))
  const ours = bodies.filter(({ engine }) => engine === 'js')
  assert.equal(ours.length, 7)
  for (const body of ours) assert.ok(fits(body), JSON.stringify(fits.errors))
})

test('nothing leaves and nothing is stored until Shopify says that it may; a no is a no', async (t) => {
  const none = { ...ALL, analyticsProcessingAllowed: false, marketingAllowed: false }
  const { world, visit, publish, enter } = await store(t, { data: {}, privacy: none })
  await enter()
  await publish('checkout_started')
  await publish('payment_info_submitted')
  // What was asked of the top frame is answered in order: the events have been dealt with.
  await visit.page.waitForFunction(() => window.publish)
  assert.deepEqual(await visit.stored(), [])
  assert.deepEqual(await world.collector.events(), [])
  await visit.page.evaluate((said) => window.collect(said), { ...none, analyticsProcessingAllowed: true })
  const events = named(await world.collector.expectNames('begin_checkout', 'add_payment_info'), /./)
  assert.deepEqual(events.map(({ name }) => name), ['begin_checkout', 'add_payment_info'])
  assert.ok(events.every(({ visitor, session }) => visitor === session), 'no yes to marketing: known for a visit only')
  assert.deepEqual(events[0].consent.purposes, ['analytics', 'preferences', 'sale'])
  assert.equal(events[0].consent.source, 'shopify')
  assert.deepEqual(await visit.stored(), ['cb_test'])

  await visit.page.evaluate((said) => window.collect(said), none)
  await publish('checkout_completed', { ...filled, id: 7 })
  await visit.page.evaluate((said) => window.collect(said), ALL)
  await publish('checkout_completed', { ...filled, id: 8 })
  const orders = named(await world.collector.expectNames('purchase'), /purchase/)
  assert.deepEqual(orders.map(({ data }) => data.transaction_id), ['8'])
})

test('the storefront’s own answer counts as well, the more restrictive of both', async (t) => {
  const no = { consentDefault: { analytics: 'granted', marketing: 'denied' }, batchMs: 50 }
  const { world, visit, publish, enter } = await store(t, { data: no, options: { consent: 'storefront' } })
  await enter()
  await publish('checkout_started')
  await visit.go('/')
  await world.collector.expectNames('page_view')
  await enter()
  await publish('checkout_started')
  const [begun] = named(await world.collector.expectNames('begin_checkout'), /begin_checkout/)
  assert.equal(begun.visitor, begun.session)
  assert.ok(!begun.consent.purposes.includes('marketing'))
  assert.equal(named(await visit.leave(), /begin_checkout/).length, 1, 'the one before the yes was not sent')
})
