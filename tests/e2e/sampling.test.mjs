// A share of the visitors, in real Chromium: who is recorded, what always is, and what the hook and attribution make of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, buy, pages, tags } from './world.mjs'

test('a share of the visitors is recorded, always the same ones, with the rate; orders and carts of all', async (t) => {
  for (const [drawn, isIn] of [[0.24, true], [0.26, false]]) {
    const world = await pages(t)
    const head = tags({ ...YES, sample: 0.25, batchMs: 50 })
    const body = '<button id="part">press</button>'
    world.put('shop', { head, body })
    const visit = await world.visit()
    const draw = (value) => visit.page.addInitScript((random) => { Math.random = () => random }, value)
    await draw(drawn)
    await visit.go('/shop.html')
    await visit.page.click('#part')
    await visit.cb('track', 'share', { method: 'mail' })
    await visit.cb(...buy('O-1'))
    const answer = await visit.cb('track', 'add_to_cart', { currency: 'EUR', value: 10, items: [{ item_id: 'A1' }] })
    assert.equal(answer.accepted, true)
    const { accepted, lost } = await visit.cb('stats')
    assert.deepEqual([accepted, lost], [5, isIn ? {} : { filtered: 3 }])
    // Whoever was drawn stays, whatever would be drawn now.
    await draw(isIn ? 0.9 : 0.1)
    await visit.go('/shop.html')
    const events = await visit.leave()
    const rates = events.sort((a, b) => a.t - b.t || a.seq - b.seq).map(({ name, data }) => `${name} ${data.sample_rate}`)
    const carts = ['purchase undefined', 'add_to_cart undefined']
    assert.deepEqual(rates.sort(), [...carts, ...(isIn ? ['page_view 0.25', 'click 0.25', 'share 0.25', 'page_view 0.25'] : [])].sort())
    if (isIn) assert.equal(events.find(({ name }) => name === 'share').data.method, 'mail')
  }
})

test('before a yes nothing is kept of the draw, and it holds when the yes comes; a reset draws anew', async (t) => {
  const world = await pages(t)
  world.put('shop', { head: tags({ sample: 0.5, batchMs: 50 }) })
  const visit = await world.visit()
  await visit.page.addInitScript(() => { Math.random = () => (window.next ?? 0.4) })
  await visit.go('/shop.html')
  assert.deepEqual(await visit.stored(), [])
  await visit.page.evaluate(() => { window.next = 0.6 })
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('track', 'share', {})
  const kept = () => visit.page.evaluate(() => localStorage.getItem('cb_test.sample'))
  assert.equal(await kept(), '0.5:1')
  await visit.cb('reset')
  await visit.cb('track', 'purchase', { transaction_id: 'O', currency: 'EUR', value: 1, items: [{ item_id: 'A1' }] })
  assert.equal(await kept(), '0.5:0')
  await visit.cb('track', 'share', {})
  await visit.cb('consent', 'withdraw')
  assert.deepEqual(await visit.stored(), [])
  const events = await visit.leave()
  assert.deepEqual(events.map(({ name, data }) => `${name} ${data.sample_rate}`).sort(), ['page_view 0.5', 'purchase undefined', 'share 0.5'])
})

test('a hook, attribution and sampling together: each event once, with what each has to say', async (t) => {
  const world = await pages(t)
  const script = `window.theHook = (event) => (event.data.method == 'drop' ? null : { ...event, data: { ...event.data, seen: true } })`
  const head = tags({ ...YES, sample: 0.999999, attribution: true, beforeSend: 'theHook', batchMs: 50 })
  world.put('shop', { head: `<script src="/hook.js"></script>${head}` })
  world.put('hook', { script })
  const visit = await world.visit()
  await visit.page.addInitScript(() => { Math.random = () => 0.4 })
  await visit.go('/shop.html?utm_source=News&utm_medium=email')
  await visit.cb('track', 'share', { method: 'drop' })
  await visit.cb('track', 'share', { method: 'mail' })
  await visit.cb(...buy('O-1'))
  const { lost } = await visit.cb('stats')
  assert.deepEqual(lost, { filtered: 1 })
  const events = await visit.leave()
  assert.deepEqual(events.map(({ name, data }) => `${name} ${data.seen} ${data.sample_rate} ${data.last_touch_source}`).sort(), ['page_view true 0.999999 undefined', 'purchase true undefined News', 'share true 0.999999 undefined'])
})
