// One destination's queue, without a browser: what it does while it is down, and what it gives up by name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPage } from './page.mjs'

openPage()
const { lane } = await import('../../www/sdk/destinations/lane.js')

const YES = { state: 'granted', purposes: ['analytics', 'marketing'], decided: { analytics: 'api', marketing: 'api', sale: 'default' } }
const VISITOR = '0192f5a0-1234-7000-8000-00000000000a'
const SESSION = '0192f5a0-1234-7000-8000-00000000000b'
let count = 0
const batch = (...names) => ({
  v: 1, batch: `b${++count}`, visitor: VISITOR, user: 'u', session: { id: SESSION }, consent: { state: 'granted', purposes: YES.purposes },
  lost: {}, pages: [{ id: 'p0', url: 'https://s/a' }, { id: 'p1', url: 'https://s/b?gclid=1' }],
  events: names.map((name, at) => ({ id: `${count}-${at}`, page: 1, name, data: {} })),
})

/** A lane with its sends, which `answer(n, status, wait)` answers. */
function open(more = {}) {
  const sent = []
  const state = { consent: YES }
  const send = (how, text, answer) => sent.push({ how, answer, ...JSON.parse(text) })
  const made = lane({ name: {}, send, purposes: [], events: [], limits: { events: 10, bytes: 100_000, ms: 3_600_000 }, share: 5000, consent: () => state.consent, erases: true, ...more })
  const adds = () => {
    const { accepted, held, queued, inDoubt, handedOver, acknowledged, lost } = made.stats()
    assert.equal(held + queued + inDoubt + handedOver + acknowledged + Object.values(lost).reduce((all, n) => all + n, 0), accepted)
    return made.stats()
  }
  return { lane: made, sent, state, stats: adds }
}

test('while it is down it asks one at a time, later and later, three times; then only when something changes', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_790_000_000_000 })
  const { lane, sent, stats } = open()
  lane.take(batch('a'), 1)
  lane.take(batch('b'), 1)
  assert.equal(sent.length, 2)
  for (const { answer } of [...sent]) answer(0)
  t.mock.timers.tick(10_000)
  assert.equal(sent.length, 3, 'one probe')
  sent[2].answer(0)
  t.mock.timers.tick(3_000_000)
  assert.equal(sent.length, 3, 'the breaker is open')
  lane.resume()
  assert.ok(sent.length > 3)
  assert.equal(sent[3].batch, sent[0].batch)
  assert.deepEqual([sent[0].attempt, sent[3].attempt], [1, 3])
  for (const { answer } of sent.slice(3)) answer(200)
  assert.deepEqual([stats().acknowledged, stats().lost], [2, {}])
})

test('how long it waits at most is an option', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_790_000_000_000 })
  const { lane, sent } = open({ limits: { events: 10, bytes: 100_000, ms: 3_600_000, first: 5_000, longest: 10_000 } })
  lane.take(batch('a'), 1)
  t.mock.method(Math, 'random', () => 0.5)
  for (const [answer, wait] of [[[503], 2_500], [[503], 5_000], [[503], 5_000], [[429, 60], 10_000]]) {
    const tries = sent.length
    sent.at(-1).answer(...answer)
    t.mock.timers.tick(wait - 100)
    assert.equal(sent.length, tries, `${answer}: not before ${wait} ms`)
    t.mock.timers.tick(200)
    assert.equal(sent.length, tries + 1, `${answer}: after ${wait} ms`)
  }
})

test('Retry-After is kept; what waited too long expires, and the next batch tells of it', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_790_000_000_000 })
  const { lane, sent, stats } = open()
  lane.take(batch('a', 'b'), 1)
  sent[0].answer(429, 60)
  t.mock.timers.tick(59_000)
  assert.equal(sent.length, 1)
  t.mock.timers.tick(2_000)
  assert.equal(sent.length, 2)
  sent[1].answer(503, 300)
  t.mock.timers.setTime(1_790_000_000_000 + 3_700_000)
  lane.take(batch('c'), 1)
  assert.deepEqual(stats().lost, { expired: 2 })
  sent.at(-1).answer(200)
  lane.take(batch('d'), 1)
  assert.deepEqual([sent.at(-1).lost, sent.at(-1).events[0].name], [{ expired: 2 }, 'd'])
})

test('a full queue gives up the oldest, orders last', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_790_000_000_000 })
  const { lane, stats, sent } = open()
  lane.take(batch('a'), 1)
  sent[0].answer(0)
  lane.take(batch('purchase'), 1)
  for (let n = 0; n < 12; n++) lane.take(batch('x'), 1)
  assert.deepEqual([stats().queued, stats().lost], [10, { queue_full: 4 }])
  lane.resume()
  assert.equal(sent[1].events[0].name, 'purchase')
})

