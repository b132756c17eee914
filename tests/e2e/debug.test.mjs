// `debug: true`: what is said of names that are nearly right and of values that do not add up, in the answer and on the console;
// without it nothing of it is fetched.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { YES, pages, tags } from './world.mjs'

const items = [{ item_id: 'M', price: 19.5, quantity: 2 }]
const order = { transactionId: '7', currency: 'EUR', value: 39, items }

test('answers name what was probably meant, for early calls and elements too, and a value that does not add up', async (t) => {
  const world = await pages(t)
  const head = tags({ ...YES, debug: true, batchMs: 50 })
  const body = '<button data-cb-event="add_to_cart" data-cb-item-id="M" data-cb-colur="red" data-cb-curency="EUR">Add</button>'
  const page = world.put('page', { head, body, script: `window.cartbeacon('track', 'purchase', ${JSON.stringify(order)})` })
  const visit = await world.visit({ loud: true })
  const said = (text) => until(() => visit.complaints.some((line) => line.includes(text)), text, () => `: ${visit.complaints.join(' | ')}`)
  await visit.go(page)
  await said('transaction_id: required (is it transactionId?), in purchase')
  const answers = await visit.page.evaluate((items) => {
    const track = (...args) => window.cartbeacon('track', ...args).reason
    return [
      track('addToCart', { items }),
      track('view_cart', { currency: 'EUR', value: 45, items, shippingCost: 5 }),
      track('view_cart', { currency: 'EUR', value: 39, items: [{ ...items[0], itemName: 'Mug' }] }),
      track('view_cart', { currency: 'EUR', value: 39, items }),
    ]
  }, items)
  assert.deepEqual(answers, [
    'name: not a known or valid event name (is it add_to_cart?)',
    'value: is 45, but the items come to 39',
    'items[0].itemName: not a known field (is it item_name?)',
    '',
  ])
  await said('view_cart value: is 45')
  await visit.page.click('button')
  await said('add_to_cart curency: not a known field (is it currency?)')
  const events = await visit.leave()
  assert.deepEqual(events.filter(({ name }) => /cart/.test(name)).map(({ name, data }) => [name, data.value]), [['view_cart', 45], ['view_cart', 39], ['view_cart', 39], ['add_to_cart', undefined]], 'all of it is recorded as it came')
})

test('without it answers are as short as ever, and where the part cannot be had the tracker starts all the same', async (t) => {
  const world = await pages(t)
  await world.answer('/cb/debug.js', () => ({ status: 404, body: '' }))
  const visit = await world.visit({ loud: true })
  await visit.go(world.put('plain', { head: tags(YES) }))
  assert.equal(await visit.page.evaluate((order) => window.cartbeacon('track', 'purchase', order).reason, order), 'transaction_id: required')
  assert.deepEqual(visit.requests.filter(({ url }) => url.includes('debug')), [])
  await visit.go(world.put('loud', { head: tags({ ...YES, debug: true }) }))
  assert.equal(await visit.page.evaluate(() => window.cartbeacon('track', 'login', { metod: 'mail' }).accepted), true)
  await until(() => visit.complaints.some((line) => line.includes('debug: ')), 'that the part is missing')
})
