// The records as they lie in local storage: what a page writes the next one reads, and any damage to one is seen for what it
// is. Storage and locks are stood in for; real ones are in tests/cross/outbox.test.mjs.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { fresh } from './page.mjs'
import { Locks, Storage } from './storage.mjs'

const MARK = 'cb_shop!'
const [OPENED, FOUND] = [18, 19]

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] })
  globalThis.localStorage = new Storage()
  globalThis.addEventListener = () => {}
  Object.defineProperty(globalThis, 'navigator', { value: { locks: new Locks() }, configurable: true })
})

afterEach(() => mock.timers.reset())

/** Opens the outbox as a page does; answers what it was told, and its hands. */
async function page() {
  const { part: open } = await fresh('outbox.js')
  const told = []
  const [keep, close] = open(MARK, (...what) => told.push(what))
  for (let n = 0; n < 5; n++) await turn()
  return { keep, close, told, found: () => told.filter(([what]) => what === FOUND).map(([, , text]) => text) }
}

const records = () => Object.keys(localStorage).filter((key) => key !== MARK)

test('what a page leaves the next one finds, as it was, and takes off when it is done', async () => {
  const texts = ['1,1790000000000,0,id,{"events":[{"name":"Tée 🛒"}]}', '2,1790000000000,3,other,{}', 'a.b.c']
  const first = await page()
  assert.deepEqual(first.told, [[OPENED]])
  texts.forEach((text, n) => assert.equal(first.keep(text, n + 1, 10_000), undefined))
  first.close()
  const next = await page()
  assert.deepEqual(next.found(), texts)
  const [, last] = next.told.filter(([what]) => what === FOUND).map(([, slot]) => slot)
  next.keep(`${last},`, 0, 0)
  assert.equal(records().length, 1)
  next.keep('', 0, 0)
  assert.deepEqual(records(), [])
})

test('where there is no room it says so, and nothing is written', async () => {
  const { keep } = await page()
  keep('x'.repeat(80), 1, 100)
  assert.equal(keep('y'.repeat(80), 2, 100), 1)
  assert.equal(records().length, 1)
})

/** Numbers that look random and are the same in every run. */
function dice(seed) {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('any damage to a record is seen, and costs that record alone', async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const roll = dice(seed)
    globalThis.localStorage = new Storage()
    const first = await page()
    const texts = Array.from({ length: 1 + roll(5) }, (_, n) => `1,${n},0,id${n},{"events":[{"name":"n${roll(1000)}"}]}`)
    texts.forEach((text, n) => first.keep(text, n + 1, 10_000))
    first.close()
    const expected = records().map((key, n) => {
      const value = localStorage.getItem(key)
      const at = roll(value.length)
      const changed = [
        () => value,
        () => value,
        () => value.slice(0, at),
        () => value.slice(0, at) + value.slice(at + 1),
        () => value.slice(0, at) + String.fromCharCode(roll(65_536)) + value.slice(at + 1),
        () => value.slice(0, at) + 'x' + value.slice(at),
        () => value + value,
        () => 'of somebody else',
      ][roll(8)]()
      localStorage.setItem(key, changed)
      return changed === value ? texts[n] : ''
    })
    const next = await page()
    assert.deepEqual(next.found(), expected, `seed ${seed}`)
    next.keep('', 0, 0)
    assert.deepEqual(records(), [], 'the damaged ones go as well')
    next.close()
  }
})

test('keys that are not of a record harm nobody', async () => {
  const first = await page()
  first.keep('mine', 1, 10_000)
  first.close()
  for (const key of ['', '!', 'a', 'a!', '!1', 'a!b!c', '__proto__!1', 'constructor!1']) localStorage.setItem(MARK + key, 'x')
  localStorage.setItem('cb_shop2!tab!1', 'of another site')
  const next = await page()
  assert.ok(next.told.some(([what]) => what === OPENED))
  assert.ok(next.found().includes('mine'))
  assert.ok(next.found().every((text) => text === 'mine' || text === ''))
  assert.equal(localStorage.getItem('cb_shop2!tab!1'), 'of another site')
})
