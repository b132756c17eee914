// The web pixel's half of the storefront's cookie, and Shopify's events in our words. In a worker: tests/stores/web-pixel.test.mjs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVENTS } from '../../www/sdk/pixel/events.js'
import { read, touch, write } from '../../www/sdk/identity.js'

const [VISITOR, SESSION] = ['01a1f2b3-0000-7000-8000-00000000000a', '01a1f2b3-0000-7000-8000-00000000000b']
const START = 1_790_000_000_000
const MINUTE = 60_000
/** A yes to analytics and marketing, as the engine keeps it: see src/engine/session.rs. */
const kept = (choices = 3, last = START + MINUTE) => `1.${VISITOR}.${SESSION}.2.${START}.${last}.7.${choices}.${START - 5}`
const limits = { idle: 30 * MINUTE, max: 24 * 60 * MINUTE, id: () => 'new', decided: 42 }

test('a session goes on while it is one, and the next is the visitor’s', () => {
  const on = touch(read(kept()), START + 5 * MINUTE, limits)
  assert.deepEqual([on.visitor, on.session, on.n, on.seq, on.last], [VISITOR, SESSION, 2, 8, START + 5 * MINUTE])
  assert.equal(write(on, ['analytics'], false), `1.${VISITOR}.${SESSION}.2.${START}.${START + 5 * MINUTE}.8.3.${START - 5}`, 'choices and their time stay')
  for (const at of [START + 31 * MINUTE + 1, START + 25 * 60 * MINUTE]) {
    const next = touch(read(kept()), at, limits)
    assert.deepEqual([next.visitor, next.session, next.n, next.seq, next.started], [VISITOR, 'new', 3, 1, at])
  }
  assert.equal(touch(read(kept(3, START + 5 * MINUTE)), START, limits).last, START + 5 * MINUTE, 'a clock that goes back ends nothing')
})

test('without a yes to marketing the cookie names no visitor beyond the visit', () => {
  const first = touch(undefined, START, { ...limits, id: (n => () => `id${++n}`)(0) })
  assert.equal(write(first, ['analytics'], false).split('.')[1], first.session)
  assert.equal(write(first, ['analytics', 'marketing'], true), `1.${first.visitor}.${first.session}.1.${START}.${START}.1.3.42`)
  // The storefront's own answer was no: bit 5.
  const denied = touch(read(`1.${SESSION}.${SESSION}.2.${START}.${START}.7.33.${START}`), START + 40 * MINUTE, limits)
  assert.equal(write(denied, ['analytics', 'marketing'], true).split('.')[1], 'new')
})

test('what is not the engine’s own text is not read', () => {
  for (const text of ['', undefined, '1', '2' + kept().slice(1), kept().replace('-7000', ''), kept() + '.9', kept().replace('.2.', '.x.'), 'a.b.c.1.2.3.4.5.6']) assert.equal(read(text), undefined, text)
})

test('ids are those of the storefront, whatever form Shopify gives them', () => {
  const variant = (id) => ({ id, title: 'Rust', sku: null, price: { amount: 19.5 }, product: { id: id.replace('Variant', ''), title: 'Mug', vendor: 'Kiln', type: null } })
  const checkout = (order, of) => ({ order: { id: order }, token: 'tok', currencyCode: 'EUR', subtotalPrice: { amount: 19.5 }, lineItems: [{ quantity: 1, title: 'Mug', variant: variant(of) }], discountApplications: [], transactions: [] })
  for (const [order, of] of [['gid://shopify/OrderIdentity/1001', 'gid://shopify/ProductVariant/7'], ['1001', '7']]) {
    const [name, data] = EVENTS.checkout_completed({ checkout: checkout(order, of) })
    assert.deepEqual([name, data.transaction_id, data.items[0].item_id, data.items[0].variant_id, data.items[0].item_variant], ['purchase', '1001', '7', '7', 'Rust'])
  }
  assert.equal(EVENTS.checkout_completed({ checkout: checkout(null, '7') })[1].transaction_id, 'tok', 'an order that has no number yet')
  assert.equal(EVENTS.alert_displayed({ alert: { type: 'INPUT_INVALID', value: 'jo@example.com' } }), undefined)
  assert.equal(EVENTS.alert_displayed({ alert: { type: 'DISCOUNT_ERROR', value: 'jo@example.com' } }), undefined, 'not a code')
})
