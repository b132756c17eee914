// An order is stored once: its page may be seen again, in another tab, another day, and a server may tell of it too.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { until } from '../e2e/collector.mjs'
import { YES, pages, tags } from '../e2e/world.mjs'

const track = `window.cartbeacon('track', 'purchase', { transaction_id: '1001', currency: 'EUR', value: 39, items: [{ item_id: 'M', price: 19.5, quantity: 2 }] })`

/** The id by the program in www/docs/carts.md. */
function byReadme(site, order) {
  const [, program] = readFileSync(at('www/docs/carts.md'), 'utf8').match(/```js\n(let h = [\s\S]*?)```/)
  return new Function('site', 'transaction_id', `${program}; return event_id`)(site, order)
}

test('a thank-you page that tracks at every view gives one order, and a server that sends it as well none more', async (t) => {
  const world = await pages(t)
  const thanks = world.put('thanks', { head: tags({ ...YES, batchMs: 50 }), script: track })
  const visit = await world.visit()
  await visit.go(thanks)
  await world.collector.expectNames('purchase')
  await visit.page.reload()
  await visit.ready()
  const other = await visit.open()
  await other.goto(thanks)
  await visit.ready(other)
  // What a server sends: the batch of the browser with an id of its own making.
  const batch = visit.posts().find(({ events }) => events.some(({ name }) => name === 'purchase'))
  const own = { ...batch, batch: '0192f5a0-1234-7000-8000-0000000000aa', events: [{ ...batch.events.find(({ name }) => name === 'purchase'), id: byReadme('test', '1001') }] }
  const answer = await fetch(`${world.collector.origin}/collect`, { method: 'POST', body: JSON.stringify(own) })
  assert.ok(answer.ok, await answer.text())
  const orders = (await visit.leave()).filter(({ name }) => name === 'purchase')
  assert.equal(orders.length, 1)
  assert.ok(visit.posts().flatMap(({ events = [] }) => events).filter(({ name }) => name === 'purchase').length > 1, 'the browser told of it more than once')
})

test('an order that an element declares has the same id, and counts once with the one that a script tracked', async (t) => {
  const world = await pages(t)
  const body = `<section data-cb-transaction-id="1001" data-cb-currency="EUR" data-cb-value="39"><button id="pay" data-cb-event="purchase" data-cb-item-id="M" data-cb-price="19.5" data-cb-quantity="2">Pay</button></section>
    <button id="broken" data-cb-event="purchase" data-cb-currency="EUR">Pay</button>`
  const shop = world.put('shop', { head: tags({ ...YES, batchMs: 50, debug: true }), body })
  const thanks = world.put('thanks', { head: tags({ ...YES, batchMs: 50 }), script: track })
  const visit = await world.visit({ loud: true })
  await visit.go(shop)
  await visit.page.click('#pay')
  await visit.page.click('#pay')
  await visit.page.click('#broken')
  await until(() => visit.complaints.some((line) => line.includes('transaction_id: required')), 'the reason')
  await visit.go(thanks)
  const orders = (await visit.leave()).filter(({ name }) => name === 'purchase')
  assert.deepEqual(orders.map(({ id }) => id), [byReadme('test', '1001')])
  assert.deepEqual(orders[0].data, { transaction_id: '1001', currency: 'EUR', value: 39, items: [{ item_id: 'M', price: 19.5, quantity: 2 }] })
})

test('with the option cart it is told once, and not when it was made too long ago', async (t) => {
  const world = await pages(t)
  const push = (id, minutes) => `(window.dataLayer = window.dataLayer || []).push({ event: 'purchase', ecommerce: { transaction_id: '${id}', currency: 'EUR', value: 39, order_created_at: new Date(Date.now() - ${minutes} * 60000).toISOString(), items: [{ item_id: 'M' }] } });`
  const thanks = world.put('thanks', { head: tags({ ...YES, cartDataLayer: true, cartOrderMinutes: 30, batchMs: 50 }), script: push('1001', 5) + push('1002', 31) })
  const visit = await world.visit()
  await visit.go(thanks)
  await world.collector.expectNames('purchase')
  await visit.page.reload()
  await visit.ready()
  await visit.leave()
  const sent = visit.posts().flatMap(({ events = [] }) => events).filter(({ name }) => name === 'purchase')
  assert.deepEqual(sent.map(({ data }) => data.transaction_id), ['1001'])
})
