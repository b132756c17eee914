// The size budget's judgement.
import assert from 'node:assert/strict'
import test from 'node:test'
import { judge } from '../../www/tools/size.mjs'

const measured = { tag: { raw: 300, gzip: 120, brotli: 100 }, other: { raw: 30, gzip: 12, brotli: 10 } }
const row = (budget, last) => judge(measured, { budget, last })[0]

test('a file at its budget passes, one byte more does not', () => {
  assert.equal(row({ tag: 100 }, {}).over, false)
  assert.equal(row({ tag: 99 }, {}).over, true)
})

test('a file without a budget is never over it', () => {
  assert.equal(judge(measured, { budget: {}, last: {} }).some(({ over }) => over), false)
})

test('a rise asks for an explanation above two per cent only', () => {
  assert.equal(row({}, { tag: 99 }).risen, false)
  assert.equal(row({}, { tag: 98 }).risen, true)
  assert.equal(row({}, { tag: 120 }).risen, false)
})
