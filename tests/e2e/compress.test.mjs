// The option `compress`: the same rows at the collector for a fraction of the bytes, packed at once even while the page is being left,
// and text as ever where the part cannot be had.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { until } from './collector.mjs'
import { YES, pages, pagesApart, tags } from './world.mjs'

const COMPRESS = { ...YES, compress: true }

/** Remembers the bytes of every body on its way to the collector. */
async function listening(world) {
  const bodies = []
  await world.answer('/collect', ({ method }, _, bytes) => void (method === 'POST' && bodies.push(bytes)))
  return bodies
}

const isPacked = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b
const size = (bodies) => bodies.reduce((sum, { length }) => sum + length, 0)

/** Loads a page, and waits for its tracker and, where it asks for one, the packer. */
async function open(world, visit, data) {
  const part = data.compress && visit.page.waitForResponse('**/cb/gzip.js*')
  await visit.go(world.put('page', { head: tags(data) }))
  await part
  // The part is there; it is compiled within the next few tasks.
  if (part) await visit.page.evaluate(() => import('/cb/gzip.js').then(({ part }) => part))
}

/** Varied events `n0`, `n1`, … in one task. */
function burst(count) {
  for (let n = 0; n < count; n++)
    window.cartbeacon('track', `n${n}`, {
      currency: 'EUR',
      value: n,
      items: [1, 2, 3].map((i) => ({ item_id: `SKU-${(n * 37 * i) % 500}`, item_name: `Product ${(n * 91 + i) % 300} ü`, price: ((n * i) % 97) + 0.5, quantity: i })),
    })
}

const named = (count) => Array.from({ length: count }, (_, n) => `n${n}`)

test('with compress and without, the collector has the same rows; on the wire they are a fraction', async (t) => {
  const sent = {}
  const rows = {}
  for (const compress of [false, true]) {
    const world = await pages(t)
    const bodies = await listening(world)
    const visit = await world.visit()
    await open(world, visit, { ...YES, compress })
    await visit.page.evaluate(burst, 100)
    await visit.cb('flush')
    const events = await world.collector.expectNames('page_view', ...named(100))
    rows[compress] = events.map(({ name, data, page }) => ({ name, data, title: page.title })).sort((a, b) => (a.name < b.name ? -1 : 1))
    sent[compress] = bodies
    await until(async () => (await visit.cb('stats')).acknowledged === 101, 'acknowledged')
    assert.equal((await visit.cb('stats')).bytesSent, size(bodies), 'stats() counts what left')
  }
  assert.deepEqual(rows[true], rows[false])
  assert.ok(sent[true].filter(({ length }) => length > 2000).every(isPacked) && sent[true].some(isPacked), 'all larger bodies are packed')
  assert.equal(sent[false].some(isPacked), false)
  assert.ok(size(sent[true]) * 3 < size(sent[false]), `${size(sent[true])} bytes instead of ${size(sent[false])}`)
  t.diagnostic(`100 events: ${size(sent[false])} bytes in ${sent[false].length} bodies, packed ${size(sent[true])} in ${sent[true].length}`)
})

test('what a page sends as it is left is packed, and more arrives than fits as text', async (t) => {
  const world = await pages(t)
  const bodies = await listening(world)
  const visit = await world.visit()
  await open(world, visit, { ...COMPRESS, batchEvents: 1000 })
  await visit.cb('flush')
  await world.collector.expectNames('page_view')
  // Events that come earlier may go by plain fetches, which the browser ends with the page.
  await visit.page.evaluate(`addEventListener('pagehide', () => (${burst})(400)); location.href = '/cb/stub.js'`)
  // No page with a tracker follows: all this left with the page.
  const events = await world.collector.expectNames(...named(400))
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length)
  const packed = bodies.filter(isPacked)
  const text = packed.reduce((sum, bytes) => sum + gunzipSync(bytes).length, 0)
  assert.ok(text > 2 * 65_536 && size(packed) < 65_536, `${text} bytes of text in ${size(packed)}`)
  t.diagnostic(`400 events: ${text} bytes of text in ${packed.length} bodies of ${size(packed)}`)
})

test('a tab that is hidden sends packed', async (t) => {
  const world = await pages(t)
  const bodies = await listening(world)
  const window = await world.window()
  const tab = await window.tab(world.origin + world.put('page', { head: tags({ ...COMPRESS, batchEvents: 1000 }) }))
  const page = await tab.attach()
  await page.when("window.cartbeacon && document.readyState === 'complete'")
  await page.evaluate('cartbeacon.tracker.ready')
  await page.evaluate("import('/cb/gzip.js').then(({ part }) => part)")
  await page.evaluate(`(${burst})(30)`)
  await window.tab('about:blank')
  await world.collector.expectNames(...named(30))
  assert.ok(isPacked(bodies.at(-1)))
})

test('to an endpoint of another origin it goes packed without a preflight', async (t) => {
  const world = await pagesApart(t)
  const asked = []
  const endpoint = `${world.collector.origin}/collect`
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src ${endpoint} 'self'`
  await world.answer('/page.html', () => ({ headers: { 'content-security-policy': policy } }))
  const visit = await world.visit()
  await open(world, visit, { ...COMPRESS, endpoint })
  visit.page.on('request', (request) => asked.push([request.method(), request.headers()['content-type']]))
  await visit.page.evaluate(burst, 20)
  await world.collector.expectNames(...named(20))
  const posts = asked.filter(([method]) => method !== 'GET')
  assert.ok((await visit.cb('stats')).bytesSent < 4000, 'packed')
  assert.ok(posts.length && posts.every(([method, type]) => method === 'POST' && /^text\/plain; ?charset=utf-8$/i.test(type)), JSON.stringify(posts))
})

test('where the part cannot be had, bodies go as text, and debug says so', async (t) => {
  const world = await pages(t)
  await world.answer('/cb/gzip.js', () => ({ status: 404, body: '' }))
  const bodies = await listening(world)
  const visit = await world.visit({ loud: true })
  await visit.go(world.put('page', { head: tags({ ...COMPRESS, debug: true }) }))
  await visit.page.evaluate(burst, 20)
  await world.collector.expectNames('page_view', ...named(20))
  assert.equal(bodies.some(isPacked), false)
  await until(() => visit.complaints.some((line) => /cartbeacon: gzip: .*gzip\.js/.test(line)), 'it is said', () => visit.complaints.join('\n'))
})

test('before the part is there, bodies go as text: nothing waits for it', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  let release
  const late = new Promise((resolve) => { release = resolve })
  await visit.page.route('**/cb/gzip.js*', async (route) => {
    await late
    await route.continue()
  })
  await visit.page.goto(world.put('page', { head: tags(COMPRESS) }), { waitUntil: 'commit' })
  await visit.page.waitForFunction(() => window.cartbeacon?.tracker)
  assert.deepEqual(await visit.page.evaluate(() => window.cartbeacon.tracker.ready), { engine: 'wasm' })
  await visit.page.evaluate(burst, 20)
  await world.collector.expectNames('page_view', ...named(20))
  release()
})

test('who does not ask for it fetches nothing of it', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('page', { head: tags(YES) }))
  assert.equal(visit.requests.filter(({ url }) => url.includes('gzip')).length, 0)
})
