// Bad input: each gets a reason that names the field, nothing is thrown or printed in the page, and the neighbours arrive.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pages, tags, YES } from './world.mjs'

const SCRIPT = '<script src="/bad-input.js"></script>'

async function visiting(t, data) {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('page', { head: SCRIPT + tags({ ...YES, ...data }) }))
  return { world, visit, page: visit.page, collector: world.collector }
}

/** Both neighbours of every call, by what the call was. */
const neighbours = (events) => events.filter(({ name }) => /^n_/.test(name)).map(({ name, data }) => `${name} ${data.what}`).sort()
const expectedNeighbours = (whats) => whats.flatMap((what) => [`n_before ${what}`, `n_after ${what}`]).sort()

async function assertUnharmed(page) {
  assert.deepEqual(await page.evaluate(() => window.complaints), [], 'window.onerror and unhandledrejection')
}

test('every bad event gets a reason that names the field, and its neighbours arrive', async (t) => {
  const { visit, page } = await visiting(t)
  const wrong = await page.evaluate(() => window.callAll(window.BAD, (...call) => window.cartbeacon(...call)))
  assert.deepEqual(wrong, [])
  const whats = await page.evaluate(() => Object.keys(window.BAD))
  await assertUnharmed(page)
  const { accepted, lost } = await visit.cb('stats')
  assert.deepEqual([accepted, lost], [2 * whats.length + 1, {}], 'what was refused is nowhere counted')
  const events = await visit.leave()
  assert.deepEqual(neighbours(events), expectedNeighbours(whats))
  assert.equal(events.length, 2 * whats.length + 1, 'and nothing else does')
})

test('what is unusual and right is taken, with a remark on what was mended', async (t) => {
  const { visit, page } = await visiting(t)
  assert.deepEqual(await page.evaluate(() => window.callAll(window.GOOD, (...call) => window.cartbeacon(...call))), [])
  await assertUnharmed(page)
  const events = (await visit.leave()).filter(({ name }) => !/^n_|page_view/.test(name))
  assert.equal(events.length, 6)
  assert.equal(events.find(({ data }) => data.on).data.on, '1970-01-01T00:00:00.000Z')
  assert.equal(events.find(({ data }) => data.items?.[0].item_name).data.items[0].item_name, 'Mug \ufffd')
  assert.equal(events.find(({ data }) => data.items?.[0].price === 10).data.items[0].price, 10)
  assert.equal(events.find(({ name }) => name === 'search').data.search_term, 'чашка 茶碗 كوب 🫖 "quoted" \\ \u0000 \u2028')
})

test('before the engine is ready bad events harm nothing either, and their neighbours arrive', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  // The engine keeps everyone waiting until the calls have been made.
  let release
  const made = new Promise((resolve) => { release = resolve })
  await visit.page.route('**/cartbeacon.wasm', async (route) => {
    await made
    await route.continue()
  })
  await visit.page.goto(world.put('page', { head: SCRIPT + tags(YES) }))
  await visit.page.waitForFunction(() => window.cartbeacon.tracker)
  const thrown = await visit.page.evaluate(() => {
    const { tracker } = window.cartbeacon
    return window.callAll(window.BAD, (method, ...call) => tracker[method](...call)).filter(([, { reason }]) => /^threw/.test(reason))
  })
  assert.deepEqual(thrown, [])
  release()
  await visit.ready()
  await assertUnharmed(visit.page)
  const whats = await visit.page.evaluate(() => Object.keys(window.BAD))
  assert.deepEqual(neighbours(await visit.leave()), expectedNeighbours(whats))
})

