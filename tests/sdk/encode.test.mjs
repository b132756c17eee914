import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode, short } from '../../www/sdk/encode.js'

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
  ['2 MB for fields', 'x'.repeat(2 << 20), 'fields: larger than 64 KiB'],
  ['10,000 items', { items: Array.from({ length: 10_000 }, () => ({ item_id: 'a' })) }, 'items: more than 200'],
  ['much in small parts', Array.from({ length: 100 }, () => 'x'.repeat(1000)), 'fields: larger than 64 KiB'],
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
  const fields = { value: 0.1, none: undefined, nil: null, yes: true, when: new Date(0), items: [shared, shared], smile: '😀' }
  assert.equal(encode(fields, 'fields'), JSON.stringify(fields))
  assert.equal(encode(Object.create(null), 'fields'), '{}')
  assert.equal(encode('withdraw', 'consent'), '"withdraw"')
})

test('nothing is no text', () => {
  assert.equal(encode(undefined, 'fields'), '')
  assert.equal(encode(null, 'fields'), '')
})

test('a character cut in half is mended, and a remark names the field', () => {
  const remarks = []
  const fields = { items: [{ item_name: 'Mug 😀'.slice(0, -1) }] }
  assert.equal(encode(fields, 'fields', remarks), '{"items":[{"item_name":"Mug \\ufffd"}]}')
  assert.deepEqual(remarks, ['items[0].item_name: a cut character became U+FFFD'])
  assert.equal(encode({ text: '\\ufffd' }, 'fields', remarks), '{"text":"\\\\ufffd"}')
  assert.equal(remarks.length, 1)
})

test('a name is text or nothing', () => {
  assert.equal(short('add_to_cart'), 'add_to_cart')
  for (const bad of [undefined, null, 5, {}, Symbol('x'), 'x'.repeat(2 << 20)]) assert.equal(short(bad), '')
})
