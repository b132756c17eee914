// The option `format`: somebody else's receiver gets its own language, and nothing before the shopper's yes. Real Chromium against a
// server of another origin, whose answers decide what becomes of the events.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { Receiver } from './receiver.mjs'
import { YES, pages, tags } from './world.mjs'

const ITEM = { item_id: 'A1', item_name: 'Mug', price: 9.9, quantity: 2 }
const ADD = { currency: 'EUR', value: 19.8, items: [ITEM] }
const ORDER = { transaction_id: 'O-1', currency: 'EUR', value: 19.8, tax: 3.16, shipping: 4.9, items: [ITEM] }

/** A page whose tracker speaks `format` to a receiver of its own. */
async function speaking(t, format, { path = '', data = {}, visit: more = {} } = {}) {
  const world = await pages(t)
  const receiver = await new Receiver().start()
  world.atEnd(() => receiver.stop())
  const head = tags({ endpoint: receiver.origin + path, format, batchMs: 50, ...data })
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${receiver.origin}`
  await world.answer('/shop.html', () => ({ headers: { 'content-security-policy': policy } }))
  const visit = await world.visit(more)
  const page = world.put('shop', { head, title: 'Mugs' })
  await visit.go(page)
  return { world, receiver, visit }
}

const stats = (visit) => visit.cb('stats')
const json = ({ body }) => JSON.parse(body)

/** Waits until `stats()` says so. */
async function settled(visit, wanted) {
  let all
  const asked = async () => {
    all = await stats(visit)
    return Object.entries(wanted).every(([key, value]) => JSON.stringify(all[key]) === JSON.stringify(value))
  }
  await until(asked, JSON.stringify(wanted), () => `, but ${JSON.stringify(all)}`)
}

test('segment: nothing before the yes, then page, cart and order in its own words, each once', async (t) => {
  const { receiver, visit } = await speaking(t, 'segment', { data: { key: 'WRITE' } })
  await visit.cb('track', 'add_to_cart', ADD)
  await visit.cb('flush')
  await visit.page.waitForTimeout(300)
  assert.deepEqual(receiver.requests, [], 'not a request before consent')
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('track', 'purchase', ORDER)
  await receiver.expect((all) => all.flatMap((r) => json(r).batch).length >= 3, 'three messages')
  await settled(visit, { acknowledged: 3 })
  assert.equal(receiver.preflights, 0)
  const [first] = receiver.requests
  assert.deepEqual([first.method, first.path, first.type, json(first).writeKey], ['POST', '/v1/b', 'text/plain;charset=UTF-8', 'WRITE'])
  const messages = receiver.requests.flatMap((r) => json(r).batch)
  assert.deepEqual(messages.map(({ type, event, name }) => [type, event ?? name]), [['page', 'Mugs'], ['track', 'Product Added'], ['track', 'Order Completed']])
  const [page, added, order] = messages
  assert.match(page.properties.url, /shop\.html$/)
  assert.deepEqual([added.properties.product_id, added.properties.price, added.properties.quantity], ['A1', 9.9, 2])
  assert.deepEqual([order.properties.order_id, order.properties.revenue, order.properties.products[0].product_id], ['O-1', 19.8, 'A1'])
  assert.equal(new Set(messages.map(({ messageId }) => messageId)).size, 3)
  assert.ok(messages.every(({ anonymousId }) => anonymousId === page.anonymousId && anonymousId))
})

test('what waits when the page is left arrives: posthog', async (t) => {
  const { receiver, visit } = await speaking(t, 'posthog', { data: { ...YES, key: 'phc_x', batchMs: 60_000 } })
  await visit.page.evaluate((add) => {
    window.cartbeacon('track', 'add_to_cart', add)
    location.href = '/cb/stub.js'
  }, ADD)
  await receiver.expect((all) => all.flatMap((r) => json(r).batch).some(({ event }) => event === 'Product Added'), 'the event of a page that is left')
  const { api_key, sent_at, batch } = json(receiver.requests.at(-1))
  assert.equal(api_key, 'phc_x')
  assert.ok(Math.abs(Date.parse(sent_at) - Date.now()) < 20_000)
  const [view, added] = batch
  assert.deepEqual([view.event, added.event, added.properties.product_id], ['$pageview', 'Product Added', 'A1'])
  assert.equal(added.distinct_id, view.distinct_id)
  assert.match(added.uuid, /^[\da-f-]{36}$/)
  assert.equal(receiver.preflights, 0)
})

test('posthog refuses one event: its batch is halved until only that one is lost', async (t) => {
  const { receiver, visit } = await speaking(t, 'posthog', { data: { ...YES, key: 'phc_x', batchMs: 300 } })
  receiver.answer = ({ body }) => (body.includes('"bad_one"') ? { status: 400, body: 'event submitted without a distinct_id' } : { body: '{"status":"Ok"}' })
  for (const name of ['good_one', 'good_two', 'bad_one', 'good_three']) await visit.cb('track', name)
  await settled(visit, { acknowledged: 4, lost: { rejected: 1 } })
  const stored = receiver.requests.filter(({ body }) => !body.includes('"bad_one"')).flatMap((r) => json(r).batch.map(({ event }) => event))
  assert.deepEqual(stored.sort(), ['$pageview', 'good_one', 'good_three', 'good_two'])
})

test('umami counts what its receiver left out, and sends nothing twice that may have arrived', async (t) => {
  const { receiver, visit } = await speaking(t, 'umami', { data: { ...YES, key: '11111111-1111-4111-8111-111111111111' } })
  receiver.answer = ({ body }) => (body.includes('left_out') ? { body: '{"size":1,"processed":0,"errors":1,"details":[]}' } : {})
  await settled(visit, { acknowledged: 1 })
  await visit.cb('track', 'left_out')
  await settled(visit, { acknowledged: 1, lost: { rejected: 1 } })
  receiver.answer = () => ({ drop: true })
  await visit.cb('track', 'purchase', ORDER)
  await settled(visit, { acknowledged: 1, handedOver: 1, lost: { rejected: 1 } })
  receiver.answer = () => ({})
  await visit.cb('track', 'after')
  await settled(visit, { acknowledged: 2, handedOver: 1, lost: { rejected: 1 } })
  const orders = receiver.requests.flatMap(json).filter(({ payload }) => payload.name === 'purchase')
  assert.equal(orders.length, 1)
  assert.deepEqual([orders[0].payload.data.revenue, orders[0].payload.data.currency, orders[0].payload.hostname], [19.8, 'EUR', new URL(visit.page.url()).host])
  assert.equal(receiver.requests[0].path, '/api/batch')
})

test('matomo gets queries, a busy one gets them again later', async (t) => {
  const { receiver, visit } = await speaking(t, 'matomo', { data: { ...YES, key: 7 } })
  receiver.answer = (_, count) => (count === 1 ? { status: 503, headers: { 'retry-after': '1' } } : { body: '{"status":"success","tracked":1,"invalid":0}' })
  await settled(visit, { acknowledged: 1 })
  await visit.cb('track', 'purchase', ORDER)
  await settled(visit, { acknowledged: 2 })
  const [refused, again, order] = receiver.requests
  assert.ok(again.at - refused.at >= 900, 'Retry-After is kept')
  assert.equal(json(again).requests[0], json(refused).requests[0])
  const query = new URLSearchParams(json(order).requests[0])
  assert.deepEqual(['idsite', 'idgoal', 'ec_id', 'revenue', 'ca'].map((name) => query.get(name)), ['7', '0', 'O-1', '24.7', null])
  assert.deepEqual(JSON.parse(query.get('ec_items')), [['A1', 'Mug', [], 9.9, 2]])
})

test('snowplow: JSON with a preflight while the page lives, URLs when it is left', async (t) => {
  const { receiver, visit } = await speaking(t, 'snowplow', { data: { ...YES, key: 'shop', batchMs: 50 } })
  await settled(visit, { acknowledged: 1 })
  const [post] = receiver.requests
  assert.deepEqual([post.path, post.type], ['/com.snowplowanalytics.snowplow/tp2', 'application/json; charset=UTF-8'])
  assert.equal(json(post).data[0].e, 'pv')
  await visit.page.evaluate((order) => {
    window.cartbeacon('track', 'my_event')
    window.cartbeacon('track', 'purchase', order)
    location.href = '/cb/stub.js'
  }, ORDER)
  const all = await receiver.expect((requests) => requests.length >= 2 && requests.some(({ path, body }) => (path + body).includes('O-1')), 'the order')
  const eids = all.flatMap((r) => (r.method === 'GET' ? [new URLSearchParams(r.path.split('?')[1]).get('eid')] : json(r).data.map(({ eid }) => eid)))
  assert.ok(eids.every((eid) => /^[\da-f-]{36}$/.test(eid)))
})

test('plausible: an event a request, lines and lists as they come', async (t) => {
  const plausible = await speaking(t, 'plausible', { data: YES })
  await plausible.visit.cb('track', 'add_to_cart', ADD)
  await settled(plausible.visit, { acknowledged: 2 })
  const events = plausible.receiver.requests.map(json)
  assert.deepEqual(events.map(({ name }) => name), ['pageview', 'add_to_cart'])
  assert.equal(events[1].props.item_id, 'A1')

  const lines = await speaking(t, 'ndjson', { path: '/in?token=t', data: YES })
  await lines.visit.cb('track', 'add_to_cart', ADD)
  await settled(lines.visit, { acknowledged: 2 })
  const all = lines.receiver.requests.flatMap(({ body }) => body.trimEnd().split('\n').map((line) => JSON.parse(line)))
  assert.deepEqual(all.map(({ type }) => type), ['page_view', 'add_to_cart'])
  assert.deepEqual(all[1].data.items, [ITEM])
  assert.equal(lines.receiver.requests[0].path, '/in?token=t')
})

test('formats of the larger part: a header of its own, a template, a picture, records that were refused', async (t) => {
  const klaviyo = await speaking(t, 'klaviyo', { data: { ...YES, key: 'PUBLIC' } })
  await settled(klaviyo.visit, { acknowledged: 1 })
  const [event] = klaviyo.receiver.requests
  assert.deepEqual([event.path, event.type, event.revision], ['/client/events?company_id=PUBLIC', 'application/vnd.api+json', '2026-07-15'])
  assert.equal(json(event).data.attributes.metric.data.attributes.name, 'Active on Site')

  const mapping = { kind: '$name', price: '$data.value', fixed: 1 }
  const custom = await speaking(t, 'custom', { path: '/own', data: { ...YES, mapping } })
  await custom.visit.cb('track', 'add_to_cart', ADD)
  await settled(custom.visit, { acknowledged: 2 })
  assert.deepEqual(custom.receiver.requests.flatMap(json), [{ kind: 'page_view', price: null, fixed: 1 }, { kind: 'add_to_cart', price: 19.8, fixed: 1 }])

  const pixel = await speaking(t, 'pixel', { path: '/p.gif', data: { ...YES, mapping: { e: '$name', v: '$data.value' } } })
  await pixel.visit.cb('track', 'add_to_cart', ADD)
  await settled(pixel.visit, { handedOver: 2 })
  assert.deepEqual(pixel.receiver.requests.map(({ method, path }) => `${method} ${path}`), ['GET /p.gif?e=page_view', 'GET /p.gif?e=add_to_cart&v=19.8'])

  const otlp = await speaking(t, 'otlp', { data: YES })
  await settled(otlp.visit, { acknowledged: 1 })
  otlp.receiver.answer = () => ({ body: '{"partialSuccess":{"rejectedLogRecords":"1"}}' })
  await otlp.visit.cb('track', 'add_to_cart', ADD)
  await settled(otlp.visit, { acknowledged: 1, lost: { rejected: 1 } })
  assert.equal(otlp.receiver.requests[0].path, '/v1/logs')
})

test('a secret is refused with the reason, and nothing is requested', async (t) => {
  const { receiver, visit } = await speaking(t, 'posthog', { data: { ...YES, key: 'phx_private' } })
  const ready = await visit.ready()
  assert.equal(ready.engine, 'none')
  assert.match(ready.reason, /^key: this is a private key, every visitor could read it/)
  const ga4 = await speaking(t, 'ga4-mp', { data: YES })
  assert.match((await ga4.visit.ready()).reason, /api_secret is a secret/)
  const typo = await speaking(t, 'posthogg', { data: YES })
  assert.equal((await typo.visit.ready()).reason, 'format: not a format of this build')
  assert.deepEqual([...receiver.requests, ...ga4.receiver.requests, ...typo.receiver.requests], [])
})

test('the collection ends with the yes: after a withdrawal no request follows', async (t) => {
  const { receiver, visit } = await speaking(t, 'segment', { data: { ...YES, key: 'WRITE' } })
  await settled(visit, { acknowledged: 1 })
  await visit.cb('consent', 'withdraw')
  const before = receiver.requests.length
  await visit.cb('track', 'add_to_cart', ADD)
  await visit.cb('flush')
  await visit.page.waitForTimeout(300)
  assert.equal(receiver.requests.length, before)
})

test('cartbeacon/all asks for all formats at once, the usual entry for the usual ones first', async (t) => {
  for (const [entry, wanted] of [['all', ['formats-all.js']], ['index', ['formats.js', 'formats-all.js']]]) {
    const world = await pages(t)
    const receiver = await new Receiver().start()
    world.atEnd(() => receiver.stop())
    const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${receiver.origin}`
    await world.answer('/shop.html', () => ({ headers: { 'content-security-policy': policy } }))
    const options = { endpoint: receiver.origin, site: 's', format: 'klaviyo', key: 'PUBLIC', batch: { ms: 50 }, consent: { default: { analytics: 'granted' } } }
    const script = `import('/cb/${entry}.js').then(({ init }) => init(${JSON.stringify(options)}))`
    const visit = await world.visit()
    await visit.page.goto(world.put('shop', { head: '', script }))
    await receiver.expect((all) => all.length > 0, 'the page view')
    const fetched = visit.requests.map(({ url }) => url.split('/cb/')[1]).filter((file) => file?.startsWith('formats'))
    assert.deepEqual(fetched, wanted, entry)
  }
})