test('calls that are not events get their reasons too', async (t) => {
  const { visit, page } = await visiting(t)
  for (const [call, reason] of [
    [['consent', { analytics: 'yes' }], 'analytics: neither granted nor denied'],
    [['consent', { analytic: 'granted' }], 'analytic: not a purpose'],
    [['consent', 7], 'consent: not an object'],
    [['identify', ''], 'userId: not a text of 1 to 256 characters'],
    [['identify', { id: 7 }], 'userId: not a text of 1 to 256 characters'],
    [['identify', 'x'.repeat(300)], 'userId: not a text of 1 to 256 characters'],
    [['cart', { items: [] }], 'cart: needs the option cart'],
    [['trak', 'login'], 'command: unknown'],
    [['page', { shelf: { top: true } }], 'shelf: not text, a number or a boolean'],
  ]) {
    const answer = await visit.cb(...call)
    assert.deepEqual([answer.accepted, answer.reason], [false, reason], JSON.stringify(call).slice(0, 60))
  }
  assert.equal((await visit.cb('explain', 'nonsense')).state, 'unknown')
  const subscribing = await page.evaluate(() => {
    window.heard = 0
    const none = window.cartbeacon.tracker.on('evnt', () => {})
    window.cartbeacon('on', 'event', () => { throw new Error('from a subscriber') })
    window.cartbeacon('on', 'event', () => { window.heard++ })
    // Subscribers have heard of what is answered.
    return [typeof none, window.cartbeacon('track', 'login').accepted && window.heard]
  })
  assert.deepEqual(subscribing, ['function', 1], 'a subscriber that throws keeps nobody from hearing')
  await assertUnharmed(page)
  assert.equal((await visit.cb('ids')).consent, 'granted', 'a misspelt consent changes nothing')
  assert.deepEqual((await visit.leave()).map(({ name }) => name).sort(), ['login', 'page_view'])
})

test('an endpoint that is not a URL stops the tracker and nothing else', async (t) => {
  const world = await pages(t)
  for (const [endpoint, reason] of [['not a url', 'endpoint: not a URL'], ['javascript:alert(1)', 'endpoint: not a URL'], [undefined, 'endpoint: required']]) {
    const visit = await world.visit()
    await visit.page.goto(world.put('endpoint', { head: SCRIPT + tags({ ...YES, endpoint }) }))
    assert.deepEqual(await visit.ready(), { engine: 'none', reason })
    assert.deepEqual(await visit.cb('track', 'login'), { id: '', accepted: false, reason })
    await assertUnharmed(visit.page)
    assert.deepEqual(await visit.leave(), [])
    assert.deepEqual(visit.writes, [])
  }
})

test('an unknown option is told in debug mode, and the tracker works', async (t) => {
  const world = await pages(t)
  const options = { colour: 'red', batchEvent: '5', storage: 'disk' }
  const told = ['colour: not an option', 'batch.event: not an option', 'storage: not a possible value']
  const quiet = await world.visit()
  await quiet.go(world.put('quiet', { head: tags({ ...YES, ...options }) }))
  assert.equal((await quiet.cb('track', 'login')).accepted, true)
  await quiet.leave()
  const loud = await world.visit({ loud: true })
  await loud.go(world.put('loud', { head: tags({ ...YES, ...options, debug: 'true' }) }))
  await loud.cb('track', 'add_to_cart', {})
  assert.deepEqual(loud.complaints.sort(), [...told, 'items: required, in add_to_cart'].map((text) => `warning: cartbeacon: ${text}`).sort())
  assert.deepEqual((await loud.leave()).map(({ name }) => name), ['page_view', 'login', 'page_view'])
})

const CALLS = ['consent', { analytics: 'granted' }]

/** What a page has of a tracker without an engine: calls are answered, counted and lost by name, and nothing is hurt. */
async function assertInert(visit, reason) {
  const state = await visit.ready()
  assert.equal(state.engine, 'none')
  assert.match(state.reason, reason)
  const answer = await visit.cb('track', 'login')
  assert.equal(answer.accepted, false)
  assert.match(answer.reason, reason)
  await visit.cb(...CALLS)
  await visit.cb('flush')
  const { accepted, lost } = await visit.cb('stats')
  assert.equal(accepted, lost.no_engine ?? 0, 'the counters add up')
  await assertUnharmed(visit.page)
  assert.deepEqual(await visit.leave(), [])
  assert.deepEqual(visit.writes, [])
}

