// Delivery in real browsers, while the page lives and as it goes: everything arrives, each once, and the page's own
// counters say what the database has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../e2e/collector.mjs'
import { BROWSER } from './driver.mjs'
import { named, numbered, shop, shopping } from './shop.mjs'

/** A test that takes longer hangs, and shall say which it was. */
const LIMIT = { timeout: 60_000 }

const ORDER = { transaction_id: 'Q-1', currency: 'EUR', value: 10, items: [{ item_id: 'QN-1', quantity: 1 }] }

test('a thousand events at once arrive whole', LIMIT, async (t) => {
  const visit = await shopping(t)
  await visit.burstAndLeave(1000)
  await visit.arrived(1000)
  assert.equal((await visit.truth()).accepted, 1001)
})

test('fifty events and a navigation in the same breath: all arrive', LIMIT, async (t) => {
  const visit = await shopping(t, { batchEvents: 100 })
  const next = visit.page('next')
  await visit.burstAndLeave(50, next)
  await visit.arrived(50)
  await visit.ready()
  await visit.cb('flush')
  await visit.settled()
  assert.equal((await visit.collector.events()).length, 52, 'and two page views')
})

test('a thousand events and a navigation in the same breath, packed: all arrive', LIMIT, async (t) => {
  // As text they are six times what beacons may carry. What does not fit even so is the outbox's: see outbox.test.mjs.
  const options = { batchEvents: 2000, queueEvents: 2000, queueBytes: 1_000_000, compress: true }
  const visit = await shopping(t, options)
  const next = visit.page('next', options)
  await visit.burstAndLeave(1000, next)
  await visit.arrived(1000)
  await visit.ready()
  await visit.cb('flush')
  await visit.settled()
  assert.equal((await visit.collector.events()).length, 1002, 'and two page views')
})

test('a tab is closed right after an order: the order arrives', LIMIT, async (t) => {
  const visit = await shopping(t, { batchEvents: 100 })
  const first = await visit.browser.tab()
  await visit.browser.newTab()
  await visit.go(visit.page('thanks', { batchEvents: 100 }))
  await visit.browser.run((order) => {
    window.cartbeacon('track', 'n0')
    window.cartbeacon('track', 'purchase', order)
    window.cartbeacon('track', 'n1')
  }, ORDER)
  await visit.browser.closeTab(first)
  const events = await visit.collector.expectNames('purchase', 'n0', 'n1')
  assert.equal(events.filter(({ name }) => name === 'purchase').length, 1)
  await visit.arrived(2)
})

test('a busy collector is asked again, and not before it said', LIMIT, async (t) => {
  const visit = await shopping(t)
  await visit.collector.faults({ count: 1, status: 503, retryAfter: 2 })
  await visit.burst(5)
  await visit.cb('flush')
  const rows = await visit.arrived(5)
  assert.ok(rows.every(({ batch }) => batch.attempt === 2))
  // The header of a beacon's answer cannot be read; the status can.
  if (BROWSER === 'webkit') assert.ok(rows.every(({ received, t: at }) => received - at >= 2000))
  await visit.truth()
})

test('a connection that breaks costs nothing, before the collector stored and after', LIMIT, async (t) => {
  const visit = await shopping(t)
  for (const store of [false, true]) {
    await visit.collector.faults({ count: 1, dropConnection: true, store })
    await visit.burst(3, store ? 3 : 0)
    await visit.cb('flush')
    await visit.truth()
  }
  await visit.arrived(6)
})

test('what is too large for the endpoint is halved until it fits', LIMIT, async (t) => {
  const visit = await shopping(t)
  await visit.collector.faults({ count: 3, status: 413 })
  await visit.burst(8)
  await visit.cb('flush')
  const rows = await visit.arrived(8)
  assert.ok(new Set(rows.map(({ batch }) => batch.id)).size > 1)
  await visit.truth()
})

test('the collector is down for ten seconds: everything waits, and arrives when the network says so', LIMIT, async (t) => {
  const visit = await shopping(t)
  await visit.collector.stop()
  await visit.burst(50)
  await visit.cb('flush')
  await pause(10_000)
  await visit.burst(50, 50)
  await visit.cb('flush')
  await visit.collector.start()
  // Three failures in a row, and the page is left in peace until something changes.
  await visit.browser.run(() => window.dispatchEvent(new Event('online')))
  await visit.arrived(100)
  assert.equal((await visit.truth()).accepted, 101)
})

