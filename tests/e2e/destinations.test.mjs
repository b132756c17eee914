// The option `destinations`: one page, several receivers, one of them down, one slow, one without the purpose it needs. Each gets
// what is its own, in its own words, and none feels another. Real Chromium, receivers of other origins.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { Receiver } from './receiver.mjs'
import { pages, tags } from './world.mjs'

const ITEM = { item_id: 'A1', item_name: 'Mug', price: 9.9, quantity: 1 }
const ADD = { currency: 'EUR', value: 9.9, items: [ITEM] }
const ORDER = { transaction_id: 'O-1', currency: 'EUR', value: 9.9, items: [ITEM] }
const UMAMI = '11111111-1111-4111-8111-111111111111'

/** A page whose tracker has destinations, one receiver each: `describe(receivers)` by the names of `wanted`. */
async function shop(t, names, describe, data = {}) {
  const world = await pages(t)
  const to = {}
  for (const name of names) {
    to[name] = await new Receiver().start()
    world.atEnd(() => to[name].stop())
  }
  const destinations = describe(to)
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${Object.values(to).map(({ origin }) => origin).join(' ')}`
  await world.answer('/shop.html', () => ({ headers: { 'content-security-policy': policy } }))
  const visit = await world.visit()
  const path = world.put('shop', { head: tags({ endpoint: undefined, destinations, batchMs: 50, ...data }) })
  await visit.go(path)
  const of = async (place) => (await visit.cb('stats')).destinations[place]
  const settled = (place, wanted) => {
    let all
    const asked = async () => {
      all = await of(place)
      return Object.entries(wanted).every(([key, value]) => JSON.stringify(all[key]) === JSON.stringify(value))
    }
    return until(asked, `${names[place]}: ${JSON.stringify(wanted)}`, () => `, but ${JSON.stringify(all)}`)
  }
  return { world, to, visit, of, settled }
}

const json = ({ body }) => JSON.parse(body)
const sum = ({ held, queued, inDoubt, handedOver, acknowledged, lost }) =>
  held + queued + inDoubt + handedOver + acknowledged + Object.values(lost).reduce((all, n) => all + n, 0)

test('one down, one slow, one denied: the fourth has all at once, and each is counted for itself', async (t) => {
  const names = ['good', 'down', 'slow', 'denied']
  const { to, visit, of, settled } = await shop(t, names, ({ good, down, slow, denied }) => [
    { endpoint: good.origin, format: 'segment', key: 'WRITE' },
    { endpoint: down.origin, format: 'posthog', key: 'phc_x' },
    { endpoint: `${slow.origin}/collect`, events: ['page_view', 'purchase'] },
    { endpoint: denied.origin, format: 'umami', key: UMAMI, purposes: ['marketing'] },
  ])
  to.down.answer = () => ({ drop: true })
  to.slow.answer = () => ({ wait: 1500 })
  await visit.cb('track', 'add_to_cart', ADD)
  await visit.cb('flush')
  await visit.page.waitForTimeout(300)
  for (const name of names) assert.deepEqual([to[name].requests, to[name].preflights], [[], 0], `${name}: nothing before consent`)

  const agreed = Date.now()
  await visit.cb('consent', { analytics: 'granted', marketing: 'denied' })
  await visit.cb('track', 'purchase', ORDER)
  await settled(0, { accepted: 3, acknowledged: 3, queued: 0, inDoubt: 0, lost: {} })
  assert.ok(Math.max(...to.good.requests.map(({ at }) => at)) - agreed < 1400, 'the good one waits for nobody')
  await settled(2, { accepted: 2, acknowledged: 2, lost: {} })
  await settled(3, { accepted: 3, lost: { consent_denied: 3 }, batches: 0 })
  await until(() => to.down.requests.length >= 2, 'the one that is down is tried again')

  // The same ids everywhere, each event once where somebody answers, and only what a destination asked for.
  const messages = to.good.requests.flatMap((request) => json(request).batch)
  assert.deepEqual(messages.map(({ event, type }) => event ?? type), ['page', 'Product Added', 'Order Completed'])
  const batches = to.slow.requests.map(json)
  const events = batches.flatMap((batch) => batch.events)
  assert.deepEqual(events.map(({ name }) => name), ['page_view', 'purchase'])
  assert.deepEqual(events.map(({ id }) => id), [messages[0].messageId, messages[2].messageId])
  assert.ok(batches.every(({ session, events, pages }) => session.id === batches[0].session.id && pages.length === 1 && events.every(({ page }) => page === 0)))
  assert.ok(batches.every(({ visitor, user, session }) => visitor === session.id && user === null), 'marketing is denied')
  assert.ok(messages.every(({ anonymousId }) => anonymousId === batches[0].visitor))
  assert.deepEqual([to.denied.requests, to.denied.preflights], [[], 0], 'not even an empty request')

  const down = await of(1)
  assert.deepEqual([down.accepted, down.acknowledged, sum(down)], [3, 0, 3])
  const stats = await visit.cb('stats')
  assert.equal(stats.accepted, 3)
  for (const one of stats.destinations) assert.equal(sum(one), one.accepted, one.endpoint)
  assert.deepEqual(stats.destinations.map(({ format }) => format), ['segment', 'posthog', 'native', 'umami'])

  // The one that was down is back: what waited for it comes, and the others are not told again.
  to.down.answer = () => ({ body: '{"status":"Ok"}' })
  await visit.page.evaluate(() => window.dispatchEvent(new Event('online')))
  await settled(1, { acknowledged: 3, queued: 0, lost: {} })
  assert.equal(to.good.requests.flatMap((request) => json(request).batch).length, 3)
})

test('a purpose that is granted later counts from then; a withdrawal ends it for all', async (t) => {
  const { to, visit, settled } = await shop(t, ['site', 'ads'], ({ site, ads }) => [
    { endpoint: `${site.origin}/collect` },
    { endpoint: `${ads.origin}/lines`, format: 'ndjson', purposes: 'marketing' },
  ])
  await visit.cb('consent', { analytics: 'granted' })
  await settled(0, { acknowledged: 1 })
  // Nobody has said anything of marketing: it waits, in memory.
  await settled(1, { accepted: 1, held: 1, batches: 0 })
  assert.deepEqual(to.ads.requests, [])
  await visit.cb('consent', { marketing: 'granted' })
  await settled(1, { acknowledged: 1, held: 0 })
  await visit.cb('consent', { marketing: 'denied' })
  await visit.cb('track', 'login')
  await settled(0, { acknowledged: 2 })
  await settled(1, { accepted: 2, acknowledged: 1, lost: { consent_denied: 1 } })
  const [line] = to.ads.requests.flatMap(({ body }) => body.trimEnd().split('\n').map((text) => JSON.parse(text)))
  assert.equal(line.type, 'page_view')
  await visit.cb('consent', 'withdraw')
  const before = [to.site.requests.length, to.ads.requests.length]
  await visit.cb('track', 'login')
  await visit.cb('flush')
  await visit.page.waitForTimeout(300)
  assert.deepEqual([to.site.requests.length, to.ads.requests.length], before)
})

test('a page that is left hands each its own; what one refuses is halved for it alone', async (t) => {
  const { to, visit, settled } = await shop(t, ['a', 'b'], ({ a, b }) => [{ endpoint: `${a.origin}/collect` }, { endpoint: b.origin, format: 'posthog', key: 'phc_x' }], {
    consentDefault: { analytics: 'granted' }, batchMs: 300,
  })
  to.a.answer = ({ body }) => (body.includes('bad_one') ? { status: 400 } : {})
  for (const name of ['good_one', 'bad_one', 'good_two']) await visit.cb('track', name)
  await settled(0, { acknowledged: 3, lost: { rejected: 1 } })
  await settled(1, { acknowledged: 4, lost: {} })
  await visit.page.evaluate(() => {
    window.cartbeacon('track', 'last_one')
    location.href = '/cb/stub.js'
  })
  await to.a.expect((all) => all.some(({ body }) => body.includes('last_one')), 'the last event')
  await to.b.expect((all) => all.some(({ body }) => body.includes('last_one')), 'the last event')
  // A batch that comes after a loss tells of it.
  assert.deepEqual(json(to.a.requests.find(({ body }) => body.includes('last_one'))).lost, { rejected: 1 })
  assert.equal(to.b.requests.filter(({ body }) => body.includes('last_one')).length, 1)
})

test('what makes no sense, or would be a secret, is refused by its place, and nothing is requested', async (t) => {
  for (const [destinations, reason] of [
    [[], 'destinations: none'],
    [[{ format: 'segment' }], 'destinations[0].endpoint: required'],
    [[{ endpoint: '/collect' }, { endpoint: '/x', format: 'posthog', key: 'phx_private' }], /^destinations\[1\]\.key: this is a private key/],
    [[{ endpoint: '/collect', purposes: ['everything'] }], 'destinations[0].purposes: not a purpose'],
    [[{ endpoint: '/collect', colour: 1 }], 'destinations[0].colour: not an option'],
  ]) {
    const { visit } = await shop(t, [], () => destinations, { consentDefault: { analytics: 'granted' } })
    const ready = await visit.ready()
    if (typeof reason === 'string') assert.deepEqual(ready, { engine: 'none', reason })
    else assert.match(ready.reason, reason)
    assert.deepEqual(visit.requests.filter(({ method }) => method === 'POST'), [])
  }
})

test('what is counted of nobody goes to one destination of ours that asks for no purpose, or nowhere', async (t) => {
  const ours = ({ ads, site, own }) => [{ endpoint: `${ads.origin}/in`, purposes: ['marketing'] }, { endpoint: site.origin, format: 'segment', key: 'W' }, { endpoint: `${own.origin}/collect` }]
  for (const describe of [ours, (to) => ours(to).slice(0, 2)]) {
    const { to, visit } = await shop(t, ['ads', 'site', 'own'], describe, { consentAnonymous: true })
    await visit.cb('consent', { analytics: 'denied' })
    await visit.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    if (describe === ours) {
      const [{ path, body }] = await to.own.expect((all) => all.length > 0, 'the counts')
      assert.deepEqual([path, JSON.parse(body).consent.state], ['/collect', 'anonymous'])
    } else await visit.page.waitForTimeout(300)
    assert.deepEqual([to.ads.requests, to.site.requests, visit.requests.filter(({ method, url }) => method === 'POST' && !url.startsWith(to.own.origin))], [[], [], []])
  }
})

test('what marketing alone allows is a tracker of its own: the site’s denied purpose keeps it from nothing, and nothing else leaves', async (t) => {
  const world = await pages(t)
  const [site, ads] = [await new Receiver().start(), await new Receiver().start()]
  for (const one of [site, ads]) world.atEnd(() => one.stop())
  const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${site.origin} ${ads.origin}`
  await world.answer('/two.html', () => ({ headers: { 'content-security-policy': policy } }))
  const script = `import('/cb/index.js').then(({ init }) => {
    const batch = { ms: 50 }
    window.both = [
      init({ site: 'shop', batch, destinations: [{ endpoint: '${site.origin}/collect' }, { endpoint: '${ads.origin}/both', purposes: ['marketing'] }] }),
      init({ site: 'shop-ads', batch, endpoint: '${ads.origin}/alone', format: 'ndjson', consent: { purposes: ['marketing'] } }),
    ]
  })`
  const visit = await world.visit()
  await visit.page.goto(world.put('two', { head: '', script }))
  await visit.page.waitForFunction(async () => window.both && (await Promise.all(window.both.map((one) => one.ready))).every(({ engine }) => engine === 'wasm'))
  const all = (command, ...values) => visit.page.evaluate(([name, args]) => window.both.map((one) => one[name](...args)), [command, values])
  await all('track', 'purchase', ORDER)
  assert.deepEqual([site.requests, ads.requests], [[], []], 'nothing before consent')
  await all('consent', { analytics: 'denied', marketing: 'granted' })
  await ads.expect((requests) => requests.some(({ body }) => body.includes('O-1')), 'the order, by marketing')
  const [{ destinations }] = await all('stats')
  assert.deepEqual(destinations.map(({ accepted, batches }) => [accepted, batches]), [[0, 0], [0, 0]])
  assert.deepEqual([site.requests, ads.requests.filter(({ path }) => path !== '/alone')], [[], []])
  await all('consent', 'withdraw')
  await all('track', 'purchase', { ...ORDER, transaction_id: 'O-2' })
  await all('flush')
  await visit.page.goto('about:blank')
  assert.ok(ads.requests.every(({ body }) => !body.includes('O-2')))
})
