// What waits for destinations and outlives the page: the records of a lane in local storage, who finds them, and what takes them away.
// Storage and locks are stood in for; a browser has them in tests/e2e/destinations-kept.test.mjs.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openPage } from './page.mjs'
import { Locks, Storage } from './storage.mjs'

openPage()
const { part: outbox } = await import('../../www/sdk/outbox.js')
const { lane: make } = await import('../../www/sdk/destinations/lane.js')
const { keeper } = await import('../../www/sdk/destinations/kept.js')

const YES = { state: 'granted', purposes: ['analytics', 'marketing'], decided: { analytics: 'api', marketing: 'api' } }
const NAMELESS = { ...YES, purposes: ['analytics'], decided: { analytics: 'api', marketing: 'api' } }
const VISITOR = '0192f5a0-1234-7000-8000-00000000000a'
const SESSION = '0192f5a0-1234-7000-8000-00000000000b'
let count = 0
const batch = (...names) => ({
  v: 1, batch: `b${++count}`, sent: 1, attempt: 1, visitor: VISITOR, user: 'u', session: { id: SESSION }, consent: { state: 'granted', purposes: YES.purposes },
  lost: {}, pages: [{ id: 'p', url: 'https://s/b?gclid=1' }], events: names.map((name, at) => ({ id: `${count}-${at}`, page: 0, name, data: {} })),
})
const turns = async () => {
  for (let n = 0; n < 8; n++) await turn()
}

beforeEach(() => {
  globalThis.localStorage = new Storage()
  // What the base keeps while there is a yes.
  localStorage.setItem('cb_shop!', 1)
  globalThis.addEventListener = () => {}
  die()
})

/** Every page is gone, and with them their locks. */
const die = () => Object.defineProperty(globalThis, 'navigator', { value: { locks: new Locks() }, configurable: true })

/** A page with one lane each for `ones`; its outbox is open. */
async function page(ones = [{}], room = 100_000) {
  const state = { consent: YES }
  const lanes = []
  let stored
  const kept = { save: () => stored.save(), later: () => stored.later(), free: (item) => stored.free(item) }
  const all = ones.map(({ name = { endpoint: '/in', format: 'native' }, ...one }) => {
    const sent = []
    const send = (how, text, answer) => sent.push({ how, answer, ...JSON.parse(text) })
    const limits = { events: 100, bytes: 100_000, ms: 3_600_000 }
    lanes.push(make({ name, send, purposes: [], events: [], limits, share: 50_000, consent: () => state.consent, erases: true, knows: true, kept, ...one }))
    return { sent, lane: lanes.at(-1) }
  })
  stored = keeper(lanes, room, outbox)
  const [, close] = stored.open('cb_shop!')
  await turns()
  const stats = ({ lane }) => {
    const now = lane.stats()
    const { accepted, held, queued, inDoubt, handedOver, acknowledged, lost } = now
    assert.equal(held + queued + inDoubt + handedOver + acknowledged + Object.values(lost).reduce((all, n) => all + n, 0), accepted)
    return now
  }
  const leave = () => {
    stored.leaving(true)
    close()
  }
  return { ...all[0], all, state, leave, stats: (which = all[0]) => stats(which) }
}

const records = () => Object.keys(localStorage).filter((key) => /^cb_shop\.d\..+\.\d+$/.test(key)).map((key) => JSON.parse(localStorage.getItem(key).replace(/^-?\d+\./, '')))

test('what a page could not send when it was killed the next one sends, with the same ids, once; then nothing is kept', async () => {
  const first = await page()
  first.lane.take(batch('purchase'), 1)
  first.sent[0].answer(503)
  await turns()
  assert.deepEqual(records().map(({ batch }) => batch.events[0].name), ['purchase'])
  die()
  const next = await page()
  assert.deepEqual(next.sent.map(({ batch, events, attempt }) => [batch, events[0].id, attempt]), [[first.sent[0].batch, first.sent[0].events[0].id, 3]])
  assert.equal(next.stats().accepted, 1)
  next.sent[0].answer(200)
  await turns()
  assert.deepEqual([records(), next.stats().acknowledged], [[], 1])
  die()
  assert.deepEqual((await page()).sent, [])
})