test('offline and online again: everything arrives', LIMIT, async (t) => {
  const visit = await shopping(t)
  const isTold = await visit.browser.offline(true)
  // Firefox reaches its own machine all the same, and WebDriver cannot take WebKit offline at all: the collector goes.
  if (BROWSER !== 'chromium') await visit.collector.stop()
  await visit.burst(30)
  await visit.cb('flush')
  await until(async () => (await visit.cb('stats')).queued === 30, 'they wait')
  if (isTold) assert.equal(await visit.browser.run(() => navigator.onLine), false)
  if (BROWSER !== 'chromium') await visit.collector.start()
  if (isTold) await visit.browser.offline(false)
  else await visit.browser.run(() => window.dispatchEvent(new Event('online')))
  await visit.arrived(30)
  await visit.truth()
})

test('two tabs of one shopper send each its own, nothing twice', LIMIT, async (t) => {
  const visit = await shop(t)
  // As by a banner: the second tab finds the first one's yes.
  await visit.go(visit.page('page', { consentDefault: undefined }))
  await visit.cb('consent', { analytics: 'granted' })
  const first = await visit.browser.tab()
  await visit.burst(25)
  const second = await visit.browser.newTab()
  await visit.go('/page.html')
  await visit.burst(25, 25)
  await visit.cb('flush')
  await visit.arrived(50)
  await visit.settled()
  const { visitor, session } = await visit.cb('ids')
  const inSecond = await visit.cb('stats')
  await visit.browser.closeTab(first, second)
  const inFirst = await visit.settled()
  const rows = await visit.collector.events()
  assert.deepEqual([...new Set(rows.map((row) => `${row.visitor} ${row.session?.id ?? row.session}`))], [`${visitor} ${session}`])
  const delivered = (stats) => stats.acknowledged + stats.handedOver
  assert.equal(delivered(inFirst) + delivered(inSecond), rows.length)
})

test('a page that comes back from the back/forward cache goes on', LIMIT, async (t) => {
  const visit = await shopping(t, { batchEvents: 100 }, '', true)
  await visit.browser.run(() => {
    window.kept = true
  })
  await visit.burst(10)
  await visit.clickAway(visit.page('next', { batchEvents: 100 }))
  await visit.arrived(10)
  await visit.ready()
  await visit.back('/page.html')
  assert.equal(await visit.browser.run(() => window.kept), true, 'out of the cache')
  await visit.burst(10, 10)
  await visit.cb('flush')
  await visit.arrived(20)
  await visit.settled()
  const views = (await visit.collector.events()).filter(({ name }) => name === 'page_view')
  assert.deepEqual(views.map(({ page }) => page.reason), ['navigate', 'navigate', 'bfcache'])
  assert.deepEqual(await visit.browser.run(() => window.complaints), [])
})

test('a frame without storage delivers', LIMIT, async (t) => {
  const visit = await shop(t)
  // What a frame of no origin loads from this one is cross-origin to it.
  const open = () => ({ headers: { 'access-control-allow-origin': '*' } })
  for (const path of ['/cb/cartbeacon.wasm', '/cb/cartbeacon.js', '/cb/privacy.js', '/cb/stub.js']) await visit.world.answer(path, open)
  // And the collector takes nothing from an origin without a name.
  await visit.world.answer('/collect', (request) => {
    delete request.headers.origin
    return open()
  })
  const inner = visit.page('inner', { storage: 'local' })
  // To WebKit such a frame is not even `'self'`.
  await visit.world.answer(inner, () => ({ headers: { 'content-security-policy': "script-src * 'wasm-unsafe-eval'; connect-src *" } }))
  await visit.browser.go(visit.world.origin + visit.world.put('outer', { head: '', body: `<iframe sandbox="allow-scripts" src="${inner}"></iframe>` }))
  await visit.browser.frame(0)
  assert.equal(await visit.browser.run(() => {
    try {
      return String(localStorage)
    } catch (error) {
      return error.name
    }
  }), 'SecurityError')
  await visit.ready()
  await visit.burst(30)
  await visit.cb('flush')
  await visit.arrived(30)
  const stats = await visit.settled()
  assert.equal(stats.acknowledged + stats.handedOver, 31)
  assert.deepEqual(await visit.browser.run(() => window.complaints), [])
})
