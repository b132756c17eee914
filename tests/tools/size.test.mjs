// The size budget's judgement, and what is said of the formats' weights.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { features, tell } from '../../www/tools/formats.mjs'
import { fingerprint } from '../../www/tools/fresh.mjs'
import { at } from '../../www/tools/paths.mjs'
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

const weights = JSON.parse(readFileSync(at('tests/formats/weights.json'), 'utf8'))

test('every format has a committed weight, and what is over the aim is said', () => {
  assert.deepEqual(Object.keys(weights.formats), features())
  const lines = tell(weights, weights.print)
  assert.equal(lines.length, features().length + 1)
  for (const [name, bytes] of Object.entries(weights.formats)) {
    const line = lines.find((line) => line.startsWith(`  ${name} `))
    assert.ok(line.includes(bytes.toLocaleString('en')), line)
    assert.equal(line.includes('above the aim'), bytes > weights.aim, line)
  }
})

test('weights of other source are never shown without saying so', () => {
  assert.ok(!tell(weights, weights.print).join().includes('changed'))
  assert.match(tell(weights, 'another').at(-1), /changed since they were measured: npm run formats -- --write/)
})

test('a fingerprint follows the text of a file', () => {
  const folder = mkdtempSync(at('target/print-'))
  try {
    const file = join(folder, 'a')
    const prints = ['one', 'two', 'one'].map((text) => (writeFileSync(file, text), fingerprint([file])))
    assert.equal(prints[0], prints[2])
    assert.notEqual(prints[0], prints[1])
    assert.notEqual(fingerprint([file], ['more']), prints[0])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
