// Bad input is part of the feature: every kind gets a reason that names the field, nothing reaches the page's console or
// error events (the harness fails a visit that was not silent), and the neighbours arrive.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, pages, tag } from './world.mjs'

const STUB = '<script src="/cb/stub.js"></script>'

/** What a shop may hand over by mistake: as JavaScript, since most of it cannot be written in JSON. */
const MISTAKES = [
  ['a name nobody knows', "['addToCart', {}]", 'name: not a known or valid event name'],
  ['no items', "['add_to_cart', { currency: 'EUR', value: 1 }]", 'items: required'],
  ['a negative price', "['add_to_cart', { currency: 'EUR', items: [{ item_id: 'a', price: 1 }, { item_id: 'b', price: -1 }] }]", 'items[1].price: negative'],
  ['a currency that does not exist', "['add_to_cart', { currency: 'EUX', value: 1, items: [{ item_id: 'a' }] }]", 'currency: not an ISO 4217 code'],
  ['NaN', "['add_to_cart', { currency: 'EUR', items: [{ item_id: 'a', price: NaN }] }]", 'items[0].price: not a finite number'],
  ['2 MB of text', "['note', { text: 'x'.repeat(2e6) }]", 'text: larger than 64 KiB'],
  ['a cycle', '(() => { const a = {}; a.self = a; return ["note", a] })()', /^self: cyclic/],
  ['a getter that throws', "['note', { get price() { throw new Error('no') } }]", 'price: a getter threw'],
  ['a Proxy that throws', "['note', new Proxy({}, { ownKeys() { throw new Error('no') } })]", /^fields: /],
  ['10,000 items', "['view_item_list', { items: Array.from({ length: 10000 }, () => ({ item_id: 'a' })) }]", /^(items: more than 200|fields: larger than 64 KiB)$/],
  ['201 items', "['view_item_list', { items: Array.from({ length: 201 }, () => ({ item_id: 'a' })) }]", 'items: more than 200'],
  ['a function', "['note', { f() {} }]", /^f: /],
  ['a nested object', "['note', { deep: { er: 1 } }]", 'deep: not text, a number or a boolean'],
  ['text for fields', "['note', 'hello']", 'fields: not an object'],
]

for (const early of [false, true]) {
  const when = early ? 'before the engine is ready' : 'when all is ready'
  test(`every mistake ${when} is silent, and the neighbours arrive`, async (t) => {
    const world = await pages(t)
    const path = world.put('shop', { tags: STUB + tag(YES) })
    const visit = await world.visit()
    if (early) await visit.page.route('**/cartbeacon.wasm', async (route) => setTimeout(() => route.continue(), 500))
    await (early ? visit.page.goto(path) : visit.go(path))
    const reasons = await visit.page.evaluate((mistakes) => {
      window.cartbeacon('track', 'first', {})
      const answers = mistakes.map((call) => window.cartbeacon('track', ...eval(call)))
      window.cartbeacon('track', 'last', { name: 'a lone \ud83d surrogate' })
      return answers.map((answer) => answer?.reason)
    }, MISTAKES.map(([, call]) => call))
    await visit.ready()
    await visit.cb('flush')
    const events = await world.collector.expect((all) => all.some(({ name }) => name === 'last'), 'the last event')
    assert.deepEqual(events.map(({ name }) => name).sort(), ['first', 'last', 'page_view'])
    assert.equal(events.find(({ name }) => name === 'last').data.name, 'a lone \ufffd surrogate')
    if (early) return
    for (const [at, [what, , expected]] of MISTAKES.entries()) {
      if (expected instanceof RegExp) assert.match(String(reasons[at]), expected, what)
      else assert.equal(reasons[at], expected, what)
    }
  })
}

test('a well-behaved Proxy is as good as its target', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { tags: STUB + tag(YES) }))
  const answer = await visit.page.evaluate(() => window.cartbeacon('track', 'note', new Proxy({ text: 'hello' }, {})))
  assert.equal(answer.accepted, true)
})

