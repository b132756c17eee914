// Delivery: when batches leave, what happens when they cannot, and that the counters always tell the truth.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { YES, pages, tags } from './world.mjs'

const ITEM = { items: [{ item_id: 'QN-1', quantity: 1 }] }

/** A visit to a page whose tracker has a yes, with the first page view out of the way. */
async function visiting(t, data = {}) {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('page', { head: tags({ ...YES, ...data }) }))
  await visit.cb('flush')
  await world.collector.expectNames('page_view')
  await settled(visit)
  return { world, visit, collector: world.collector }
}

/** Tracks so many events at once: `n0`, `n1`, … */
const burst = (visit, count, from = 0) =>
  visit.page.evaluate(([first, end]) => {
    for (let n = first; n < end; n++) window.cartbeacon('track', `n${n}`)
  }, [from, from + count])

const named = (count, from = 0) => Array.from({ length: count }, (_, n) => `n${n + from}`)
const numbered = (events) => events.filter(({ name }) => /^n\d+$/.test(name))

/** The counters, once nothing is on its way or waiting any more; they must add up on the way there. */
const settled = (visit) =>
  until(async () => {
    const stats = await visit.cb('stats')
    assertAddsUp(stats)
    return stats.queued + stats.inDoubt === 0 && stats
  }, 'nothing is on its way')

function assertAddsUp({ accepted, held, queued, inDoubt, handedOver, acknowledged, lost }) {
  const losses = Object.values(lost).reduce((sum, n) => sum + n, 0)
  assert.equal(accepted, held + queued + inDoubt + handedOver + acknowledged + losses)
}

/** What the counters say is what the database has. */
async function assertTruth(visit, collector) {
  const stats = await settled(visit)
  const { session } = await visit.cb('ids')
  const stored = await collector.events({ session })
  assert.equal(stats.acknowledged, stored.length)
  assert.equal(new Set(stored.map(({ id }) => id)).size, stored.length)
  return stats
}

test('twenty events leave at once, in one batch', async (t) => {
  const { visit, collector } = await visiting(t)
  await burst(visit, 19)
  const { queued } = await visit.cb('stats')
  assert.equal(queued, 19, 'nineteen wait')
  await burst(visit, 1, 19)
  const events = numbered(await collector.expectNames(...named(20)))
  assert.equal(new Set(events.map(({ batch }) => batch.id)).size, 1)
  assert.ok(events[0].received - events[0].t < 4000, 'and not for five seconds')
  await assertTruth(visit, collector)
})

test('a single event leaves five seconds later', async (t) => {
  const { visit, collector } = await visiting(t)
  await burst(visit, 1)
  const [event] = numbered(await collector.expectNames('n0'))
  const waited = event.received - event.t
  assert.ok(waited >= 4900 && waited < 8000, `${waited} ms`)
})

test('an order does not wait', async (t) => {
  const { visit, collector } = await visiting(t)
  await visit.cb('track', 'purchase', { ...ITEM, transaction_id: 'Q-1', currency: 'EUR', value: 10 })
  const order = (await collector.expectNames('purchase')).find(({ name }) => name === 'purchase')
  assert.ok(order.received - order.t < 2000)
})

test('a batch is cut at its bytes: what comes in one breath leaves in bodies of 48 KiB at most', async (t) => {
  const { visit, collector } = await visiting(t)
  await visit.page.evaluate(() => {
    for (let n = 0; n < 60; n++) window.cartbeacon('track', `n${n}`, { note: 'x'.repeat(4000) })
  })
  await collector.expectNames(...named(60))
  const bodies = () => visit.requests.filter(({ method }) => method === 'POST').map(({ body }) => body.length)
  await until(() => bodies().reduce((sum, bytes) => sum + bytes, 0) > 49_152, 'more than one of them')
  assert.ok(bodies().every((bytes) => bytes <= 49_152), String(bodies()))
  await assertTruth(visit, collector)
})

