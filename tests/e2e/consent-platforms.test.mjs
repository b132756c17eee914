// Real consent software from npm, driven by its own buttons, with every request and every write of the browser recorded
// from before the page's first byte: empty before a yes, complete after it, purged and silent after a no.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { PLATFORMS, install } from './platforms.mjs'
import { pages, tag } from './world.mjs'

const MODULE = '<script type="module" src="/cb/consent.js"></script>'

async function open(t, platform) {
  const { source, purposes } = platform
  const world = await pages(t)
  const { before, script } = await install(platform, world.store)
  const head = `<script src="/cb/stub.js"></script>${before}${tag({ consentSource: source, batchMs: 100, consentPurposes: purposes?.join(' ') })}${source ? MODULE : ''}`
  const path = world.put('shop', { head, body: `<script src="${script}"></script>` })
  const visit = await world.visit()
  await visit.page.setExtraHTTPHeaders({ referer: 'https://search.example/' })
  await visit.go(`${path}?utm_source=letter`)
  return { world, visit }
}

const ours = (visit) => visit.writes.filter(({ key }) => key.startsWith('cb_'))
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

for (const [name, platform] of Object.entries(PLATFORMS)) {
  const { by } = platform
  test(`${name}: nothing before its yes, everything after it, nothing left after its no`, async (t) => {
    const { world, visit } = await open(t, platform)
    await visit.page.locator(platform.yes).first().waitFor()
    await visit.cb('track', 'before_the_choice')
    await wait(700)
    assert.equal((await visit.cb('ids')).consent, 'pending')
    assert.deepEqual([visit.posts(), ours(visit)], [[], []])

    await visit.page.locator(platform.yes).first().click()
    const events = await world.collector.expect((all) => all.some(({ name }) => name == 'before_the_choice'), 'what was held')
    // The click on its button is one of the visit, where the shop has not marked the banner as its own affair.
    assert.deepEqual(events.map(({ name }) => name).filter((name) => name != 'click').sort(), ['before_the_choice', 'page_view'])
    assert.match(events[0].page.url, /\?utm_source=letter$/)
    assert.equal(events[0].page.referrer, 'https://search.example/')
    assert.deepEqual([events[0].consent.state, events[0].consent.source], ['granted', by])
    assert.ok((await visit.stored()).some((key) => key.startsWith('cb_')), 'the visitor is known')

    // The question once more, and a no.
    await visit.cb('track', 'waiting_when_it_came')
    await visit.page.evaluate(() => window.reopen?.())
    await visit.page.locator(platform.no).first().click()
    await until(async () => (await visit.cb('ids')).consent == 'withdrawn', 'the no')
    assert.deepEqual((await visit.stored()).filter((key) => key.startsWith('cb_')), [])
    const sent = visit.posts().length
    await visit.cb('track', 'after_the_no')
    await wait(400)
    assert.equal(visit.posts().length, sent, 'silent')
    const all = await visit.leave()
    assert.equal(all.some(({ name }) => name == 'after_the_no'), false)
    assert.equal((await world.collector.stats()).refused.length, 0)
  })

  test(`${name}: a no at once is silence`, async (t) => {
    const { visit } = await open(t, platform)
    await visit.page.locator(platform.no).first().click()
    await until(async () => (await visit.cb('ids')).consent == 'denied', 'the no')
    await visit.cb('track', 'after_the_no')
    assert.deepEqual(await visit.leave(), [])
    assert.deepEqual([visit.posts().filter(({ site }) => site != 'marker'), ours(visit)], [[], []])
  })
}

test('where the part for platforms is blocked, everything is held', async (t) => {
  const world = await pages(t)
  await world.answer('/cb/consent.js', () => ({ status: 404, body: '' }))
  const path = world.put('shop', { head: `<script src="/cb/stub.js"></script>${tag({ consentSource: 'tcf', batchMs: 100 })}${MODULE}` })
  const visit = await world.visit()
  await visit.go(path)
  await visit.cb('consent', { analytics: 'granted' })
  await wait(500)
  assert.deepEqual((await visit.cb('explain')).consent.source, 'auto')
  assert.deepEqual([visit.posts(), ours(visit), (await visit.cb('stats')).held], [[], [], 1])
})

test('Global Privacy Control denies what needs the sale of data, and nothing else', async (t) => {
  for (const [purposes, state] of [['analytics', 'granted'], ['analytics sale', 'denied']]) {
    const world = await pages(t)
    const path = world.put('shop', { head: `<script src="/cb/stub.js"></script>${tag({ consentPurposes: purposes })}` })
    const visit = await world.visit()
    await visit.page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true }))
    await visit.go(path)
    await visit.cb('consent', { analytics: 'granted', sale: 'granted' })
    const { consent } = await visit.cb('explain')
    assert.deepEqual([consent.state, consent.decided.sale, consent.purposes], [state, 'gpc', ['analytics']])
  }
})
