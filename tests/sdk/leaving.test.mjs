// A page that is left in a browser whose back/forward cache takes no page with a lock, as Gecko's: it lets go of its locks
// before the next page's answer comes, and nobody takes what is its own meanwhile. With the real browser: tests/cross/delivery.test.mjs.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { fresh } from './page.mjs'
import { Locks, Storage } from './storage.mjs'

const MARK = 'cb_shop!'
const [OPENED, FOUND] = [18, 19]

let storage
let pages

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] })
  storage = new Storage()
  pages = []
  globalThis.mozInnerScreenX = 0
})

afterEach(() => {
  mock.timers.reset()
  delete globalThis.mozInnerScreenX
})

const turns = async () => {
  for (let n = 0; n < 9; n++) await turn()
}

const pass = async (ms) => {
  mock.timers.tick(ms)
  await turns()
}

/** One lock manager for all pages, of whom each counts its own. */
const shared = new Locks()

/**
 * A page with its outbox open. What it does in storage the others see and hear when its task has ended, as in Gecko, where a lock
 * that is let go of is free at once; once it has crashed it does nothing any more.
 */
async function page() {
  const listeners = []
  const told = []
  const asked = []
  /** What the others do not see yet, by key; null is gone. */
  const written = new Map()
  let isDead = false
  const self = {
    told,
    /** A record, without its checksum. */
    found: () => told.filter(([what]) => what === FOUND).map(([, , text]) => text),
    opened: () => told.filter(([what]) => what === OPENED).length,
    /** How many locks it has or waits for. */
    locks: () => asked.filter(({ isOver, signal }) => !isOver && !signal.aborted).length,
    fire: (type, event) => listeners.filter((one) => one.type === type && !one.signal.aborted).forEach(({ listen }) => listen(event)),
    crash: () => {
      isDead = true
      asked.forEach(({ drop }) => drop())
    },
  }
  const show = () => {
    for (const [key, value] of written) {
      const before = storage.getItem(key)
      written.delete(key)
      if (before === value) continue
      if (value === null) storage.removeItem(key)
      else storage.setItem(key, value)
      for (const other of pages) if (other !== self) setImmediate(() => other.fire('storage', { key, oldValue: before, newValue: value }))
    }
  }
  const write = (key, value) => {
    alive()
    if (!written.size) setImmediate(show)
    // In the order of what is written last.
    written.delete(key)
    written.set(key, value)
  }
  const alive = () => {
    if (isDead) throw Error('gone')
  }
  globalThis.localStorage = new Proxy(storage, {
    get: (target, name) =>
      ({
        setItem(key, value) {
          if (self.isFull) throw new DOMException('full', 'QuotaExceededError')
          write(key, String(value))
        },
        removeItem: (key) => write(key, null),
        getItem: (key) => (written.has(key) ? written.get(key) : target.getItem(key)),
      })[name] ?? target[name],
  })
  globalThis.addEventListener = (type, listen, { signal }) => listeners.push({ type, listen, signal })
  const locks = {
    async request(name, { signal }, work) {
      alive()
      const one = { signal }
      const dropped = new Promise((resolve) => (one.drop = resolve))
      asked.push(one)
      await shared.request(name, { signal }, () => !isDead && Promise.race([work(), dropped]))
      one.isOver = true
    },
  }
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true })
  const { part: open } = await fresh('outbox.js')
  ;[self.keep, self.close, self.has] = open(MARK, (...what) => told.push(what))
  pages.push(self)
  await turns()
  return self
}

/** A page is being left, for as long as that takes in its own process. */
async function leave(page) {
  page.fire('beforeunload')
  await turns()
  await pass(0)
}

/** The keys of records, and of what says that a page is being left. */
const keys = () => Object.keys(storage).filter((key) => key !== MARK)
const records = () => keys().filter((key) => !key.endsWith('!'))
const notes = () => keys().filter((key) => key.endsWith('!'))

