// How often a page asks the browser for its cookies and sets one: each waits for another process, in the middle of the shop's work.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Storage } from './storage.mjs'
import { openPage } from './page.mjs'

const IDENTITY = 0
const KEY = 'cb_shop'

/** A page that keeps its identity in a cookie, and how often cookies were read and set. */
async function cookiePage() {
  openPage()
  const { keep, load } = await import(`../../src/edge/store.js?copy=cookies${Math.random()}`)
  const asked = { read: 0, set: 0 }
  const jar = {}
  Object.defineProperty(document, 'cookie', {
    get() {
      asked.read++
      return Object.entries(jar).map((pair) => pair.join('=')).join('; ')
    },
    set(text) {
      asked.set++
      const [name, value] = text.split(';')[0].split('=')
      jar[name] = value
    },
  })
  globalThis.localStorage = new Storage()
  const page = { _medium: 0, _key: KEY, _yes: KEY + '!', _days: 395, _notify: {}, _hear() {} }
  return { jar, asked, read: () => load(page), store: (value) => keep(page, IDENTITY, 1, 0, value) }
}

test('cookies are read once in a task, and anew in the next', async () => {
  const { jar, asked, read } = await cookiePage()
  jar[KEY] = 'one'
  for (let n = 0; n < 100; n++) assert.equal(read(), 'one')
  assert.equal(asked.read, 1)
  jar[KEY] = 'of another tab'
  await null
  assert.equal(read(), 'of another tab')
  assert.equal(asked.read, 2)
})

test('what is stored is read back, and stored again only where it is another', async () => {
  const { jar, asked, read, store } = await cookiePage()
  read()
  store('one')
  assert.equal(read(), 'one')
  assert.deepEqual([jar[KEY], asked.set], ['one', 1])
  await null
  store('one')
  assert.equal(asked.set, 1)
  delete jar[KEY]
  await null
  // Gone since: that is a withdrawal, and nothing is stored any more.
  store('one')
  assert.deepEqual([jar, asked.set], [{}, 1])
})

test('one identity after the other is stored, also within a task', async () => {
  const { jar, asked, store } = await cookiePage()
  for (const value of ['one', 'two', 'two', 'three']) store(value)
  assert.deepEqual([jar[KEY], asked.set], ['three', 3])
})