for (const [what, answer, reason] of [
  ['is not there', { status: 404, body: 'not found' }, /^wasm http:.*cartbeacon\.wasm: HTTP 404$/],
  ['is not wasm', { status: 200, headers: { 'content-type': 'application/wasm' }, body: '<!doctype html>' }, /^wasm http:.*cartbeacon\.wasm: .*magic/],
  ['is cut off', { status: 200, headers: { 'content-type': 'text/plain' }, body: '\0asm\x01\0\0\0\x05' }, /^wasm http:/],
]) {
  test(`a wasm file that ${what} ends the tracker with a reason, and the page goes on`, async (t) => {
    const world = await pages(t)
    await world.answer('/cb/cartbeacon.wasm', () => answer)
    const visit = await world.visit()
    await visit.page.goto(world.put('page', { head: SCRIPT + tags(YES), script: "cartbeacon('track', 'login')" }))
    await assertInert(visit, reason)
  })
}

test('a wasm file of the wrong MIME type is taken all the same', async (t) => {
  const world = await pages(t)
  await world.answer('/cb/cartbeacon.wasm', () => ({ headers: { 'content-type': 'text/plain' } }))
  const visit = await world.visit()
  await visit.page.goto(world.put('page', { head: SCRIPT + tags(YES) }))
  assert.deepEqual(await visit.ready(), { engine: 'wasm' })
  await assertUnharmed(visit.page)
  assert.deepEqual((await visit.leave()).map(({ name }) => name), ['page_view'])
})

test("a page whose policy forbids wasm is told so, and goes on", async (t) => {
  const world = await pages(t)
  const path = world.put('page', { head: SCRIPT + tags(YES), script: "cartbeacon('track', 'login')" })
  await world.answer(path, () => ({ headers: { 'content-security-policy': "default-src 'self'; script-src 'self'" } }))
  const visit = await world.visit()
  await visit.page.goto(path)
  await assertInert(visit, /^(privacy: )?CSP: script-src needs 'wasm-unsafe-eval'$/)
})

test('a collector that is down from the start is no matter to the page', async (t) => {
  const { visit, page, collector } = await visiting(t, { consentDefault: undefined })
  await collector.stop()
  await visit.cb('consent', { analytics: 'granted' })
  assert.equal((await visit.cb('track', 'login')).accepted, true)
  await visit.cb('flush')
  await page.waitForFunction(() => window.cartbeacon('stats').queued > 0)
  await assertUnharmed(page)
  await collector.start()
  await collector.expectNames('page_view', 'login')
})

test('a page that breaks its own globals loses the tracker and nothing else', async (t) => {
  const { visit, page } = await visiting(t)
  await visit.cb('track', 'login')
  const answers = await page.evaluate(() => {
    window.clicked = 0
    addEventListener('click', () => { window.clicked++ })
    Date.now = () => { throw new Error('no clock') }
    document.body.click()
    return [window.cartbeacon('track', 'share'), window.cartbeacon('track', 'share'), window.clicked]
  })
  assert.deepEqual(answers.map((answer) => answer.accepted ?? answer), [false, false, 1])
  assert.match(answers[0].reason, /^engine: Error: no clock/)
  assert.deepEqual((await visit.ready()).engine, 'none')
  await assertUnharmed(page)
})

test('a page with polluted prototypes is captured as any other', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.page.addInitScript(() => {
    // As old libraries did.
    Object.prototype.extend = () => {}
    Array.prototype.toJSON = undefined
    Array.prototype.last = function () { return this[this.length - 1] }
  })
  await visit.go(world.put('page', { head: SCRIPT + tags(YES), body: '<button>go</button>' }))
  assert.deepEqual(await visit.ready(), { engine: 'wasm' })
  const answer = await visit.cb('track', 'add_to_cart', { items: [{ item_id: 'QN-1' }] })
  assert.deepEqual([answer.accepted, answer.reason], [true, ''])
  await visit.page.click('button')
  await assertUnharmed(visit.page)
  assert.deepEqual((await visit.leave()).map(({ name }) => name).sort(), ['add_to_cart', 'click', 'page_view'])
})
