// Orders that fail, succeed and are given back, from `track()` in a real page to the collector's reports: every figure by hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, pages, tags } from '../e2e/world.mjs'

const mugs = (quantity) => ({ item_id: 'mug', item_name: 'Mug', price: 19.5, quantity })
const cup = { item_id: 'cup', item_name: 'Cup', price: '11.00', quantity: 1 }
const declined = { error_code: 'card_declined', error_type: 'soft', error_description: 'Declined' }

/** What the shop tells, in this order. EUR: 39 + 11 = 50 of A, 20 of B; JPY: 3,000 of C. */
const CALLS = [
  ['purchase_error', declined],
  ['purchase_error', declined],
  ['purchase', { transaction_id: 'A', currency: 'EUR', value: 50, items: [mugs(2), cup] }],
  ['purchase', { transaction_id: 'B', currency: 'EUR', value: 20, items: [{ item_id: 'jug', price: 20 }] }],
  ['purchase', { transaction_id: 'C', currency: 'JPY', value: 3000, items: [{ item_id: 'bowl', price: 1500, quantity: 2 }] }],
  // All of B; of A one mug, 19.50, and then 4.10 for a scratch; of C one bowl.
  ['refund', { transaction_id: 'B' }],
  ['refund', { transaction_id: 'A', items: [{ item_id: 'mug', quantity: 1 }] }],
  ['refund', { transaction_id: 'A', currency: 'EUR', value: 4.1, refund_reason: 'scratched' }],
  ['refund', { transaction_id: 'C', currency: 'JPY', value: 1500, items: [{ item_id: 'bowl', price: 1500, quantity: 1 }] }],
  ['purchase_error', { error_code: 'out_of_stock', error_type: 'hard' }],
]

test('orders, refunds in full and in part, and orders that failed come out in the reports to the cent', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { head: tags({ ...YES, batchMs: 50 }) }))
  for (const [name, data] of CALLS) assert.deepEqual(await visit.cb('track', name, data).then(({ accepted, reason }) => [accepted, reason]), [true, ''])
  await visit.leave()

  const report = async (name) => {
    const { columns, rows } = await (await fetch(`${world.collector.origin}/reports/${name}`)).json()
    return rows.map((row) => Object.fromEntries(columns.map(({ key }, at) => [key, row[at]])))
  }
  const euro = (amount) => ({ amount, currency: 'EUR' })
  const yen = (amount) => ({ amount, currency: 'JPY' })
  const orders = await report('orders')
  assert.deepEqual(
    Object.fromEntries(orders.map(({ order_id: id, value, refunded, net }) => [id, [value, refunded, net]])),
    { A: [euro('50.00'), euro('23.60'), euro('26.40')], B: [euro('20.00'), euro('20.00'), euro('0.00')], C: [yen('3000'), yen('1500'), yen('1500')] },
  )
  const figures = await report('figures')
  const figure = (wanted) => figures.filter(({ key }) => key === wanted).map(({ value }) => value)
  assert.deepEqual([figure('orders'), figure('revenue'), figure('refunded'), figure('net')], [[3], [euro('70.00'), yen('3000')], [euro('43.60'), yen('1500')], [euro('26.40'), yen('1500')]])

  const failures = await report('failures')
  assert.deepEqual(
    failures.map(({ error, type, times, sessions, recovered }) => [error, type, times, sessions, recovered]),
    [['card_declined', 'soft', 2, 1, { part: 1, all: 1 }], ['out_of_stock', 'hard', 1, 1, { part: 0, all: 1 }]],
  )
  assert.equal((await report('values')).length, 0, 'every value is what its items come to')
})
