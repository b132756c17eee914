// Where the browser has `fetchLater`, it holds what waits: a page that dies without a word, by a crash of its process, has
// it sent all the same, and never what was taken back. Nothing is stored here, so that nobody else can have sent it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { BROWSER } from './driver.mjs'
import { numbered, shop } from './shop.mjs'

const OPTIONS = { timeout: 60_000, skip: BROWSER !== 'chromium' && 'it has no fetchLater' }
/** Nothing leaves by itself. */
const LATE = { storage: 'memory', batchMs: 600_000, batchEvents: 1000 }
/** As long as the browser may be told late of what came. */
const told = () => pause(800)

/** A page, and every body that was posted. */
async function visiting(t, data = {}) {
  const visit = await shop(t)
  visit.posted = []
  await visit.world.answer('/collect', ({ method }, body) => void (method === 'POST' && visit.posted.push(body)))
  await visit.go(visit.page('page', { ...LATE, ...data }))
  assert.equal(await visit.browser.run(() => typeof fetchLater), 'function')
  return visit
}

test('a page whose process is killed has its tail sent, as it was last', OPTIONS, async (t) => {
  const visit = await visiting(t)
  await visit.burst(3)
  await told()
  await visit.burst(3, 3)
  await told()
  assert.deepEqual(visit.posted, [], 'not before the end')
  await visit.browser.crash()
  await visit.arrived(6)
  await pause(500)
  assert.equal(visit.posted.length, 1, 'once, the last state')
})

test('after a flush the browser holds nothing, until something comes', OPTIONS, async (t) => {
  const visit = await visiting(t)
  await visit.burst(3)
  await told()
  await visit.cb('flush')
  await visit.arrived(3)
  await visit.settled()
  await visit.burst(2, 3)
  await told()
  await visit.browser.crash()
  await visit.arrived(5)
  await pause(500)
  assert.equal(visit.posted.length, 2)
  assert.ok(!visit.posted[1].includes('"n0"'))
})

test('nothing that was taken back is sent when the page dies', OPTIONS, async (t) => {
  const visit = await visiting(t)
  await visit.burst(3)
  await told()
  await visit.cb('consent', 'withdraw')
  await visit.burst(3, 3)
  await told()
  await visit.browser.crash()
  await pause(1500)
  assert.deepEqual([visit.posted, numbered(await visit.collector.events())], [[], []])
})

test('nothing is held before a yes', OPTIONS, async (t) => {
  const visit = await visiting(t, { consentDefault: 'hold' })
  await visit.burst(3)
  await told()
  await visit.browser.crash()
  await pause(1500)
  assert.deepEqual(visit.posted, [])
})

test('a tab that is closed sends what it has once', OPTIONS, async (t) => {
  const visit = await visiting(t)
  const first = await visit.browser.tab()
  const second = await visit.browser.newTab()
  await visit.browser.switchTo(first)
  await visit.burst(3)
  await told()
  await visit.browser.closeTab(second)
  await visit.arrived(3)
  await pause(500)
  const came = visit.posted.flatMap((body) => JSON.parse(body).events.map(({ id }) => id))
  assert.deepEqual([came.length, new Set(came).size], [4, 4], 'the page view, and each once')
})

test('what another receiver gets is never in our own words', OPTIONS, async (t) => {
  const visit = await visiting(t, { format: 'posthog', key: 'phc_test', endpoint: '/collect' })
  await visit.burst(3)
  await told()
  await visit.browser.crash()
  await pause(1500)
  assert.deepEqual(visit.posted, [])
})
