// How a page learns what became of a batch, in each browser as it is: the status of a beacon where Resource Timing shows
// it (Chromium, Firefox), else a fetch while the page is on screen and the mere presence of an entry once it is hidden (WebKit).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../e2e/collector.mjs'
import { BROWSER } from './driver.mjs'
import { shop, shopping } from './shop.mjs'

const isWebkit = BROWSER === 'webkit'

/** From now on: how each batch was sent, as the receiver sees it. A beacon to a same origin is `no-cors`. */
async function transports(visit) {
  const seen = []
  await visit.world.answer('/collect', ({ headers }) => {
    seen.push(headers['sec-fetch-mode'] === 'no-cors' ? 'beacon' : 'fetch')
  })
  return seen
}

test('a page on screen knows the answer to its batches', async (t) => {
  const visit = await shop(t)
  const seen = await transports(visit)
  await visit.go(visit.page('page'))
  await visit.cb('flush')
  await visit.settled()
  await visit.burst(30)
  await visit.cb('flush')
  await visit.arrived(30)
  const { acknowledged } = await visit.truth()
  assert.equal(acknowledged, 31)
  assert.ok(seen.length > 1 && seen.every((how) => how === (isWebkit ? 'fetch' : 'beacon')), String(seen))
})

test('a status that asks for another try is heard', async (t) => {
  const visit = await shopping(t)
  await visit.collector.faults({ count: 1, status: 503 })
  await visit.burst(3)
  await visit.cb('flush')
  const rows = await visit.arrived(3)
  assert.ok(rows.every(({ batch }) => batch.attempt === 2))
  assert.equal((await visit.truth()).acknowledged, 4)
})

test('a hidden page sends a beacon, and knows that somebody answered', async (t) => {
  const visit = await shop(t)
  const seen = await transports(visit)
  await visit.go(visit.page('page', { batchMs: 60_000 }))
  await visit.burst(3)
  await visit.browser.hide()
  await visit.arrived(3)
  assert.deepEqual(seen, ['beacon'])
  const { acknowledged, handedOver } = await visit.truth()
  assert.deepEqual([acknowledged, handedOver], isWebkit ? [0, 4] : [4, 0])
})

test('a beacon of a hidden page that nobody answered counts as nothing of the kind', async (t) => {
  const visit = await shopping(t, { batchMs: 60_000 })
  await visit.collector.stop()
  await visit.burst(3)
  await visit.browser.hide()
  const { acknowledged, handedOver, queued, inDoubt } = await visit.cb('stats')
  assert.deepEqual([acknowledged + handedOver, queued + inDoubt], [1, 3])
})

test('a page that keeps no timings is told all the same', async (t) => {
  const visit = await shopping(t, {}, 'performance.setResourceTimingBufferSize(0)')
  await visit.browser.run(() => {
    performance.clearResourceTimings()
    window.cartbeacon('track', 'n0')
    window.cartbeacon('flush')
    performance.clearResourceTimings()
  })
  await visit.arrived(1)
  assert.equal((await visit.truth()).acknowledged, 2)
})

const BROKEN = {
  'no PerformanceObserver': 'delete window.PerformanceObserver',
  'a PerformanceObserver that throws': 'window.PerformanceObserver = class { static supportedEntryTypes = ["resource"]; constructor() { throw new Error("no") } }',
  'a PerformanceObserver that tells nothing': 'window.PerformanceObserver = class { static supportedEntryTypes = ["resource"]; observe() {} disconnect() {} }',
  'no sendBeacon': 'delete Navigator.prototype.sendBeacon',
  'a sendBeacon that throws': 'navigator.sendBeacon = () => { throw new Error("no") }',
  'a sendBeacon that forgets to answer': 'const send = navigator.sendBeacon; navigator.sendBeacon = function () { send.apply(this, arguments) }',
  'a fetch that throws': '',
  'a fetch that answers nothing of use': 'const own = fetch; window.fetch = (...call) => String(call[0]).includes("/collect") ? own(...call).then(() => ({})) : own(...call)',
}

for (const [what, before] of Object.entries(BROKEN)) {
  test(`a page with ${what} delivers, and hears no error`, async (t) => {
    const visit = await shop(t)
    await visit.go(visit.page('page', {}, before))
    // Only now, since the wasm is fetched as well.
    if (/a fetch that throws/.test(what))
      await visit.browser.run(() => {
        window.fetch = () => {
          throw new Error('no')
        }
      })
    await visit.burst(3)
    await visit.cb('flush')
    if (isWebkit && /fetch/.test(what)) await visit.browser.hide()
    const events = await visit.collector.expectNames('n0', 'n1', 'n2')
    assert.equal(events.filter(({ name }) => name === 'n0').length, 1)
    assert.deepEqual(await visit.browser.run(() => window.complaints), [])
  })
}

if (BROWSER === 'firefox')
  test('a Firefox that is told to show no timings delivers all the same, and counts all but its first beacon', async (t) => {
    const visit = await shop(t, { 'dom.enable_resource_timing': false })
    await visit.go(visit.page('page'))
    await visit.cb('flush')
    await visit.burst(100)
    await visit.cb('flush')
    await visit.arrived(100)
    await until(async () => (await visit.cb('stats')).acknowledged === 100, 'the rest was sent so that the answer can be read')
    assert.equal((await visit.cb('stats')).inDoubt, 1)
  })