test('a burst of a thousand arrives whole, each once', async (t) => {
  const { visit, collector } = await visiting(t)
  await visit.page.evaluate(() => {
    for (let n = 0; n < 1000; n++)
      window.cartbeacon('track', `n${n}`, { currency: 'EUR', value: n, items: [1, 2, 3].map((i) => ({ item_id: `QN-${i}`, price: i, quantity: i })) })
  })
  const events = numbered(await collector.expectNames(...named(1000)))
  assert.equal(events.length, 1000)
  assert.equal((await assertTruth(visit, collector)).acknowledged, 1001)
})

test('a tab that is hidden sends what it has, and again when it is frozen', async (t) => {
  const world = await pages(t)
  const window = await world.window()
  const tab = await window.tab(`${world.origin}/one.html`)
  const page = await tab.attach()
  await page.when("window.cartbeacon && document.readyState === 'complete'")
  await page.evaluate('cartbeacon.tracker.ready')
  await page.evaluate("cartbeacon('track', 'n0')")
  await window.tab('about:blank')
  const first = numbered(await world.collector.expectNames('n0'))[0]
  assert.equal(await page.evaluate('document.visibilityState'), 'hidden')
  assert.ok(first.received - first.t < 4000, 'before its five seconds were over')

  await page.evaluate("cartbeacon('track', 'n1')")
  await page.send('Page.setWebLifecycleState', { state: 'frozen' })
  const second = numbered(await world.collector.expectNames('n1'))[1]
  assert.ok(second.received - second.t < 4000)
  await page.send('Page.setWebLifecycleState', { state: 'active' })
  await tab.show()
  await page.when("document.visibilityState === 'visible'")
  await page.evaluate("cartbeacon('track', 'n2')")
  await page.evaluate("cartbeacon('flush')")
  await world.collector.expectNames('n2')
})

test('fifty events right before leaving the page all arrive', async (t) => {
  const { world, visit, collector } = await visiting(t, { batchEvents: 100 })
  await visit.page.evaluate(() => {
    for (let n = 0; n < 50; n++) window.cartbeacon('track', `n${n}`, { items: [{ item_id: `QN-${n}` }] })
    location.href = '/two.html'
  })
  await visit.page.waitForURL('**/two.html')
  const events = numbered(await collector.expectNames(...named(50)))
  assert.equal(events.length, 50)
  assert.ok(events.every(({ page }) => page.url === `${world.origin}/page.html`))
})

test('a beacon that the browser refuses stays queued until there is room, and arrives once', async (t) => {
  const { visit, collector } = await visiting(t)
  // Another script of the page fills the 64 KiB that all beacons share, and its receiver takes its time.
  await collector.faults({ count: 1, delayMs: 2500, status: 204 })
  const taken = await visit.page.evaluate(() => navigator.sendBeacon('/collect', 'x'.repeat(65_000)))
  assert.equal(taken, true)
  await until(async () => (await collector.faultsLeft()) === 0, 'it is on its way')
  assert.equal(await visit.page.evaluate(() => navigator.sendBeacon('/collect', 'x'.repeat(2000))), false, 'no room left')
  await burst(visit, 3)
  await visit.cb('flush')
  await until(async () => (await visit.cb('stats')).queued === 3, 'they wait')
  assert.equal(numbered(await collector.events()).length, 0)
  const events = numbered(await collector.expectNames(...named(3)))
  assert.equal(events.length, 3)
  await assertTruth(visit, collector)
})

test('while the collector is down events wait, and arrive when it is up again', async (t) => {
  const { visit, collector } = await visiting(t)
  await collector.stop()
  await visit.page.evaluate(() => {
    window.batches = []
    window.cartbeacon('on', 'batch', ({ state }) => window.batches.push(state))
  })
  await burst(visit, 3)
  await visit.cb('flush')
  await visit.page.waitForFunction(() => window.batches.includes('retry'))
  assert.equal((await visit.cb('stats')).queued, 3)
  await collector.start()
  // Where chance made the waits so short that all three tries fell into them, it waits for a word of the network.
  await visit.page.evaluate(() => window.batches.filter((state) => state === 'retry').length > 2 && dispatchEvent(new Event('online')))
  const events = numbered(await collector.expectNames(...named(3)))
  assert.ok(events.every(({ batch }) => batch.attempt > 1))
  await assertTruth(visit, collector)
})

