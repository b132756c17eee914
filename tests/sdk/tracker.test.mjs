import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh, heard, openPage, openTracker } from './page.mjs'

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/
const sum = ({ held, queued, inDoubt, handedOver, acknowledged, lost }) =>
  held + queued + inDoubt + handedOver + acknowledged + Object.values(lost).reduce((all, n) => all + n, 0)

test('early calls wait in order and reach the engine with their own time, URL, title, referrer and id', async () => {
  const { page, tracker } = await openTracker()
  tracker.consent({ analytics: 'granted' })
  const before = Date.now()
  const early = tracker.track('add_to_cart', { items: [{ item_id: 'a' }] })
  location.search = '?page=3'
  document.title = 'Page 3'
  tracker.identify('42')
  tracker.flush()
  assert.deepEqual(early, { id: early.id, accepted: true, reason: 'queued until the engine is ready' })
  assert.match(early.id, UUID7)
  assert.deepEqual(await tracker.ready, { engine: 'wasm' })

  const [consent, track, identify, flush] = heard(page)
  assert.deepEqual([consent.slice(0, 2), identify.slice(0, 2)], [['consent', '1'], ['identify', '"42"']])
  assert.equal(flush[0], 'flush')
  assert.deepEqual(track.slice(0, 3), ['track', 'add_to_cart', '{"items":[{"item_id":"a"}]}'])
  const { t, ...context } = JSON.parse(track[3])
  const here = { url: 'https://shop.test/list?page=2', title: 'List', referrer: 'https://search.test/' }
  assert.deepEqual(context, { ...here, id: early.id })
  assert.ok(t >= before && t <= Date.now())
  assert.equal(parseInt(early.id.replace('-', '').slice(0, 12), 16), t)
})

test('an order has one id, early and late, that a server can make too', async () => {
  const { page, tracker } = await openTracker({ site: 'my-shop' })
  const order = (id) => tracker.track('purchase', { transaction_id: id, currency: 'EUR', value: 1, items: [{ item_id: 'a' }] })
  // README's test vector.
  const expected = 'a21282b8-cead-8f20-8e1c-6cba5947e64a'
  assert.equal(order('1001').id, expected)
  await tracker.ready
  order(1001)
  order('1002')
  const ids = heard(page).map(([, , , context]) => JSON.parse(context).id)
  assert.deepEqual(ids.slice(0, 2), [expected, expected])
  assert.notEqual(ids[2], expected)
  assert.equal(JSON.parse(heard(page)[1][3]).url, 'https://shop.test/list?page=2')
})

test('a page that is only being prepared starts nothing until it is shown', async () => {
  let show
  const page = openPage()
  Object.assign(document, { prerendering: true, addEventListener: (name, shown) => name === 'prerenderingchange' && (show = shown) })
  const { init } = await fresh('index.js')
  const tracker = init({ endpoint: '/collect', site: 'shop' })
  const early = tracker.track('view_item', { items: [{ item_id: 'a' }] })
  while (!show) await new Promise((done) => setTimeout(done, 5))
  await new Promise((done) => setTimeout(done, 20))
  assert.equal(page.engines.length, 0)
  show()
  await tracker.ready
  assert.equal(JSON.parse(heard(page)[0][3]).id, early.id)
})

test('fields are read when the call is made, not when it is replayed', async () => {
  const { page, tracker } = await openTracker()
  const fields = { step: 1 }
  tracker.track('checkout_step', fields)
  fields.step = 2
  await tracker.ready
  assert.equal(heard(page)[0][2], '{"step":1}')
})

test('a call when all is ready is one call of the engine, here and now', async () => {
  const { page, tracker } = await openTracker()
  await tracker.ready
  const { id, accepted } = tracker.track('login', { method: 'mail' })
  assert.deepEqual([id.length, accepted], [36, true])
  assert.deepEqual(heard(page), [['track', 'login', '{"method":"mail"}', '']])
  assert.equal(tracker.track('rounded').reason, "value: rounded to the currency's minor unit")
})

test('a refusal is answered with its reason, from the engine or from before it, and neighbours survive', async () => {
  const { page, tracker } = await openTracker({ debug: true })
  await tracker.ready
  assert.deepEqual(tracker.track('bad'), { id: '', accepted: false, reason: 'items: required, in bad' })
  const notANumber = tracker.track('view_item', { items: [{ price: NaN }] })
  assert.deepEqual(notANumber, { id: '', accepted: false, reason: 'items[0].price: not a finite number' })
  assert.equal(tracker.consent({ analytics: 'maybe' }).accepted, false)
  assert.equal(tracker.track('login').accepted, true)
  assert.deepEqual(page.warnings, [
    'cartbeacon: items: required, in bad',
    'cartbeacon: items[0].price: not a finite number',
    'cartbeacon: analytics: neither granted nor denied',
  ])
})

