// `tracker.cart()`: the shop says what is in the cart, the events follow; nothing is kept before a yes or after it was taken back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../e2e/collector.mjs'
import { YES, pages, tags } from '../e2e/world.mjs'

const mug = (quantity) => ({ item_id: 'M', item_name: 'Mug', price: 19.5, quantity })
const cart = (...items) => ({ currency: 'EUR', items })
const KEY = 'cb_test.cart'
const told = (events) => events.filter(({ name }) => /cart/.test(name)).map(({ name, data }) => [name, data.items?.[0]?.quantity, data.cart_count, data.cart_total])

test('a cart is told of after a yes, kept from page to page, and forgotten when the yes is taken back', async (t) => {
  const world = await pages(t)
  const page = world.put('page', { head: tags({ cart: {}, batchMs: 50 }) })
  const visit = await world.visit()
  await visit.go(page)
  await visit.cb('cart', cart())
  await visit.cb('cart', cart(mug(1)))
  await until(() => visit.cb('stats').then(({ held }) => held === 2), 'the page and the mug are held')
  assert.deepEqual(await visit.stored(), [])
  assert.deepEqual(visit.requests.filter(({ method }) => method === 'POST'), [])

  await visit.cb('consent', { analytics: 'granted' })
  await world.collector.expectNames('add_to_cart')
  assert.ok((await visit.stored()).includes(KEY))
  await visit.go(page)
  await visit.cb('cart', cart(mug(3)))
  await world.collector.expect((all) => told(all).length === 2, 'two more mugs')
  assert.deepEqual(told(await world.collector.events()), [
    ['add_to_cart', 1, 1, 19.5],
    ['add_to_cart', 2, 3, 58.5],
  ])
  assert.deepEqual(await visit.cb('cart', cart(mug(3))), { id: '', accepted: true, reason: '' })
  await visit.cb('consent', 'withdraw')
  assert.deepEqual(await visit.stored(), [])
  await visit.cb('cart', cart(mug(4)))
  assert.equal(told(await visit.leave()).length, 2)
})

test('a cart that is left is told of once, with what a reminder needs, and again when it is taken up', async (t) => {
  const world = await pages(t)
  const page = world.put('page', { head: tags({ ...YES, cartIdleMinutes: 0.01, batchMs: 50 }) })
  const visit = await world.visit()
  await visit.go(page)
  await visit.cb('cart', cart())
  await visit.cb('cart', cart(mug(2)))
  const [left] = await world.collector.expectNames('cart_abandoned')
  const { data } = (await world.collector.events()).find(({ name }) => name === 'cart_abandoned') ?? left
  const { cart_id: id, cart_age: age, ...rest } = data
  assert.deepEqual(rest, { currency: 'EUR', value: 39, items: [mug(2)], cart_count: 2, cart_total: 39 })
  assert.match(id, /^[0-9a-f-]{36}$/)
  assert.equal(typeof age, 'number')
  await visit.go(page)
  await world.collector.expectNames('cart_restored')
})

test('a snapshot that is wrong is refused in debug, by its field, and the shop goes on', async (t) => {
  const world = await pages(t)
  const page = world.put('page', { head: tags({ ...YES, cart: {}, debug: true }) })
  const visit = await world.visit({ loud: true })
  await visit.go(page)
  await visit.cb('cart', { currency: 'EUR', items: [{ ...mug(1), currency: 'USD' }] })
  await until(() => visit.complaints.some((line) => line.includes("items[0].currency: differs from the event's currency")), 'the reason')
})
