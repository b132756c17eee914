// `consent.anonymous`: after a no, numbers of nobody. What leaves is looked at byte by byte, with every write recorded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { pages, tags } from './world.mjs'

const REFERRER = 'https://search.example/q?terms=private'
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A shop whose page is open, and what it posts. */
async function open(t, data = {}, path = '?gclid=abc123&utm_source=letter#top') {
  const world = await pages(t)
  const sent = []
  await world.answer('/collect', ({ headers }, body) => void sent.push({ headers, body }))
  const page = world.put('order/4711-2026/mug', { head: tags({ consentAnonymous: true, ...data }) })
  const visit = await world.visit()
  await visit.page.setExtraHTTPHeaders({ referer: REFERRER })
  await visit.context.addCookies([{ name: 'login', value: 'jane', url: world.origin }])
  await visit.go(page + path)
  // The part comes on its own.
  await visit.page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('anonymous.js')))
  await wait(200)
  return { world, visit, sent }
}

const counted = (world, names) =>
  until(async () => {
    const { anonymous } = await world.collector.stats()
    return names.every(([name, n]) => anonymous.some(({ reason, count }) => reason === name && count === n)) && anonymous
  }, String(names))

test('after a no, what leaves names nobody, and nothing is stored', async (t) => {
  const { world, visit, sent } = await open(t)
  await visit.cb('identify', 'customer-7')
  await visit.cb('track', 'search', { search_term: 'jane@example.com' })
  await wait(300)
  assert.deepEqual(sent, [], 'nothing before the no')
  await visit.cb('consent', { analytics: 'denied' })
  await visit.cb('track', 'add_to_cart', { currency: 'EUR', value: 9.9, items: [{ item_id: 'A1', price: 9.9 }] })
  await visit.cb('track', 'add_to_cart', { currency: 'EUR', value: 9.9, items: [{ item_id: 'A1', price: 9.9 }] })
  await visit.page.goto('about:blank')
  await counted(world, [['page_view', 1], ['search', 1], ['add_to_cart', 2]])

  assert.equal(sent.length, 1)
  const [{ body, headers }] = sent
  const line = { page: `${world.origin}/order/4711-2026/mug.html`, referrer: 'https://search.example' }
  assert.deepEqual(JSON.parse(body), {
    v: 1, sdk: JSON.parse(body).sdk, site: 'test', consent: { state: 'anonymous', source: 'api' },
    anonymous: [{ name: 'page_view', ...line, n: 1 }, { name: 'search', ...line, n: 1 }, { name: 'add_to_cart', ...line, n: 2 }],
  })
  // Neither an id nor a time, as a number of that length would be.
  assert.doesNotMatch(body, /[0-9a-f]{8}-|\d{9}|customer|jane|gclid|utm|A1|terms/)
  assert.deepEqual([headers.cookie, headers.referer], [undefined, undefined])
  assert.deepEqual(visit.writes, [])
  assert.deepEqual(await world.collector.events(), [])
})

test('with a yes the events go as ever, and nothing is counted beside them', async (t) => {
  const { world, visit } = await open(t)
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('track', 'login')
  const events = await visit.leave()
  assert.deepEqual(events.map(({ name }) => name), ['page_view', 'login'])
  assert.deepEqual((await world.collector.stats()).anonymous, [])
})

test('a yes that is taken back is a no: what comes then is counted, what came before is not', async (t) => {
  const { world, visit } = await open(t)
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('track', 'login')
  await visit.cb('consent', 'withdraw')
  await visit.cb('track', 'share')
  assert.deepEqual((await visit.stored()).filter((key) => key.startsWith('cb_')), [])
  await visit.page.goto('about:blank')
  assert.deepEqual(await counted(world, [['share', 1]]), [{ reason: 'share', count: 1 }])
})

test('without a choice nothing is counted, without the option neither, and parts of a path that look personal are not told', async (t) => {
  for (const [data, update, expected] of [
    [{}, undefined, []],
    [{ consentAnonymous: undefined, debug: undefined }, { analytics: 'denied' }, []],
  ]) {
    const world = await pages(t)
    const visit = await world.visit()
    await visit.go(world.put('shop', { head: tags({ consentAnonymous: true, ...data }) }))
    if (update) await visit.cb('consent', update)
    await visit.cb('track', 'login')
    await visit.leave()
    assert.deepEqual((await world.collector.stats()).anonymous, expected)
  }
  const { visit } = await open(t)
  await visit.page.evaluate(() => history.replaceState(null, '', '/account/jane%40example.com/orders/1000234/mug-2001'))
  await visit.cb('consent', { analytics: 'denied' })
  await visit.cb('track', 'share')
  await visit.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  const sent = await until(() => visit.posts()[0], 'the counts')
  const share = sent.anonymous.find(({ name }) => name === 'share')
  assert.match(share.page, /\/account\/\*\/orders\/\*\/mug-2001$/)
})
