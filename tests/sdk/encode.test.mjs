import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode } from '../../www/sdk/encode.js'

const throwing = () => {
  throw new Error('from the page')
}
const every = (trap) => new Proxy({}, new Proxy({}, { get: () => trap }))
const cyclic = { items: [{ item_id: 'a' }] }
cyclic.items[0].cart = cyclic
const deep = (levels) => (levels ? { a: deep(levels - 1) } : {})

const BAD = [
  ['NaN', { value: NaN }, 'value: not a finite number'],
  ['infinity in an item', { items: [{ price: 1 }, { price: Infinity }] }, 'items[1].price: not a finite number'],
  ['a BigInt', { value: 10n }, 'value: a bigint'],
  ['a function', { value: () => 5 }, 'value: a function'],
  ['a symbol', { value: Symbol('x') }, 'value: a symbol'],
  ['a cycle', cyclic, 'items[0].cart: cyclic or too deep'],
  ['a hundred levels', deep(100), /^(a\.){16}a: cyclic or too deep$/],
  ['a getter that throws', { items: [{ get price() { return throwing() } }] }, 'items[0].price: a getter threw'],
  ['a Proxy that throws', every(throwing), 'fields: a getter threw'],
  ['a Proxy inside', { items: [every(throwing)] }, 'items[0]: a getter threw'],
  ['a revoked Proxy', (({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {})), 'fields: a getter threw'],
  ['a toJSON that throws', { when: { toJSON: throwing } }, 'fields: a getter threw'],
  ['2 MB of text', { items: [{ item_name: 'x'.repeat(2 << 20) }] }, 'items[0].item_name: larger than 64 KiB'],
  ['2 MB as a name', 'x'.repeat(2 << 20), 'fields: larger than 64 KiB'],
  ['10,000 items', { items: Array.from({ length: 10_000 }, () => ({ item_id: 'a' })) }, 'items: more than 200'],
  ['much in small parts', Object.fromEntries(Array.from({ length: 100 }, (_, i) => ['f' + i, 'x'.repeat(1000)])), 'fields: larger than 64 KiB'],
  ['a function for fields', () => ({}), 'fields: a function'],
]

for (const [what, value, reason] of BAD) {
  test(`${what} gets a reason that names the field`, () => {
    let thrown
    try {
      encode(value, 'fields')
    } catch (error) {
      thrown = error
    }
    assert.equal(typeof thrown, 'string')
    assert.match(thrown, reason instanceof RegExp ? reason : new RegExp('^' + reason.replace(/[.[\]]/g, '\\$&') + '$'))
  })
}

test('what JSON carries goes through as JSON', () => {
  const shared = { item_id: 'a' }
  const fields = { value: 0.1, none: undefined, nil: null, yes: true, when: new Date(0), items: [shared, shared] }
  assert.equal(encode(fields, 'fields'), JSON.stringify(fields))
  assert.equal(encode({ text: '\ud800' }, 'fields'), '{"text":"\\ud800"}')
  assert.equal(encode(Object.create(null), 'fields'), '{}')
})

test('nothing is no text, a string stays as it is, and a consent word is told apart by its quotes', () => {
  assert.equal(encode(undefined, 'fields'), '')
  assert.equal(encode(null, 'fields'), '')
  assert.equal(encode('add_to_cart', 'name'), 'add_to_cart')
  assert.equal(encode(4711, 'userId'), '4711')
  assert.equal(encode('withdraw', 'consent'), '"withdraw"')
})
