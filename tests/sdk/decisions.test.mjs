// What an answer does to a batch: a destination's lane does the same as the engine, by one table (tests/decisions.rs).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { openPage } from './page.mjs'

openPage()
const { lane } = await import('../../www/sdk/destinations/lane.js')
const { answers, waits, breaker } = JSON.parse(readFileSync(at('tests/decisions.json'), 'utf8'))

const YES = { state: 'granted', purposes: ['analytics'], decided: { analytics: 'api' } }
const batch = (count) => ({
  v: 1, batch: 'b', visitor: 'v', user: null, session: { id: 's' }, consent: { state: 'granted', purposes: YES.purposes }, lost: {}, pages: [{ id: 'p' }],
  events: Array.from({ length: count }, (_, n) => ({ id: `e${n}`, page: 0, name: 'x', data: {} })),
})

/** A lane that has sent one batch of so many events, on a clock turned by hand; `chance` is what `Math.random` says. */
function flying(t, count, chance) {
  t.mock.timers.reset()
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_790_000_000_000 })
  t.mock.method(Math, 'random', () => chance)
  const sent = []
  const send = (how, text, answer) => sent.push({ ...JSON.parse(text), answer })
  const one = lane({ name: {}, send, purposes: [], events: [], limits: { events: 100, bytes: 100_000, ms: 3_600_000_000 }, share: 50_000, consent: () => YES, erases: true })
  one.take(batch(count), 1)
  assert.deepEqual([sent.length, sent[0].events.length, sent[0].attempt], [1, count, 1])
  return { lane: one, sent, tick: (ms) => t.mock.timers.tick(ms) }
}

/** What is sent is sent after exactly so many ms, and not before. */
function assertAfter({ sent, tick }, ms, what) {
  const before = sent.length
  tick(ms - 1)
  assert.equal(sent.length, before, `${what}: before ${ms} ms`)
  tick(1)
  assert.equal(sent.length, before + 1, `${what}: after ${ms} ms`)
}

const ALMOST_ONE = 1 - 2 ** -40

for (const [status, wait, count, expected] of answers)
  test(`${status}${wait ? `, Retry-After ${wait}` : ''}, ${count} events: ${JSON.stringify(expected)}`, (t) => {
    for (const [chance, share] of [[ALMOST_ONE, 1], [0, 0]]) {
      const page = flying(t, count, chance)
      const { lane, sent, tick } = page
      sent[0].answer(status, wait)
      const { again, exactly, halves, acknowledged = 0, handedOver = 0, lost = {} } = expected
      if (halves) {
        assert.deepEqual(sent.slice(1).map(({ events, attempt }) => [events.length, attempt]), halves.map((size) => [size, 2]))
        assert.deepEqual(sent.slice(1).flatMap(({ events }) => events.map(({ id }) => id)), sent[0].events.map(({ id }) => id))
      } else if (again || exactly) {
        assertAfter(page, exactly ?? Math.max(1, again * share), status)
        assert.deepEqual([sent[1].events, sent[1].attempt], [sent[0].events, 2])
      } else {
        tick(600_000)
        assert.equal(sent.length, 1)
        const stats = lane.stats()
        assert.deepEqual([stats.acknowledged, stats.handedOver, stats.lost], [acknowledged, handedOver, lost])
      }
      lane.stop()
    }
  })

test('failures in a row wait longer, and a success ends that', (t) => {
  const page = flying(t, 2, ALMOST_ONE)
  for (const limit of waits) {
    page.sent.at(-1).answer(503)
    assertAfter(page, limit, 'a failure')
  }
  page.sent.at(-1).answer(200)
  page.lane.take(batch(1), 1)
  page.sent.at(-1).answer(503)
  assertAfter(page, waits[0], 'it begins anew')
})

test('nobody there so often in a row, and it waits for a change', (t) => {
  const { lane, sent, tick } = flying(t, 2, 0)
  for (let tries = 1; tries <= breaker; tries++) {
    sent.at(-1).answer(0)
    tick(600_000)
    assert.equal(sent.length, Math.min(breaker, tries + 1))
  }
  lane.resume()
  assert.equal(sent.length, breaker + 1)
})
