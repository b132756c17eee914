import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh, openPage } from './page.mjs'

/** What is read of the group `consent`. */
async function told(consent = {}, navigator) {
  openPage({ navigator })
  const { terms } = await fresh('terms.js')
  return JSON.parse(JSON.stringify(terms(consent)))
}

test("the shopper's region goes before the default, and US-CA before US", async () => {
  const regions = { EU: 'hold', US: 'grant', 'US-CA': { analytics: 'granted' } }
  for (const [region, expected] of [
    ['EU', { region: 'hold' }],
    ['US', { region: 'grant' }],
    ['US-TX', { region: 'grant' }],
    ['US-CA', { region: { analytics: 'granted' } }],
    ['BR', { default: 'deny' }],
    [undefined, { default: 'deny' }],
  ])
    assert.deepEqual(await told({ default: 'deny', region, regions }, {}), expected, region)
})

test('Global Privacy Control denies sale, and marketing where the shop says so', async () => {
  const sends = { globalPrivacyControl: true }
  assert.deepEqual(await told(undefined, sends), { gpc: { sale: 'denied' } })
  assert.deepEqual(await told({ gpc: 'marketing' }, sends), { gpc: { sale: 'denied', marketing: 'denied' } })
  assert.deepEqual(await told({ gpc: false }, sends), {})
  assert.deepEqual(await told({ gpc: 'marketing' }, { globalPrivacyControl: false }), {})
})

test('Do Not Track denies everything, where the shop says so', async () => {
  assert.deepEqual(await told({ dnt: true }, { doNotTrack: '1' }), { dnt: 'deny' })
  assert.deepEqual(await told({}, { doNotTrack: '1' }), {})
  assert.deepEqual(await told({ dnt: true }, { doNotTrack: null }), {})
})
