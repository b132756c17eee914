// The gate in each browser: what the receiver got and what the browser stores, before a choice, after a yes, after it is taken
// back, and after a no; by the shop's own call, and with Global Privacy Control.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../e2e/collector.mjs'
import { BROWSER } from './driver.mjs'
import { shop } from './shop.mjs'

/** Firefox has the signal itself; elsewhere the page is told it by a script before ours. */
const GPC_PREFS = { 'privacy.globalprivacycontrol.enabled': true, 'privacy.globalprivacycontrol.functionality.enabled': true }
const GPC_SCRIPT = BROWSER === 'firefox' ? '' : `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`
const HOLD = { consentDefault: 'hold', batchMs: 100 }
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Everything posted from now on. */
async function posts(visit) {
  const bodies = []
  await visit.world.answer('/collect', (_, body) => void bodies.push(body))
  return bodies
}

/** Everything that is stored, by name. */
const stored = (visit) =>
  visit.browser.run(async () => {
    const databases = (await indexedDB.databases?.()) ?? []
    return [...document.cookie.split('; ').filter(Boolean), ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...databases.map(({ name }) => name)]
  })

test('nothing before a yes, everything after it, nothing once it is taken back', async (t) => {
  const visit = await shop(t)
  const sent = await posts(visit)
  await visit.go(`${visit.page('landing', HOLD)}?utm_source=letter`)
  await visit.burst(3)
  await visit.cb('flush')
  await visit.browser.hide()
  await visit.browser.show()
  await wait(500)
  assert.deepEqual([sent, await stored(visit), (await visit.cb('stats')).held], [[], [], 4])

  await visit.cb('consent', { analytics: 'granted', marketing: 'denied' })
  const rows = await visit.arrived(3)
  assert.match(rows[0].page.url, /\?utm_source=letter$/)
  assert.deepEqual([rows[0].consent.source, rows[0].visitor], ['api', rows[0].session], 'nobody beyond the visit')
  assert.equal((await stored(visit)).length, 2, 'the visit, and the mark of a yes')
  await visit.settled()

  const before = sent.length
  await visit.cb('consent', 'withdraw')
  await until(async () => (await stored(visit)).length === 0, 'nothing is stored')
  await visit.burst(3, 10)
  await visit.go(visit.page('next', HOLD))
  await visit.cb('consent', { analytics: 'denied' })
  await visit.burst(3, 20)
  await visit.browser.hide()
  await wait(500)
  assert.deepEqual([sent.length, await stored(visit)], [before, []])
  assert.deepEqual(await visit.browser.run(() => window.complaints), [], 'the page was silent')
})

test('Global Privacy Control denies the sale, and no yes outvotes it', async (t) => {
  const visit = await shop(t, GPC_PREFS)
  const sent = await posts(visit)
  await visit.go(visit.page('page', { ...HOLD, consentPurposes: 'analytics sale' }, GPC_SCRIPT))
  assert.equal(await visit.browser.run(() => navigator.globalPrivacyControl), true)
  await visit.cb('consent', { analytics: 'granted', sale: 'granted' })
  await visit.burst(3)
  await wait(500)
  const { consent } = await visit.cb('explain')
  assert.deepEqual([consent.state, consent.decided.sale, consent.decided.analytics], ['denied', 'gpc', 'api'])
  assert.deepEqual([sent, await stored(visit)], [[], []])

  await visit.go(visit.page('other', HOLD, GPC_SCRIPT))
  await visit.cb('consent', { analytics: 'granted', sale: 'granted' })
  const [row] = await visit.collector.expectNames('page_view')
  assert.deepEqual(row.consent.purposes, ['analytics'])
})
