// What the sources of carts share, and `dataLayer` in all its dialects, without a browser.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clean, decimal, minor } from '../../www/sdk/sources/common.js'
import { dataLayer } from '../../www/sdk/sources/datalayer.js'

test('prices are read as shops write them', () => {
  const written = {
    '19.50': '19.50', '19,50 €': '19.50', '$1,234.50': '1234.50', '1.234,50 €': '1234.50', '1 234,5 kr': '1234.5', '1,234': '1234', '¥1,980': '1980',
    '1.234.567': '1234567', 'CHF 12.–': '12', '€ 5': '5', '$.99': '0.99', 'Rs. 500': '500', '9,90 – 19,90 €': '9.90', "CHF 1'234.50": '1234.50', '19.50 (20 % off)': '19.50', '-5,00': '-5.00', '0.999': '0.999', '12,345,678.90': '12345678.90',
  }
  for (const [text, expected] of Object.entries(written)) assert.equal(decimal(text), expected, text)
  assert.equal(decimal(9.9), 9.9)
  for (const nothing of ['', 'free', null, undefined, NaN, Infinity]) assert.equal(decimal(nothing), undefined, String(nothing))
})

test('minor units become decimals without arithmetic of floats', () => {
  assert.deepEqual([minor(1950), minor(5), minor(0), minor(-1950), minor('1980', 0), minor(1, 3), minor(999999999999999)], ['19.50', '0.05', '0.00', '-19.50', '1980', '0.001', '9999999999999.99'])
})

test('fields are flat, and a currency on the items is the event’s', () => {
  const items = [{ item_id: 1, price: '9,90 €', currency: 'eur', quantity: 0, options: { a: 1 }, tags: ['x'], empty: '', gone: null }, 'no item']
  assert.deepEqual(clean({ value: '$19.80', nested: {}, list: [1], run() {}, not: NaN, items }), {
    value: '19.80', currency: 'EUR', items: [{ item_id: 1, price: '9.90', currency: 'EUR' }],
  })
  assert.deepEqual(clean({ value: 1 }, 'chf'), { value: 1, currency: 'CHF' })
})

/** What the source sees of these pushes, the first `before` of them pushed before it came. */
function seen(pushes, before = 0) {
  const layer = pushes.slice(0, before)
  globalThis.window = { dataLayer: layer }
  const all = []
  const stop = dataLayer({ see: (name, data, more, dialect) => all.push([name, JSON.parse(JSON.stringify(data)), dialect]) }, true)
  for (const push of pushes.slice(before)) layer.push(push)
  stop()
  layer.push(...pushes)
  return all
}
const args = (...values) => (function () { return arguments })(...values)
const items = [{ item_id: 'A' }]

test('GA4 is heard as objects and as gtag(), before and after, and nobody else’s events are', () => {
  const pushes = [
    { event: 'gtm.js', 'gtm.start': 1 }, args('js', new Date()), args('config', 'G-1'), args('consent', 'default', {}), () => {}, null, 'text',
    { event: 'view_item', ecommerce: { currency: 'EUR', items } }, args('event', 'add_to_cart', { currency: 'EUR', items }),
    args('event', 'page_view', {}), { event: 'scroll' }, { event: 'login', method: 'mail', 'gtm.uniqueEventId': 3, eventCallback() {} },
    ['event', 'view_search_results', { search_term: 'mug' }],
  ]
  const expected = [
    ['view_item', { currency: 'EUR', items }, undefined],
    ['add_to_cart', { currency: 'EUR', items }, 'dataLayer-gtag'],
    ['login', { method: 'mail' }, undefined],
    ['search', { search_term: 'mug' }, 'dataLayer-gtag'],
  ]
  assert.deepEqual(seen(pushes), expected)
  assert.deepEqual(seen(pushes, pushes.length), expected)
})