test('a cart without the part for it is refused, not ignored', async () => {
  const { tracker } = await openTracker()
  await tracker.ready
  assert.deepEqual(tracker.cart({ items: [] }), { id: '', accepted: false, reason: 'cart: needs the option cart' })
})

test('what had to be mended is accepted with a remark, early and later', async () => {
  const { page, tracker } = await openTracker({ debug: true })
  const cut = () => tracker.track('search', { search_term: '\ud800' })
  document.title = 'cut \udc00'
  const remark = 'search_term: a cut character became U+FFFD'
  assert.deepEqual([cut().accepted, cut().reason], [true, remark])
  await tracker.ready
  assert.deepEqual([cut().accepted, cut().reason], [true, remark])
  assert.equal(JSON.parse(heard(page)[0][3]).title, 'cut \ufffd')
  assert.deepEqual(page.warnings, Array(4).fill('cartbeacon: ' + remark))
})

test('without debug nothing reaches the console', async () => {
  const { page, tracker } = await openTracker()
  tracker.track('x', { a: NaN })
  await tracker.ready
  tracker.track('bad')
  assert.deepEqual(page.warnings, [])
})

test('init twice with the same site is the same tracker, also from another copy of the code', async () => {
  const { init, tracker } = await openTracker()
  assert.equal(init({ endpoint: '/other', site: 'shop' }), tracker)
  const copy = await fresh('inline.js')
  assert.equal(copy.init({ endpoint: '/collect', site: 'shop' }), tracker)
  const other = init({ endpoint: '/collect', site: 'other' })
  assert.notEqual(other, tracker)
  await other.ready
})

test('two sites share one wasm', async () => {
  const { page, init, tracker } = await openTracker()
  const other = init({ endpoint: '/collect', site: 'other' })
  await Promise.all([tracker.ready, other.ready])
  assert.equal(page.fetched.length, 1)
  assert.deepEqual(page.engines.map(({ list: [site] }) => site).sort(), ['other', 'shop'])
})

test('the engine gets the options, and debug hears what was not understood', async () => {
  const { page, tracker } = await openTracker({ batch: { events: 5 }, colour: 1, wasm: 'https://cdn.test/x.wasm' })
  const told = []
  tracker.on('debug', (notice) => told.push(notice))
  await tracker.ready
  assert.deepEqual(page.engines[0].list.slice(0, 4), ['shop', '', 5, 49152])
  assert.deepEqual(told, [{ reason: 'colour: not an option' }])
  assert.deepEqual(page.fetched, ['https://cdn.test/x.wasm'])
})

test('options that make no sense stop the tracker, say why, and never throw', async () => {
  for (const [options, reason] of [
    [{ endpoint: '' }, 'endpoint: required'],
    [{ beforeSend: 5 }, 'filter: beforeSend: not a function'],
  ]) {
    const { tracker } = await openTracker(options)
    assert.deepEqual(await tracker.ready, { engine: 'none', reason })
    assert.deepEqual(tracker.track('login'), { id: '', accepted: false, reason })
  }
  openPage()
  const { init } = await fresh('index.js')
  for (const options of [undefined, null, 'x', 5]) assert.equal((await init(options).ready).reason, 'endpoint: required')
})

test('subscribers hear what they asked for, and one that throws hurts nobody', async () => {
  const { page, tracker } = await openTracker({ debug: true })
  const heardOf = []
  tracker.on('event', () => {
    throw new Error('from a subscriber')
  })
  const off = tracker.on('event', (notice) => heardOf.push(notice))
  await tracker.ready
  const [engine] = page.engines
  assert.deepEqual(engine.calls.slice(0, 2).map(([name, first]) => [name, first]), [['subscribe', '33'], ['start', '']])
  tracker.on('loss', () => {})
  assert.deepEqual(engine.calls.at(-1).slice(0, 2), ['subscribe', '37'])
  engine.tell('event', '{"name":"first"}')
  off()
  engine.tell('event', '{"name":"second"}')
  engine.tell('debug', '{"reason":"colour: not an option"}')
  assert.deepEqual(heardOf, [{ name: 'first' }])
  const thrown = 'cartbeacon: Error: from a subscriber'
  assert.deepEqual(page.warnings, [thrown, thrown, 'cartbeacon: colour: not an option'])
})

test('an impossible subscription is refused with a reason, and still answers a function', async () => {
  const { page, tracker } = await openTracker({ debug: true })
  tracker.on('clicks', () => {})()
  tracker.on()()
  assert.deepEqual(page.warnings, Array(2).fill('cartbeacon: on: unknown topic'))
})

