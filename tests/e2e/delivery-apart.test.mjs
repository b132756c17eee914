// Delivery to an endpoint of another origin, where a beacon's answer cannot be seen: a visible page sends what it can read
// the answer of, a page that goes sends a beacon, and neither asks for permission first (no preflight).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { YES, pagesApart, tags } from './world.mjs'

async function visiting(t) {
  const world = await pagesApart(t)
  const endpoint = `${world.collector.origin}/collect`
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src ${endpoint} 'self'`
  const path = world.put('apart', { head: tags({ ...YES, endpoint }) })
  await world.answer(path, () => ({ headers: { 'content-security-policy': policy } }))
  const visit = await world.visit()
  await visit.go(path)
  await visit.cb('flush')
  await until(async () => (await visit.cb('stats')).acknowledged === 1, 'the page view')
  return { world, visit, endpoint, collector: world.collector }
}

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

test('a page of an origin that is no longer allowed stores nothing, and keeps what it has', async (t) => {
  const { visit, collector } = await visiting(t)
  await collector.stop()
  await collector.start()
  await visit.cb('track', 'login')
  await visit.cb('flush')
  await until(async () => (await collector.stats()).refused.some(({ kind }) => kind === 'origin'), 'the collector turned it away')
  await until(async () => (await visit.cb('stats')).queued === 1, 'the page cannot read why, so it will try again')
  assert.deepEqual((await collector.events()).map(({ name }) => name), ['page_view'])
})
