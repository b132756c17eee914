// The cookie that a server sets, in each browser: it knows the visitor again when all is gone that scripts have written, and
// goes with a no, also when it comes after that.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../e2e/collector.mjs'
import { shop } from './shop.mjs'

const HOLD = { consentDefault: 'hold', batchMs: 100, cookieServer: '/collect/id' }
const ALL = { analytics: 'granted', marketing: 'granted' }

/** The cookies that the page can read, as pairs. */
const cookies = (visit) => visit.browser.run(() => document.cookie.split('; ').filter(Boolean))
const id = async (visit) => (await cookies(visit)).find((pair) => pair.startsWith('cb_test.id='))

test('who comes back after a week is the same visitor, and nobody after a no', async (t) => {
  const visit = await shop(t, undefined, '--visitor-cookie')
  let hold
  const asked = []
  await visit.world.answer('/collect/id', (_, body) => {
    asked.push(body)
    return hold
  })
  await visit.go(visit.page('page', HOLD))
  assert.deepEqual([await cookies(visit), asked], [[], []])
  await visit.cb('consent', ALL)
  const { visitor } = await visit.cb('ids')
  const pair = await until(() => id(visit), 'the cookie is set')
  assert.match(pair, new RegExp(`^cb_test\\.id=${visitor}\\.1\\.\\d{10}$`))

  // A page without a tracker: as if nobody had been there.
  await visit.browser.go(`${visit.world.origin}/cb/stub.js`)
  const left = await visit.browser.run(() => {
    localStorage.clear()
    // Browsers differ in which domain of an address in numbers they take.
    for (const name of ['cb_test', 'cb_test.ask']) for (const domain of ['', '127.0.0.1', '0.0.1', '0.1']) document.cookie = `${name}=;path=/;domain=${domain};max-age=0`
    return document.cookie
  })
  assert.equal(left, pair)
  await visit.go('/page.html')
  assert.deepEqual(await visit.cb('ids'), { visitor: '', session: '', consent: 'pending' })
  await visit.cb('consent', ALL)
  assert.equal((await visit.cb('ids')).visitor, visitor)

  await visit.cb('consent', 'withdraw')
  assert.deepEqual(await cookies(visit), [])

  let letGo
  hold = new Promise((done) => (letGo = done))
  await visit.cb('consent', ALL)
  await until(() => asked.length === 2, 'it is asked for')
  await visit.cb('consent', 'withdraw')
  letGo()
  // This page has not asked before.
  await until(() => visit.browser.run(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/collect/id'))), 'an answer')
  await until(async () => (await cookies(visit)).length === 0, 'it is deleted as soon as it has come')
  assert.deepEqual(await visit.browser.run(() => window.complaints), [], 'the page was silent')
})
