// The part for consent platforms, against platforms that behave as their specifications say, well and badly.
import assert from 'node:assert/strict'
import { test } from 'node:test'

const EVERYTHING = { analytics: 'granted', marketing: 'granted', preferences: 'granted' }
let copies = 0

/** Listens in a new page where `globals` are; answers what the tracker was told, as it grows. */
async function listening(t, options, globals = {}) {
  const events = new EventTarget()
  const document = { querySelector: () => null, cookie: '', addEventListener: (name, hear) => events.addEventListener(name, hear) }
  Object.assign(globalThis, { window: globalThis, document, __tcfapi: undefined, __gpp: undefined, dataLayer: undefined, Shopify: undefined })
  Object.assign(globalThis, { wp_has_consent: undefined, wp_consent_type: undefined }, globals)
  const { listen } = await import(`../../www/sdk/consent.js?copy=${++copies}`)
  const told = []
  t.after(listen({ consent: (update) => void told.push(update) }, options))
  return { told, document, fire: (name) => events.dispatchEvent(new Event(name)) }
}

const soon = (ms = 250) => new Promise((resolve) => setTimeout(resolve, ms))

/** A TCF platform; `say(data)` calls whoever listens. */
function tcf(first) {
  const listeners = []
  return {
    __tcfapi: (command, version, hear) => {
      assert.deepEqual([command, version], ['addEventListener', 2])
      listeners.push(hear)
      if (first) hear(first, true)
    },
    say: (data, success = true) => listeners.forEach((hear) => hear(data, success)),
  }
}
const consents = (...numbers) => Object.fromEntries(numbers.map((n) => [n, true]))
const tcData = (more) => ({ gdprApplies: true, eventStatus: 'useractioncomplete', purpose: { consents: consents(1, 8, 9) }, vendor: { consents: {} }, ...more })

test('a named platform is waited for, whether it is there or not', async (t) => {
  const page = await listening(t, { source: ['tcf', 'gpp'] })
  await soon()
  assert.deepEqual(page.told, [{ source: 'tcf' }, { source: 'gpp' }, { source: 'auto' }])
})

test('a platform that appears late is heard', async (t) => {
  const page = await listening(t, { source: 'tcf', waitMs: 50 })
  await soon()
  globalThis.__tcfapi = tcf(tcData()).__tcfapi
  await soon()
  assert.deepEqual(page.told.at(-1), { source: 'tcf', analytics: 'granted', marketing: 'denied', preferences: 'denied' })
})

test('a name nobody knows opens nothing', async (t) => {
  for (const source of ['tfc', ['tcf', 'onetrust']]) {
    const page = await listening(t, { source }, tcf(tcData()))
    assert.equal(page.told.some(({ source }) => source == 'auto'), false)
  }
})

test('auto says nothing as long as no platform is there, and stops looking', async (t) => {
  const page = await listening(t, { source: 'auto', waitMs: 120 })
  await soon(400)
  globalThis.__tcfapi = tcf(tcData()).__tcfapi
  await soon()
  assert.deepEqual(page.told, [])
})

test('auto waits for each platform it finds before it says that there are no more', async (t) => {
  const page = await listening(t, { source: 'auto' }, { ...tcf(), __gpp: () => {} })
  assert.deepEqual(page.told, [{ source: 'tcf' }, { source: 'gpp' }, { source: 'auto' }])
})

test('TCF: what is no answer is passed over', async (t) => {
  const platform = tcf()
  const page = await listening(t, { source: 'tcf' }, platform)
  page.told.length = 0
  platform.say(tcData({ gdprApplies: undefined }))
  platform.say(tcData({ eventStatus: 'cmpuishown' }))
  platform.say(tcData(), false)
  platform.say(null, false)
  platform.say(tcData({ eventStatus: undefined }))
  assert.deepEqual(page.told, [])
})

