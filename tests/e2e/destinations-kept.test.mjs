// The option `destinations`: what one of several receivers has not had yet outlives the page, for that one
// alone; a no takes it away in every tab. Real Chromium, receivers of other origins.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { Receiver } from './receiver.mjs'
import { pages, tags } from './world.mjs'

const UMAMI = '11111111-1111-4111-8111-111111111111'
const ITEM = { item_id: 'A1', item_name: 'Mug', price: 9.9, quantity: 1 }
const ORDER = { transaction_id: 'O-1', currency: 'EUR', value: 9.9, items: [ITEM] }
const [DOWN, UP] = [() => ({ status: 503 }), () => ({ body: '{"status":"Ok"}' })]

/** A page whose tracker has destinations: `describe(receivers)` by the names of `wanted`. */
async function shop(t, wanted, describe, data = {}) {
  const world = await pages(t)
  const to = {}
  for (const name of wanted) {
    to[name] = await new Receiver().start()
    to[name].answer = UP
    world.atEnd(() => to[name].stop())
  }
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${Object.values(to).map(({ origin }) => origin).join(' ')}`
  await world.answer('/shop.html', () => ({ headers: { 'content-security-policy': policy } }))
  const head = tags({ endpoint: undefined, destinations: describe(to), batchMs: 50, consentDefault: { analytics: 'granted' }, ...data })
  const path = world.put('shop', { head: head })
  const visit = await world.visit()
  const open = async (page = visit.page) => {
    await page.goto(path)
    await visit.ready(page)
  }
  await open()
  return { world, to, visit, open }
}

/** Of the records, whose they are and which events they hold. */
const records = (page) =>
  page.evaluate(() =>
    Object.keys(localStorage).filter((key) => /^cb_test\.d\..+\.\d+$/.test(key)).map((key) => {
      const { to, batch } = JSON.parse(localStorage.getItem(key).replace(/^-?\d+\./, ''))
      return { to, names: batch.events.map(({ name }) => name) }
    }),
  )
const stats = (page, place) => page.evaluate((at) => window.cartbeacon('stats').destinations[at], place)
const holds = (page, name, place) => until(async () => (await records(page)).some(({ to, names }) => to.includes(place) && names.includes(name)), `a record of ${name}`)
const isEmpty = (page) => until(async () => (await records(page)).length === 0, 'nothing is stored any more')

test('what a closed tab has left for a destination is sent by one that lives', async (t) => {
  const { to, visit, open } = await shop(t, ['own'], ({ own }) => [{ endpoint: `${own.origin}/collect` }])
  await until(async () => (await stats(visit.page, 0)).acknowledged === 1, 'the view')
  const other = await visit.open()
  await open(other)
  await until(async () => (await stats(other, 0)).acknowledged === 1, 'the other view')
  to.own.answer = DOWN
  await other.evaluate((order) => window.cartbeacon('track', 'purchase', order), ORDER)
  await holds(other, 'purchase', 'collect')
  const exported = await other.evaluate(() => window.cartbeacon('exportData'))
  assert.ok(Object.values(exported).some((text) => text.includes('O-1')), 'the shopper can see it')
  await other.close()
  to.own.answer = UP
  await visit.page.evaluate(() => window.dispatchEvent(new Event('online')))
  await until(async () => (await stats(visit.page, 0)).acknowledged >= 2, 'the order, from the tab that lives')
  await isEmpty(visit.page)
})

test('what a page has left for a destination is sent by the next one, under the same id', async (t) => {
  const { to, visit, open } = await shop(t, ['own', 'fine'], ({ own, fine }) => [{ endpoint: `${own.origin}/collect` }, { endpoint: `${fine.origin}/collect` }])
  for (const place of [0, 1]) await until(async () => (await stats(visit.page, place)).acknowledged === 1, 'the view')
  to.own.answer = DOWN
  await visit.cb('track', 'purchase', ORDER)
  await holds(visit.page, 'purchase', 'collect')
  await until(async () => (await stats(visit.page, 1)).acknowledged === 2, 'the other one has it at once')
  await visit.page.goto('about:blank')
  // Only now: whoever asks again is the next page.
  to.own.answer = UP
  const before = to.own.requests.length
  await open()
  await until(async () => (await stats(visit.page, 0)).acknowledged === 2, 'the order and the next view')
  await isEmpty(visit.page)
  const orders = (requests) => requests.filter(({ body }) => body.includes('O-1')).flatMap(({ body }) => JSON.parse(body).events.filter(({ name }) => name === 'purchase'))
  assert.ok(orders(to.own.requests.slice(before)).length > 0)
  assert.equal(new Set(orders(to.own.requests).map(({ id }) => id)).size, 1, 'however often it was tried, one id')
  assert.equal(orders(to.fine.requests).length, 1, 'and the other one is left alone')
})

test('a withdrawal in another tab empties storage and memory, and nothing comes after it', async (t) => {
  const { to, visit, open } = await shop(t, ['own'], ({ own }) => [{ endpoint: `${own.origin}/collect` }], { consentDefault: undefined })
  to.own.answer = DOWN
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('track', 'purchase', ORDER)
  await holds(visit.page, 'purchase', 'collect')
  const other = await visit.open()
  await open(other)
  await other.evaluate(() => window.cartbeacon('consent', 'withdraw'))
  // While nobody takes it, it waits or is on its way: until the tab has heard of the no, and what was on its way has been answered.
  const isOver = ({ held, queued, inDoubt }) => held + queued + inDoubt === 0
  for (const page of [visit.page, other]) await until(async () => isOver(await stats(page, 0)), 'every tab has heard of it')
  to.own.answer = UP
  const before = to.own.requests.length
  for (const page of [visit.page, other]) await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await visit.cb('flush')
  await open()
  assert.deepEqual(await visit.page.evaluate(() => Object.keys(localStorage)), [])
  assert.equal(to.own.requests.length, before, 'what was taken back is gone')
})

test('reset and erase take away what is stored; without storage nothing is kept', async (t) => {
  for (const end of ['reset', 'erase']) {
    const { to, visit } = await shop(t, ['own'], ({ own }) => [{ endpoint: `${own.origin}/collect` }])
    to.own.answer = DOWN
    await visit.cb('track', 'purchase', ORDER)
    await holds(visit.page, 'purchase', 'collect')
    await visit.cb(end)
    await isEmpty(visit.page)
  }
  const { to, visit } = await shop(t, ['own'], ({ own }) => [{ endpoint: `${own.origin}/collect` }], { storage: 'memory' })
  to.own.answer = DOWN
  await visit.cb('track', 'purchase', ORDER)
  // One at a time while it is down: which batch that is depends on which came first.
  await to.own.expect((all) => all.length > 2, 'some tries')
  assert.deepEqual(await records(visit.page), [])
})

test('nothing is stored for a destination whose purpose is open, nor what may have arrived where nobody would know it again', async (t) => {
  const { to, visit } = await shop(t, ['ads', 'umami'], ({ ads, umami }) => [
    { endpoint: `${ads.origin}/in`, purposes: ['marketing'] },
    { endpoint: umami.origin, format: 'umami', key: UMAMI },
  ])
  await until(async () => (await stats(visit.page, 1)).acknowledged === 1, 'the view')
  let done
  to.umami.answer = () => ({ wait: 2_000 })
  await visit.cb('track', 'purchase', ORDER)
  await to.umami.expect((all) => (done = all.some(({ body }) => body.includes('purchase'))), 'a try')
  assert.deepEqual([done, (await stats(visit.page, 0)).held, await records(visit.page)], [true, 2, []])
})