test('what is on its way when the page is left goes again where the receiver knows it, and nowhere else', async () => {
  const names = [{ endpoint: '/a', format: 'native' }, { endpoint: '/b', format: 'umami' }]
  const ones = [{ name: names[0] }, { name: names[1], knows: false }]
  const first = await page(ones)
  for (const { lane } of first.all) lane.take(batch('login'), 1)
  await turns()
  assert.deepEqual(records().map(({ to }) => to), ['/a native'])
  // It waits after a certain no: now it is kept too, and no longer while it is tried again.
  first.all[1].sent[0].answer(429, 60)
  await turns()
  assert.equal(records().length, 2)
  first.all[1].lane.resume()
  assert.equal(records().length, 1)
  first.leave()
  assert.deepEqual([first.stats(first.all[0]).accepted, first.stats(first.all[1]).accepted], [0, 1])
  const next = await page(ones)
  assert.deepEqual(next.all.map(({ sent }) => sent.length), [1, 0])
  // Late answers to what was left count nowhere twice.
  first.all[0].sent[0].answer(200)
  assert.equal(first.stats(first.all[0]).acknowledged, 0)
})

test('a beacon of a dying page is kept until the page has lived on for two seconds', async (t) => {
  const first = await page()
  first.lane.take(batch('login'), 1)
  first.sent[0].answer(503)
  await turns()
  t.mock.timers.enable({ apis: ['setTimeout'] })
  first.lane.pump(0)
  first.sent[1].answer(-2)
  await turns()
  assert.deepEqual([records().length, first.stats().inDoubt], [1, 1])
  t.mock.timers.tick(2_000)
  await turns()
  assert.deepEqual([records().length, first.stats().handedOver], [0, 1])
})

test('nothing is kept whose purpose is open, nothing that says more than marketing allows, and nothing after a no', async () => {
  const first = await page([{}, { name: { endpoint: '/ads', format: 'native' }, purposes: ['marketing'] }])
  first.state.consent = { ...YES, purposes: ['analytics'], decided: { analytics: 'api', marketing: 'default' } }
  for (const { lane } of first.all) lane.take(batch('login'), 1)
  await turns()
  assert.deepEqual(records().map(({ to, batch }) => [to, batch.visitor, batch.user, batch.pages[0].url]), [['/in native', SESSION, null, 'https://s/b']])
  first.state.consent = YES
  for (const { lane } of first.all) lane.pump(1)
  await turns()
  assert.deepEqual(records().map(({ to, batch }) => [to, batch.visitor]), [['/in native', VISITOR], ['/ads native marketing', VISITOR]])
  first.state.consent = NAMELESS
  for (const { lane } of first.all) lane.pump(1)
  await turns()
  assert.deepEqual(records().filter(({ to }) => to[1] == 'i').map(({ batch }) => [batch.visitor, batch.user, batch.pages[0].url, batch.consent.purposes]), [[SESSION, null, 'https://s/b', ['analytics']]])
  // The one for ads is on its way: when it comes back it is dropped, and its record goes.
  first.all[1].sent[0].answer(503)
  await turns()
  assert.deepEqual([records().length, first.stats(first.all[1]).lost], [1, { consent_denied: 1 }])
})

test('after a withdrawal in another tab nothing is written; what a reset has removed stays away', async () => {
  const first = await page()
  first.lane.take(batch('login'), 1)
  first.sent[0].answer(503)
  await turns()
  // As src/edge/store.js does for a reset: all but the mark.
  const wipe = (all) => Object.keys(localStorage).forEach((key) => (all || key != 'cb_shop!') && localStorage.removeItem(key))
  wipe()
  first.lane.resume()
  first.sent[1].answer(503)
  await turns()
  assert.deepEqual(records(), [])
  first.lane.take(batch('after'), 1)
  await turns()
  assert.deepEqual(records().map(({ batch }) => batch.events[0].name), ['after'])
  first.leave()
  assert.deepEqual([first.stats().accepted, first.stats().queued + first.stats().inDoubt], [1, 1], 'what is not stored is not forgotten')
  const next = await page()
  wipe(true)
  next.lane.take(batch('later'), 1)
  await turns()
  assert.deepEqual(Object.keys(localStorage), [])
  // A tab that opens before it has heard of it leaves no trace either.
  await page()
  assert.deepEqual(Object.keys(localStorage), [])
})

test('it has a bound and an age, and is of a destination: what is too much stays in memory, what is too old is lost by name', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 })
  const first = await page([{}], 600)
  first.lane.take(batch('login'), 1)
  first.lane.take(batch('other'), 1)
  await turns()
  assert.equal(records().length, 1)
  assert.equal(first.stats().inDoubt, 2)
  die()
  t.mock.timers.setTime(1_790_000_000_000 + 3_700_000)
  const next = await page()
  assert.deepEqual([next.sent, next.stats().lost, records()], [[], { expired: 1 }, []])
  next.lane.take(batch('login'), 1)
  await turns()
  assert.equal(records().length, 1)
  die()
  const other = await page([{ name: { endpoint: '/elsewhere', format: 'native' } }])
  assert.deepEqual([other.sent, other.stats().accepted, records()], [[], 0, []])
})