test('TCF: purposes and vendor become choices', async (t) => {
  for (const [data, vendor, expected] of [
    [{ gdprApplies: false, purpose: undefined }, undefined, EVERYTHING],
    [{ eventStatus: 'tcloaded', purpose: { consents: consents(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) } }, undefined, EVERYTHING],
    [{ purpose: { consents: consents(8, 9) } }, undefined, { analytics: 'denied', marketing: 'denied', preferences: 'denied' }],
    [{ purpose: undefined, vendor: undefined }, undefined, { analytics: 'denied', marketing: 'denied', preferences: 'denied' }],
    [{ vendor: { consents: consents(7) } }, 7, { analytics: 'granted', marketing: 'denied', preferences: 'denied' }],
    [{ vendor: { consents: consents(8) } }, '7', { analytics: 'denied', marketing: 'denied', preferences: 'denied' }],
    [{ vendor: { consents: consents(7), disclosedVendors: consents(8) } }, 7, { analytics: 'denied', marketing: 'denied', preferences: 'denied' }],
    [{ vendor: { consents: consents(7), disclosedVendors: consents(7) } }, 7, { analytics: 'granted', marketing: 'denied', preferences: 'denied' }],
  ]) {
    const platform = tcf()
    const page = await listening(t, { source: 'tcf', vendor }, platform)
    platform.say(tcData(data))
    assert.deepEqual(page.told.at(-1), { source: 'tcf', ...expected }, JSON.stringify(data))
  }
})

test('GPP: only a ready signal with a section that applies is an answer', async (t) => {
  const all = { ...EVERYTHING, sale: 'granted' }
  for (const [ping, expected] of [
    [{ signalStatus: 'not ready', applicableSections: [7], parsedSections: { usnat: { SaleOptOut: 2 } } }, undefined],
    [{ applicableSections: [-1] }, undefined],
    [{ applicableSections: [] }, undefined],
    [{ applicableSections: [7], parsedSections: {} }, undefined],
    [{ applicableSections: [5], parsedSections: { tcfcav1: {} } }, undefined],
    [{ applicableSections: [0] }, all],
    [{ applicableSections: [7], parsedSections: { usnat: { SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2 } } }, all],
    [{ applicableSections: [7], parsedSections: { usnat: { SaleOptOut: 1 } } }, { ...all, sale: 'denied' }],
    [{ applicableSections: [7], parsedSections: { usnatv1: [{ SharingOptOut: 1 }] } }, { ...all, sale: 'denied' }],
    [{ applicableSections: [8], parsedSections: { usca: [{ SaleOptOut: 2 }, { GpcSegmentType: 1, Gpc: true }] } }, { ...all, sale: 'denied' }],
    [{ applicableSections: [12], parsedSections: { usct: { TargetedAdvertisingOptOut: 1 } } }, { ...all, marketing: 'denied' }],
    [{ applicableSections: [6], parsedSections: { uspv1: { OptOutSale: 'Y' } } }, { ...all, sale: 'denied' }],
    [{ applicableSections: [7, 8], parsedSections: { usnat: { SaleOptOut: 1 }, usca: { SaleOptOut: 2 } } }, { ...all, sale: 'denied' }],
    [{ applicableSections: [8], parsedSections: { usnat: { SaleOptOut: 1 }, usca: { SaleOptOut: 2 } } }, all],
    [
      { applicableSections: [2], parsedSections: { tcfeuv2: { PurposeConsents: [true, false, false, false, false, false, false, true, true] } } },
      { analytics: 'granted', marketing: 'denied', preferences: 'denied' },
    ],
  ]) {
    let hear
    const page = await listening(t, { source: 'gpp' }, { __gpp: (command, listener) => (hear = listener) })
    page.told.length = 0
    hear({ eventName: 'signalStatus', pingData: { signalStatus: 'ready', ...ping } }, true)
    assert.deepEqual(page.told, expected ? [{ source: 'gpp', ...expected }] : [], JSON.stringify(ping))
  }
})

const args = (...entries) => entries.map((entry) => (function () { return arguments })(...entry))