test('unknown options are told in debug and change nothing else', async (t) => {
  const world = await pages(t)
  const visit = await world.visit({ loud: true })
  await visit.go(world.put('shop', { tags: STUB + tag({ ...YES, debug: true, colour: 'red', batchEvents: 'many' }) }))
  const { engine } = await visit.page.evaluate(() => window.cartbeacon.tracker.ready)
  assert.equal(engine, 'wasm')
  assert.ok(visit.complaints.some((line) => line.includes('colour: not an option')), String(visit.complaints))
  assert.ok(visit.complaints.some((line) => line.includes('batch.events: not a possible value')), String(visit.complaints))
})

test('a misspelt consent default sends nothing', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { tags: STUB + tag({ consentDefault: 'grant' }) }))
  assert.deepEqual(await visit.leave(), [])
})

test('an endpoint that is no URL stops the tracker with the reason', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { tags: STUB + tag({ endpoint: 'collect here' }) }))
  assert.deepEqual(await visit.page.evaluate(() => window.cartbeacon.tracker.ready), { engine: 'none', reason: 'endpoint: not a URL' })
  assert.deepEqual(await visit.cb('track', 'note', {}), { id: '', accepted: false, reason: 'endpoint: not a URL' })
})

/** Answers requests for the wasm in some wrong way and gives what `ready` says. */
async function withWasm(t, answer, loud) {
  const world = await pages(t)
  const visit = await world.visit({ loud })
  await visit.page.route('**/cartbeacon.wasm', answer)
  await visit.go(world.put('shop', { tags: STUB + tag(YES) }))
  return { world, visit, ready: await visit.page.evaluate(() => window.cartbeacon.tracker.ready) }
}

test('a wasm file that is not there stops the tracker with the reason', async (t) => {
  const { visit, ready } = await withWasm(t, (route) => route.fulfill({ status: 404, body: 'no' }))
  assert.equal(ready.engine, 'none')
  assert.match(ready.reason, /^wasm .*cartbeacon\.wasm: HTTP 404$/)
  assert.equal((await visit.cb('track', 'note', {})).accepted, false)
})

test('a network that fails for the wasm stops the tracker with the reason', async (t) => {
  const { ready } = await withWasm(t, (route) => route.abort())
  assert.match(ready.reason, /^wasm .*: Failed to fetch$/)
})

test('a page in place of the wasm stops the tracker with the reason', async (t) => {
  const { ready } = await withWasm(t, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Not found</h1>' }))
  assert.equal(ready.engine, 'none')
  assert.match(ready.reason, /^wasm .*magic/)
})

test('a wrong MIME type is no obstacle', async (t) => {
  const { world, visit, ready } = await withWasm(t, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), 'content-type': 'application/octet-stream' } })
  })
  assert.deepEqual(ready, { engine: 'wasm' })
  await visit.cb('flush')
  await world.collector.expect((all) => all.some(({ name }) => name === 'page_view'), 'the page view')
})

test('a CSP that forbids wasm stops the tracker and says which word is missing', async (t) => {
  const world = await pages(t)
  const visit = await world.visit({ loud: true })
  const path = world.put('shop', { tags: STUB + tag(YES) })
  await visit.page.route('**' + path, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': "script-src 'self'; connect-src 'self'" } })
  })
  await visit.go(path)
  const { engine, reason } = await visit.page.evaluate(() => window.cartbeacon.tracker.ready)
  assert.deepEqual([engine, reason], ['none', "CSP: script-src needs 'wasm-unsafe-eval'"])
  assert.deepEqual(visit.complaints.filter((line) => line.startsWith('Error') || line.startsWith('error: Uncaught')), [])
})

test('a collector that is down costs the page nothing, and its events arrive once it is up', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { tags: STUB + tag({ ...YES, batchMs: 100 }) }))
  await world.collector.stop()
  assert.equal((await visit.cb('track', 'note', {})).accepted, true)
  await visit.page.waitForFunction(() => window.cartbeacon('stats').batches > 0)
  await world.collector.start()
  await visit.page.evaluate(() => window.dispatchEvent(new Event('online')))
  const events = await world.collector.expect((all) => all.some(({ name }) => name === 'note'), 'the event')
  assert.deepEqual(events.map(({ name }) => name).sort(), ['note', 'page_view'])
})