test('after three failures the page is left in peace, until the network comes back', async (t) => {
  const { visit, collector } = await visiting(t)
  await collector.stop()
  await visit.page.evaluate(() => {
    window.retries = 0
    window.cartbeacon('on', 'batch', ({ state }) => { window.retries += state === 'retry' })
  })
  await burst(visit, 3)
  await visit.cb('flush')
  await visit.page.waitForFunction(() => window.retries === 3, undefined, { timeout: 15_000 })
  await collector.start()
  const posts = visit.posts().length
  await burst(visit, 20, 3)
  await visit.cb('flush')
  assert.equal(visit.posts().length, posts, 'nothing more is tried')
  assert.equal((await visit.cb('stats')).queued, 23, 'and nothing forgotten')
  await visit.context.setOffline(true)
  await visit.context.setOffline(false)
  assert.equal(numbered(await collector.expectNames(...named(23))).length, 23)
  await assertTruth(visit, collector)
})

test('a busy collector is asked again later, and stores each event once', async (t) => {
  const { visit, collector } = await visiting(t)
  await collector.faults({ count: 2, status: 503, retryAfter: 1 })
  await burst(visit, 5)
  await visit.cb('flush')
  const events = numbered(await collector.expectNames(...named(5)))
  assert.deepEqual(events.map(({ batch }) => batch.attempt), [3, 3, 3, 3, 3])
  await assertTruth(visit, collector)
})

test('an answer that got lost makes no second copy', async (t) => {
  const { visit, collector } = await visiting(t)
  await collector.faults({ count: 1, dropConnection: true, store: true })
  await burst(visit, 5)
  await visit.cb('flush')
  await until(async () => (await visit.cb('stats')).acknowledged === 6, 'the second try was acknowledged')
  assert.equal(numbered(await collector.events()).length, 5)
  await assertTruth(visit, collector)
})

test('a batch that is too large for the endpoint is halved until it fits', async (t) => {
  const { visit, collector } = await visiting(t)
  await collector.faults({ count: 3, status: 413 })
  await burst(visit, 8)
  await visit.cb('flush')
  const events = numbered(await collector.expectNames(...named(8)))
  assert.equal(events.length, 8)
  assert.ok(new Set(events.map(({ batch }) => batch.id)).size > 1)
  await assertTruth(visit, collector)
})

test('one event that the endpoint refuses is lost by name, and its neighbours arrive', async (t) => {
  const world = await pages(t)
  await world.answer('/collect', (_, body) => (body.includes('"name":"n3"') ? { status: 400, body: '{}' } : undefined))
  const visit = await world.visit()
  await visit.go('/one.html')
  await burst(visit, 8)
  await visit.cb('flush')
  const { collector } = world
  const events = numbered(await collector.expectNames(...named(8).filter((name) => name !== 'n3')))
  assert.equal(events.length, 7)
  const stats = await assertTruth(visit, collector)
  assert.deepEqual(stats.lost, { rejected: 1 })

  // The next batch that arrives tells the endpoint.
  await visit.cb('track', 'login')
  await visit.cb('flush')
  await collector.expectNames('login')
  assert.deepEqual((await collector.stats()).lost, [{ reason: 'rejected', count: 1 }])
})

test('what had to go while nobody had answered is counted, here and at the collector', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('held', { head: tags() }))
  await burst(visit, 130)
  const { held, lost } = await visit.cb('stats')
  assert.deepEqual([held, lost], [100, { queue_full: 31 }], 'a hundred may wait, and there was a page view')
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('flush')
  const { acknowledged } = await assertTruth(visit, world.collector)
  assert.equal(acknowledged, 100)
  assert.deepEqual((await world.collector.stats()).lost, [{ reason: 'queue_full', count: 31 }])
})