test('Google: updates answer, a default that waits or denies does not', async (t) => {
  const granted = { analytics_storage: 'granted', ad_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'granted' }
  for (const [entries, region, expected, expectedLate = expected] of [
    [[['consent', 'default', { analytics_storage: 'denied' }]], '', undefined],
    [[['consent', 'default', { analytics_storage: 'granted', wait_for_update: 500 }]], '', undefined],
    [[['consent', 'default', { analytics_storage: 'granted' }]], '', { analytics: 'granted' }],
    [[['consent', 'default', { analytics_storage: 'denied' }], ['consent', 'update', granted]], '', { analytics: 'granted', marketing: 'granted' }],
    [[['consent', 'update', { ...granted, ad_user_data: 'denied' }]], '', { analytics: 'granted', marketing: 'denied' }],
    // A default after the update, as by a tag that loads late, changes nothing.
    [[['consent', 'update', { analytics_storage: 'denied' }], ['consent', 'default', { analytics_storage: 'granted' }]], '', { analytics: 'denied' }],
    [[['consent', 'default', { analytics_storage: 'granted' }], ['consent', 'default', { analytics_storage: 'denied', region: ['ES'] }]], 'ES', undefined, { analytics: 'denied' }],
    [[['consent', 'default', { analytics_storage: 'denied', region: ['ES'] }], ['consent', 'default', { analytics_storage: 'granted' }]], 'US', { analytics: 'granted' }],
    [[['consent', 'default', { analytics_storage: 'denied', region: ['ES'] }], ['consent', 'default', { analytics_storage: 'granted' }]], '', undefined],
    [[['consent', 'default', { analytics_storage: 'granted', region: ['US-AK'] }], ['consent', 'default', { analytics_storage: 'denied', region: ['US'] }]], 'US-AK', { analytics: 'granted' }],
    [[['js', new Date()], ['config', 'G-1'], { event: 'gtm.js' }, null, 7], '', undefined],
  ])
    for (const style of [(list) => list, (list) => list.map((e) => (Array.isArray(e) ? args(e)[0] : e))])
      for (const before of [true, false]) {
        const page = await listening(t, { source: 'google', region }, { dataLayer: before ? style(entries) : [] })
        if (!before) for (const entry of style(entries)) globalThis.dataLayer.push(entry)
        const last = page.told.filter(({ source }) => source == 'google').at(-1)
        assert.deepEqual(last, { source: 'google', ...(before ? expected : expectedLate) }, JSON.stringify(entries))
      }
})

test('Google: entries still reach their own readers', async (t) => {
  const seen = []
  const dataLayer = []
  dataLayer.push = (...entries) => seen.push(...entries)
  await listening(t, { source: 'google' }, { dataLayer })
  assert.equal(dataLayer.push('a', { get 0() { throw Error('x') } }), 2)
  assert.equal(seen.length, 2)
})

test('Shopify: allowed, refused, and not asked yet are three things', async (t) => {
  let given = { analytics: '', marketing: '', preferences: '', sale_of_data: '' }
  const allowed = (name) => () => given[name] == 'yes'
  const customerPrivacy = {
    analyticsProcessingAllowed: allowed('analytics'),
    marketingAllowed: allowed('marketing'),
    preferencesProcessingAllowed: allowed('preferences'),
    saleOfDataAllowed: () => given.sale_of_data != 'no',
    currentVisitorConsent: () => given,
  }
  const page = await listening(t, { source: 'shopify' }, { Shopify: { customerPrivacy } })
  assert.deepEqual(page.told.at(-1), { source: 'shopify', sale: 'granted' })
  given = { analytics: 'yes', marketing: 'no', preferences: 'no', sale_of_data: 'no' }
  page.fire('visitorConsentCollected')
  assert.deepEqual(page.told.at(-1), { source: 'shopify', analytics: 'granted', marketing: 'denied', preferences: 'denied', sale: 'denied' })
})

test('WordPress: nothing is asked before the type of consent is known', async (t) => {
  let yes = []
  const page = await listening(t, { source: 'wordpress' }, { wp_has_consent: (category) => !globalThis.wp_consent_type || yes.includes(category) })
  assert.deepEqual(page.told, [{ source: 'wordpress' }, { source: 'auto' }])
  globalThis.wp_consent_type = 'optin'
  page.fire('wp_consent_type_defined')
  await soon(20)
  assert.equal(page.told.length, 2, 'no cookie, no answer')
  yes = ['statistics']
  page.document.cookie = 'a=b; wp_consent_marketing=deny'
  page.fire('wp_listen_for_consent_change')
  await soon(20)
  assert.deepEqual(page.told.at(-1), { source: 'wordpress', analytics: 'granted', marketing: 'denied' })
})