test('what `ecommerce` was last belongs to the event after it, until it is cleared', () => {
  const ecommerce = { currency: 'EUR', items }
  assert.deepEqual(seen([{ ecommerce }, { event: 'begin_checkout' }, { ecommerce: null }, { event: 'view_cart' }]).map(([name]) => name), ['begin_checkout'])
})

test('every action of Universal Analytics has its event', () => {
  const products = [{ id: 'A', name: 'Mug', category: 'Home/Kitchen', price: '19.50', quantity: 2, variant: 'red', position: 1 }]
  const item = { item_id: 'A', item_name: 'Mug', item_category: 'Home', item_category2: 'Kitchen', price: '19.50', quantity: 2, item_variant: 'red', index: 1 }
  const told = (ecommerce) => seen([{ ecommerce: { currencyCode: 'EUR', ...ecommerce } }]).map(([name, { currency, ...data }]) => [name, data])
  for (const [ecommerce, expected] of [
    [{ impressions: [{ ...products[0], list: 'Search' }] }, ['view_item_list', { item_list_name: 'Search', items: [{ ...item, item_list_name: 'Search' }] }]],
    [{ click: { actionField: { list: 'Search' }, products } }, ['select_item', { item_list_name: 'Search', items: [item] }]],
    [{ detail: { products } }, ['view_item', { items: [item] }]],
    [{ add: { products } }, ['add_to_cart', { items: [item] }]],
    [{ remove: { products } }, ['remove_from_cart', { items: [item] }]],
    [{ checkout: { actionField: { step: 1 }, products } }, ['begin_checkout', { items: [item] }]],
    [{ checkout: { actionField: { step: 2, option: 'Post' }, products } }, ['checkout_step', { checkout_step: 2, step_name: 'Post', items: [item] }]],
    [{ checkout_option: { actionField: { step: 3, option: 'Visa' } } }, ['checkout_step', { checkout_step: 3, step_name: 'Visa' }]],
    [{ purchase: { actionField: { id: 'T1', revenue: '39.00', tax: 0, coupon: 'TEN' }, products } }, ['purchase', { transaction_id: 'T1', value: '39.00', tax: 0, coupon: 'TEN', items: [item] }]],
    [{ refund: { actionField: { id: 'T1' } } }, ['refund', { transaction_id: 'T1' }]],
    [{ promoView: { promotions: [{ id: 'P', name: 'Sale', creative: 'c', position: 'top' }] } }, ['view_promotion', { promotion_id: 'P', promotion_name: 'Sale', creative_name: 'c', creative_slot: 'top' }]],
    [{ promoClick: { promotions: [{ id: 'P' }] } }, ['select_promotion', { promotion_id: 'P' }]],
  ])
    assert.deepEqual(told(ecommerce), [expected])
})

test('whoever else listens to `dataLayer`, from before us or after, hears all of it, and its answers stay', () => {
  const heard = { before: [], after: [] }
  const layer = []
  const native = layer.push
  layer.push = (...entries) => (heard.before.push(...entries), native.apply(layer, entries))
  globalThis.window = { dataLayer: layer }
  const ours = []
  const stop = dataLayer({ see: (name) => ours.push(name) }, true)
  const wrapped = layer.push
  layer.push = (...entries) => (heard.after.push(...entries), wrapped.apply(layer, entries))
  const views = [{ event: 'view_item', ecommerce: { items } }, args('event', 'view_cart', { items }), { event: 'theirs', get ecommerce() { throw Error('a getter of somebody else') } }]
  assert.equal(layer.push(...views), 3, 'the length, as an array says it')
  for (const list of [heard.before, heard.after, layer]) assert.deepEqual(list.map((entry) => views.indexOf(entry)), [0, 1, 2])
  assert.deepEqual(ours, ['view_item', 'view_cart'])
  const after = layer.push
  stop()
  assert.equal(layer.push, after, 'what was put over us stays')
  layer.push({ event: 'login' })
  assert.deepEqual([ours.length, heard.before.length, heard.after.length], [2, 4, 4])
})