test('a page that is being left gives it its share and no more', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_790_000_000_000 })
  const { lane, sent } = open({ share: 1500 })
  lane.take(batch('a'), 1)
  sent[0].answer(0)
  for (let n = 0; n < 5; n++) lane.take(batch('x'), 1)
  lane.pump(0)
  assert.ok(sent.length > 1 && sent.length < 6, `${sent.length}`)
  assert.ok(sent.slice(1).every(({ how }) => how === 0))
})

test('what waits leaves as consent is by then: ids and click ids go with marketing', () => {
  const { lane, sent, state, stats } = open()
  lane.take(batch('a'), 1)
  assert.deepEqual([sent[0].visitor, sent[0].user, sent[0].pages], [VISITOR, 'u', [{ id: 'p1', url: 'https://s/b?gclid=1' }]])
  sent[0].answer(503)
  state.consent = { ...YES, purposes: ['analytics'] }
  lane.resume()
  const { visitor, user, pages, consent } = sent[1]
  assert.deepEqual([visitor, user, pages[0].url, consent.purposes], [SESSION, null, 'https://s/b', ['analytics']])
  sent[1].answer(503)
  lane.take(batch('b'), 1)
  state.consent = { ...YES, state: 'withdrawn', purposes: [] }
  lane.withdraw()
  lane.resume()
  assert.deepEqual([sent.length, stats().lost], [2, { withdrawn: 2 }])
})

test('a format that throws, or answers twice, costs its own batch', () => {
  let asked
  const { lane, stats } = open({ send: (how, text, answer) => (asked ? (answer(200), answer(200)) : ((asked = 1), assert.fail('from a format'))) })
  lane.take(batch('a'), 1)
  lane.take(batch('b'), 1)
  assert.deepEqual([stats().acknowledged, stats().lost], [1, { rejected: 1 }])
})

/** Numbers that follow from the seed (mulberry32). */
const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

test('whatever happens: it adds up, nothing leaves without its purpose, nothing arrives twice that was answered, and it drains', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_790_000_000_000 })
  const STATUSES = [200, 204, 1001, 400, 413, 404, 408, 429, 503, 0, -1, -2]
  for (let seed = 1; seed <= 300; seed++) {
    const next = random(seed)
    const pick = (list) => list[Math.floor(next() * list.length)]
    const { lane, sent, state, stats } = open({ purposes: ['marketing'], limits: { events: 30, bytes: 20_000, ms: 600_000 } })
    const granted = () => state.consent.state === 'granted' && state.consent.purposes.includes('marketing')
    const settled = new Set()
    let seen = 0
    const look = () => {
      for (const { events } of sent.slice(seen)) {
        assert.ok(granted(), `seed ${seed}: sent without its purpose`)
        for (const { id } of events) assert.ok(!settled.has(id), `seed ${seed}: ${id} again`)
      }
      seen = sent.length
      stats()
    }
    const answer = (status) => {
      const open = sent.filter(({ isAnswered }) => !isAnswered)
      if (!open.length) return
      const one = pick(open)
      one.isAnswered = true
      if ((status > 199 && status < 300) || status > 999 || status === -2) for (const { id } of one.events) settled.add(id)
      one.answer(status, next() < 0.3 ? 2 : 0)
    }
    for (let step = 0; step < 80; step++) {
      const at = next()
      if (at < 0.35) lane.take(batch(...Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(['view_item', 'purchase', 'login']))), pick([0, 1, 1, 1]))
      else if (at < 0.65) answer(pick(STATUSES))
      else if (at < 0.75) t.mock.timers.tick(Math.floor(next() * 20_000))
      else if (at < 0.8) lane.resume()
      else if (at < 0.85) lane.pump(0)
      else if (at < 0.9) {
        const marketing = pick(['granted', 'denied', 'open'])
        const purposes = marketing === 'granted' ? YES.purposes : ['analytics']
        state.consent = { state: 'granted', purposes, decided: { ...YES.decided, marketing: marketing === 'open' ? 'default' : 'api' } }
        lane.pump(1)
      } else if (at < 0.92) {
        state.consent = { ...YES, state: 'withdrawn', purposes: [] }
        lane.withdraw()
      }
      look()
    }
    // All is well again.
    state.consent = YES
    lane.resume()
    look()
    for (let turn = 0; turn < 200 && stats().queued + stats().inDoubt > 0; turn++) {
      answer(200)
      look()
      t.mock.timers.tick(1000)
      look()
    }
    const { held, queued, inDoubt } = stats()
    assert.deepEqual([held, queued, inDoubt], [0, 0, 0], `seed ${seed}`)
    lane.stop()
  }
})