test('questions have an answer before the engine is ready, and the sum is right', async () => {
  const { tracker } = await openTracker()
  tracker.track('login')
  tracker.page()
  tracker.flush()
  const stats = tracker.stats()
  assert.deepEqual([stats.accepted, stats.held, sum(stats)], [2, 2, 2])
  assert.equal(tracker.explain('x').state, 'held')
  assert.deepEqual([tracker.ids(), tracker.exportData()], [{ visitor: '', session: '', consent: 'pending' }, {}])
  await tracker.ready
  const { sdkMs, ...counts } = tracker.stats()
  const counted = { accepted: 7, held: 1, queued: 2, inDoubt: 0, handedOver: 0, acknowledged: 3, lost: { expired: 1 }, bytesSent: 900, batches: 2, redacted: {} }
  assert.ok(sdkMs >= 0 && sdkMs < 1000, `${sdkMs} ms`)
  assert.deepEqual([counts, tracker.explain('x')], [counted, { id: 'x', state: 'queued' }])
  assert.deepEqual(tracker.ids(), { visitor: 'v' })
})

test('what is kept for this tracker is shown, and nothing of others, also where there is no engine', async () => {
  const { page, tracker } = await openTracker({ site: 'a.b' }, { answer: () => new Response('', { status: 404 }) })
  const own = { cb_ab: '1.v=', 'cb_ab.cart': '{}', 'cb_ab!': '1', 'cb_ab!x!1': '7.1,2' }
  document.cookie = 'other=1; cb_ab=1.v=; cb_abc=2; lone'
  Object.defineProperty(globalThis, 'localStorage', { value: { ...own, 'shop.cart': '[]', 'cb_ab-c': '1', cb_: '2' }, configurable: true, writable: true })
  delete localStorage.cb_ab
  assert.deepEqual(tracker.exportData(), own)
  await tracker.ready
  assert.deepEqual([tracker.exportData(), page.engines.length], [own, 0])
  Object.defineProperty(globalThis, 'localStorage', { get: () => { throw new Error('blocked') } })
  assert.deepEqual(tracker.exportData(), { cb_ab: '1.v=' })
})

test('more early calls than the queue holds are refused, not lost in silence', async () => {
  const { tracker } = await openTracker()
  for (let i = 0; i < 500; i++) assert.ok(tracker.track('login').accepted)
  assert.equal(tracker.track('login').reason, 'queue: full until the engine is ready')
  assert.equal(tracker.stats().accepted, 500)
})

test('a trap stops the tracker: nothing throws, nothing enters the wasm again, and every answer says so', async () => {
  const { page, tracker } = await openTracker()
  tracker.track('login')
  await tracker.ready
  assert.ok(tracker.track('login').accepted)
  const reason = 'engine: RuntimeError: unreachable'
  assert.deepEqual(tracker.track('trap'), { id: '', accepted: false, reason })
  const calls = page.engines[0].calls.length
  assert.deepEqual(tracker.track('login'), { id: '', accepted: false, reason })
  assert.equal(tracker.explain().reason, reason)
  const stats = tracker.stats()
  assert.deepEqual([stats.accepted, stats.inDoubt, sum(stats)], [2, 2, 2])
  assert.deepEqual(await tracker.ready, { engine: 'none', reason })
  assert.equal(page.engines[0].calls.length, calls)
})

test('a trap in a listener or timer stays inside as well', async () => {
  const { page, tracker } = await openTracker()
  await tracker.ready
  page.engines[0].isBroken = true
  assert.doesNotThrow(() => page.fire('online'))
  assert.equal(tracker.track('login').reason, 'engine: RuntimeError: unreachable')
})

test('the engine starts with the login that was named before it was ready', async () => {
  for (const [early, user] of [[[['track', 'x'], ['identify', 'u'], ['reset']], '"u"'], [[['reset'], ['identify', 'u']], ''], [[], '']]) {
    const { page, tracker } = await openTracker()
    for (const [command, ...values] of early) tracker[command](...values)
    await tracker.ready
    const before = page.engines[0].calls.slice(0, page.engines[0].calls.findIndex(([name]) => name === 'shown'))
    assert.deepEqual(before.map(([name, text]) => [name, text]).slice(2), user ? [['identify', user]] : [])
  }
})

test('shutdown reaches the engine, and the site can start anew', async () => {
  const { page, init, tracker } = await openTracker()
  await tracker.ready
  tracker.shutdown()
  assert.equal(page.engines[0].calls.at(-1)[0], 'shutdown')
  page.fire('online')
  assert.equal(page.engines[0].calls.at(-1)[0], 'shutdown', 'nothing is heard any more')
  assert.equal(tracker.track('login').reason, 'tracker: shut down')
  assert.equal(tracker.stats().accepted, 7)
  assert.notEqual(init({ endpoint: '/collect', site: 'shop' }), tracker)
})
