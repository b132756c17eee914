// The option `forward`: GA4 and Emarsys hear of carts and orders in their own calls, once, after the yes to marketing; and what
// the page's own dataLayer told us is not told back. Stand-ins of those tools, real Chromium.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { pages, tags } from './world.mjs'

const MUG = { item_id: 'A1', item_name: 'Mug', price: 9.9, quantity: 3 }
const ADD = { currency: 'EUR', value: 29.7, items: [MUG] }
const ORDER = { transaction_id: 'O-1', currency: 'EUR', value: 29.7, items: [MUG] }
const GTAG = `window.dataLayer = []; window.gtag = function () { dataLayer.push(arguments) }; window.ScarabQueue = []`
const YES = { analytics: 'granted', marketing: 'granted' }

async function shop(t, data, script = GTAG) {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { head: tags({ batchMs: 100, ...data }), script }))
  const read = (name) => visit.page.evaluate((name) => window[name].map((entry) => (Object.prototype.toString.call(entry) === '[object Arguments]' ? [...entry] : entry)), name)
  return { world, visit, layer: () => read('dataLayer'), scarab: () => read('ScarabQueue') }
}

test('nothing before the yes; then gtag and ScarabQueue hear of each once, and our own source not at all', async (t) => {
  const { world, visit, layer, scarab } = await shop(t, { forward: ['ga4', 'emarsys'], cartDataLayer: true })
  const { id } = await visit.cb('track', 'add_to_cart', ADD)
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('track', 'view_item', ADD)
  await visit.page.waitForTimeout(200)
  assert.deepEqual([await layer(), await scarab()], [[], []], 'analytics alone is not enough, and marketing is not answered')
  await visit.cb('consent', { marketing: 'granted' })
  await visit.cb('track', 'begin_checkout', ADD)
  const order = await visit.cb('track', 'purchase', ORDER)
  await visit.cb('track', 'scroll', { percent: 90 })
  await until(async () => (await scarab()).at(-1)?.[0] === 'go', 'go')
  const calls = await layer()
  assert.deepEqual(calls.map(([command, name]) => [command, name]), ['add_to_cart', 'view_item', 'begin_checkout', 'purchase'].map((name) => ['event', name]))
  assert.deepEqual(calls[0][2], { ...ADD, event_id: id })
  assert.deepEqual(calls[3][2], { ...ORDER, event_id: order.id })
  const line = { item: 'A1', price: 29.7, quantity: 3 }
  const commands = await scarab()
  assert.deepEqual(commands.filter(([command]) => command !== 'go'), [['view', 'A1'], ['cart', [line]], ['purchase', { orderId: 'O-1', items: [line] }], ['cart', []]])
  assert.ok(commands.filter(([command]) => command === 'go').length <= 3, 'one for all that comes at once')
  const events = await world.collector.expect((all) => all.some(({ name }) => name === 'scroll'), 'the last event')
  assert.deepEqual(events.map(({ name }) => name).sort(), ['add_to_cart', 'begin_checkout', 'page_view', 'purchase', 'scroll', 'view_item'], 'none is read back')
})

test('what the page tells GA4 itself is not told again', async (t) => {
  const { world, visit, layer } = await shop(t, { forward: { ga4: true }, cartDataLayer: true })
  await visit.cb('consent', YES)
  await visit.page.evaluate((ecommerce) => dataLayer.push({ event: 'add_to_cart', ecommerce }), ADD)
  await world.collector.expect((all) => all.some(({ name }) => name === 'add_to_cart'), 'the event of the dataLayer')
  await visit.cb('track', 'login', { method: 'mail' })
  const entries = await layer()
  assert.deepEqual(entries.map((entry) => entry.event ?? entry[1]), ['add_to_cart', 'login'])
})

test('without gtag it is dataLayer, the ecommerce before cleared; a chosen property, chosen events and purposes', async (t) => {
  const plain = await shop(t, { forward: { ga4: 'layer', purposes: 'analytics', events: 'purchase login' } }, 'window.layer = []')
  await plain.visit.cb('consent', { analytics: 'granted' })
  await plain.visit.cb('track', 'add_to_cart', ADD)
  const { id } = await plain.visit.cb('track', 'purchase', ORDER)
  await plain.visit.cb('track', 'login', { method: 'mail' })
  assert.deepEqual((await plain.visit.page.evaluate(() => window.layer)).map((entry) => entry.event ?? entry), [{ ecommerce: null }, 'purchase', 'login'])
  assert.deepEqual((await plain.visit.page.evaluate(() => window.layer))[1], { event: 'purchase', event_id: id, ecommerce: ORDER })

  const chosen = await shop(t, { forward: { ga4: 'G-ABC' } })
  await chosen.visit.cb('consent', YES)
  await chosen.visit.cb('track', 'login')
  assert.deepEqual((await chosen.layer()).map(([, name, { send_to }]) => [name, send_to]), [['login', 'G-ABC']])
})

test('the pixels of Meta and TikTok hear their standard events, under our id, and nothing else', async (t) => {
  const { visit } = await shop(t, { forward: 'meta tiktok' }, `window.calls = []; window.fbq = (...all) => calls.push(all); window.ttq = { track: (...all) => calls.push(all) }`)
  await visit.cb('consent', YES)
  const { id } = await visit.cb('track', 'add_to_cart', ADD)
  await visit.cb('track', 'gift_wrap')
  const order = await visit.cb('track', 'purchase', ORDER)
  const worth = { value: 29.7, currency: 'EUR' }
  const ofMeta = { ...worth, content_type: 'product', content_ids: ['A1'], contents: [{ id: 'A1', quantity: 3, item_price: 9.9 }] }
  const ofTiktok = { ...worth, contents: [{ content_id: 'A1', content_type: 'product', content_name: 'Mug', quantity: 3, price: 9.9 }] }
  assert.deepEqual(await visit.page.evaluate(() => window.calls), [
    ['track', 'AddToCart', ofMeta, { eventID: id }],
    ['AddToCart', ofTiktok, { event_id: id }],
    ['track', 'Purchase', ofMeta, { eventID: order.id }],
    ['CompletePayment', ofTiktok, { event_id: order.id }],
  ])
})

test('a no, or a withdrawal, ends it; a tool that throws or comes late costs nothing', async (t) => {
  const { world, visit, layer, scarab } = await shop(t, { forward: 'ga4 emarsys' }, `${GTAG}; window.gtag = () => { throw new Error('from a tool') }; delete window.ScarabQueue`)
  await visit.cb('consent', YES)
  await visit.cb('track', 'view_item', ADD)
  await visit.page.evaluate(() => (window.ScarabQueue = []))
  await visit.cb('track', 'login')
  assert.deepEqual((await scarab())[0], ['view', 'A1'])
  await until(async () => (await scarab()).length === 2, 'go')
  await visit.cb('consent', { marketing: 'denied' })
  await visit.cb('track', 'view_item', ADD)
  await world.collector.expect((all) => all.filter(({ name }) => name === 'view_item').length === 2, 'events go on')
  await visit.cb('consent', 'withdraw')
  await visit.cb('track', 'view_item', ADD)
  await visit.page.waitForTimeout(100)
  assert.deepEqual([(await scarab()).length, (await layer()).length], [2, 0])
})
