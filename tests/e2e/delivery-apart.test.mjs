// Delivery to an endpoint of another origin, where a beacon's answer cannot be seen: a visible page sends what it can read
// the answer of, a page that goes sends a beacon, and neither asks for permission first (no preflight).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { Front } from './front.mjs'
import { YES, pagesApart, tags } from './world.mjs'

/** A visit to a page of another origin than `endpointOf(world)`, with its first page view out of the way. */
async function visiting(t, endpointOf = ({ collector }) => collector.origin) {
  const world = await pagesApart(t)
  const endpoint = `${await endpointOf(world)}/collect`
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src ${endpoint} 'self'`
  const path = world.put('apart', { head: tags({ ...YES, endpoint }) })
  await world.answer(path, () => ({ headers: { 'content-security-policy': policy } }))
  const visit = await world.visit()
  await visit.go(path)
  await visit.cb('flush')
  await settled(visit)
  return { world, visit, endpoint, collector: world.collector }
}

const settled = (visit) =>
  until(async () => {
    const stats = await visit.cb('stats')
    return stats.queued + stats.inDoubt === 0 && stats
  }, 'nothing is on its way')

const sends = (visit, endpoint) => visit.requests.filter(({ url }) => url === endpoint)

test('a visible page reads the answer, and what it counts as acknowledged is stored', async (t) => {
  const { visit, endpoint, collector } = await visiting(t)
  await visit.cb('track', 'login')
  await visit.cb('flush')
  await until(async () => (await visit.cb('stats')).acknowledged === 2, 'acknowledged')
  assert.deepEqual((await collector.events()).map(({ name }) => name), ['page_view', 'login'])
  assert.deepEqual(sends(visit, endpoint).map(({ method, type }) => `${method} ${type}`), ['POST Fetch', 'POST Fetch'], 'and no preflight')
})

test('Retry-After is obeyed where it can be read', async (t) => {
  const { visit, collector } = await visiting(t)
  await collector.faults({ count: 1, status: 503, retryAfter: 3 })
  await visit.cb('track', 'login')
  await visit.cb('flush')
  const login = (await collector.expectNames('login')).find(({ name }) => name === 'login')
  const waited = login.received - login.t
  assert.ok(waited >= 3000 && waited < 7000, `${waited} ms`)
  assert.equal(login.batch.attempt, 2)
})

test('a page that goes hands its events over, without a preflight that would die with it', async (t) => {
  const { world, visit, endpoint, collector } = await visiting(t)
  await visit.page.evaluate(() => {
    for (let n = 0; n < 10; n++) window.cartbeacon('track', `n${n}`)
    location.href = '/cb/stub.js'
  })
  await visit.page.waitForURL('**/stub.js')
  const events = await collector.expectNames(...Array.from({ length: 10 }, (_, n) => `n${n}`))
  assert.equal(events.length, 11)
  assert.ok(events.every(({ page }) => page.url === `${world.origin}/apart.html`))
  assert.deepEqual(sends(visit, endpoint).map(({ method }) => method).filter((method) => method !== 'POST'), [])
})

test('an endpoint whose answers may not be read gets its events all the same, and they count as handed over', async (t) => {
  const { visit, endpoint, collector } = await visiting(t, async ({ collector }) => {
    const front = await new Front(() => collector.origin).start()
    t.after(() => front.stop())
    front.rules.set('/collect', () => ({ headers: { 'access-control-allow-origin': 'https://elsewhere.example' } }))
    return front.origin
  })
  await visit.cb('track', 'login')
  await visit.cb('flush')
  const stats = await settled(visit)
  assert.deepEqual([stats.acknowledged, stats.handedOver, stats.lost], [0, 2, {}])
  const events = await collector.expectNames('page_view', 'login')
  assert.equal(events.length, 2, 'the first try was stored although nobody could read so: the second makes no copy')
  assert.ok(sends(visit, endpoint).every(({ method }) => method === 'POST'))
})

test('a page of an origin that is no longer allowed stores nothing, and counts nothing as acknowledged', async (t) => {
  const { visit, collector } = await visiting(t)
  await collector.stop()
  await collector.start()
  await visit.cb('track', 'login')
  await visit.cb('flush')
  await until(async () => (await collector.stats()).refused.some(({ kind }) => kind === 'origin'), 'the collector turned it away')
  const { acknowledged } = await settled(visit)
  assert.equal(acknowledged, 1, 'the page view of before')
  assert.deepEqual((await collector.events()).map(({ name }) => name), ['page_view'])
})