/** Two pages, of which the first has a record and the second waits for what it leaves. */
async function two() {
  const first = await page()
  first.keep('one', 1, 10_000)
  const second = await page()
  return [first, second]
}

test('a page that is left has no lock and waits for none, and still nobody takes over; once it is gone, all at once', async () => {
  const [first, second] = await two()
  second.keep('other', 1, 10_000)
  await turns()
  assert.deepEqual([first.locks(), second.locks()], [2, 2])
  await leave(first)
  assert.deepEqual([first.locks(), second.found()], [0, []])
  // What comes last, as the click that leaves.
  first.keep('two', 2, 10_000)
  await pass(2_000)
  assert.deepEqual(second.found(), [])
  first.close()
  await turns()
  assert.deepEqual(second.found(), ['one', 'two'])
  assert.deepEqual(notes(), [])
  assert.equal(first.locks(), 0)
})

test('what a page wrote last is seen only after its lock was let go of: who has that takes it when it is told, once', async () => {
  delete globalThis.mozInnerScreenX
  const [first, second] = await two()
  first.keep('two', 2, 10_000)
  first.keep('three', 3, 10_000)
  first.keep('1,2', 0)
  first.close()
  await turns()
  assert.deepEqual(second.found(), ['one', 'two'])
  assert.deepEqual(records().length, 2)
})

test('a page that opens while another is being left does not take over either', async () => {
  const first = await page()
  first.keep('one', 1, 10_000)
  await leave(first)
  const next = await page()
  assert.deepEqual([next.opened(), next.found()], [1, []])
  first.close()
  await turns()
  assert.deepEqual(next.found(), ['one'])
})

test('a page that stays after all has its locks back, what it took over as well, and finds nothing of its own', async () => {
  const lost = await page()
  lost.keep('left', 1, 10_000)
  const [first, second] = await two()
  lost.crash()
  await turns()
  const heir = [first, second].find((page) => page.found().includes('left'))
  const other = heir === first ? second : first
  heir.keep('more', 7, 10_000)
  await leave(heir)
  assert.equal(notes().length, 2)
  const before = heir.told.length
  await pass(3_000)
  assert.deepEqual([notes(), heir.told.length], [[], before])
  await pass(100_000)
  assert.equal(other.found().includes('left'), false)
  heir.close()
  await turns()
  assert.deepEqual([...new Set(other.found())].sort(), heir === first ? ['left', 'more', 'one'] : ['left', 'more'])
  assert.equal(new Set(other.found()).size, other.found().length, 'each once')
})

test('a page that is left more than once is waited for each time', async () => {
  const [first, second] = await two()
  for (let time = 0; time < 5; time++) {
    await leave(first)
    await pass(2_500)
  }
  await pass(3_000)
  await leave(first)
  for (let time = 0; time < 5; time++) await pass(500)
  assert.deepEqual(second.found(), [])
  first.close()
  await turns()
  assert.deepEqual(second.found(), ['one'])
})

test('a page that dies while it is being left is waited for in vain, and then taken over', async () => {
  const [first, second] = await two()
  await leave(first)
  first.crash()
  await pass(5_000)
  assert.deepEqual(second.found(), [])
  await pass(1_000)
  assert.deepEqual(second.found(), ['one'])
  assert.deepEqual([records().length, notes()], [1, []])
})

test('nothing is written once the yes is gone, nor where there is no room: then the locks stay', async () => {
  const [first] = await two()
  const before = keys()
  first.isFull = true
  await leave(first)
  first.isFull = false
  assert.deepEqual([first.locks(), keys()], [1, before])
  storage.removeItem(MARK)
  await leave(first)
  assert.deepEqual([first.locks(), keys()], [1, before])
})

test('where locks do not keep a page out of the cache, nothing listens', async () => {
  delete globalThis.mozInnerScreenX
  const [first] = await two()
  await leave(first)
  assert.deepEqual([first.locks(), notes()], [1, []])
})
