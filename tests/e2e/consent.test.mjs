// No byte leaves and nothing is stored without a yes: in the demo store, with every request and every storage write of
// the browser listened to.
import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { at, dist } from '../../www/tools/paths.mjs'
import { until } from './collector.mjs'
import { Shopper, both, isTold } from './shopper.mjs'
import { YES, pages, store, tags } from './world.mjs'

const isFile = (path) => existsSync(path) && statSync(path).isFile()

/** A GET of a file that lies in the store's or the SDK's folder. */
function isOwnFile({ method, url, body }, origin) {
  const { pathname, origin: from } = new URL(url)
  const path = decodeURIComponent(pathname)
  const inApp = path.startsWith('/app/') && !path.split('/').pop().includes('.')
  const inStore = at('www/store', inApp ? 'app/index.html' : path.endsWith('/') ? `${path}index.html` : path)
  const inSdk = path.startsWith('/cb/') && isFile(join(dist, path.slice(4)))
  return method === 'GET' && !body && from === origin && (inSdk || isFile(inStore))
}

function assertSilent(visit, since = { requests: 0, writes: 0 }) {
  const { origin } = visit.world
  const strange = visit.requests.slice(since.requests).filter((request) => !isOwnFile(request, origin))
  assert.deepEqual(strange, [], 'a request beyond the shop’s own files')
  assert.deepEqual(visit.writes.slice(since.writes).filter(({ where, key }) => where === 'cookie' || !key.startsWith('shop.')), [])
}

const now = (visit) => ({ requests: visit.requests.length, writes: visit.writes.length })
const isOurs = (key) => !key.startsWith('shop.')

/** What a shopper does who has not heard of statistics: looks, clicks, adds, moves on, comes back. */
async function lookAround(shopper) {
  await shopper.open('home')
  await shopper.open('list')
  await shopper.click('quick-add')
  await shopper.click('wishlist')
  await shopper.click('card-link', { shows: 'add-to-cart' })
  await shopper.click('add-to-cart')
  await shopper.click('cart-link', { shows: 'cart-line' })
  await shopper.page.reload()
  await shopper.sees('cart-line')
  await shopper.page.goBack({ waitUntil: 'commit' })
  await shopper.sees('add-to-cart')
}

both((name, kind) => {
  test(`before a choice, ${name} asks for nothing but its own files and stores nothing but its own keys`, async (t) => {
    const world = await store(t)
    const visit = await world.visit()
    const shopper = new Shopper(visit, kind)
    await lookAround(shopper)
    assert.equal((await shopper.tracker('ids')).consent, 'pending')
    const { held } = await shopper.tracker('stats')
    assert.ok(held > 0, 'the events wait')
    assert.deepEqual((await visit.stored()).filter(isOurs), [])
    assert.deepEqual(await visit.leave(), [], 'nothing was stored at the endpoint')
    assertSilent(visit)
    assert.equal((await world.collector.stats()).refused.length, 0, 'nothing was even tried')
  })

  test(`after a yes, what ${name} held arrives with its own time, landing address and referrer`, async (t) => {
    const world = await store(t)
    const visit = await world.visit()
    const shopper = new Shopper(visit, kind)
    const landing = `${kind.paths.list}${kind.isApp ? '?' : '&'}utm_source=letter`
    const opened = Date.now()
    await shopper.open(landing, { referer: 'https://search.example/' })
    const added = [Date.now()]
    await shopper.click('quick-add')
    added.push(Date.now())
    // A choice takes its time; the events must not get the time of the answer.
    await until(() => Date.now() > added[1] + 500, 'half a second')
    assertSilent(visit)
    const answered = Date.now()
    await shopper.accept()
    const events = (await world.collector.expectNames('page_view', 'view_item_list', 'add_to_cart')).filter(isTold)
    assert.deepEqual(events.map(({ name }) => name), ['page_view', 'view_item_list', 'add_to_cart'])
    for (const event of events) {
      assert.ok(event.t >= opened && event.t < answered - 400, `${event.name} has the time of the answer`)
      assert.equal(event.page.url, shopper.url(landing))
      assert.equal(event.page.referrer, 'https://search.example/')
      assert.equal(event.page.reason, 'navigate')
    }
    assert.ok(events[2].t >= added[0] && events[2].t <= added[1], 'the click has the time of the click')
    assert.deepEqual(events[0].consent.purposes, ['analytics', 'marketing', 'preferences'])
    assert.ok(events[0].consent.at >= answered)
    // And what waits, until it has arrived.
    const kept = async () => (await visit.stored()).filter((key) => isOurs(key) && !/!./.test(key))
    assert.deepEqual(await kept(), [`cb_${kind.site}`, `cb_${kind.site}!`], 'the visit and the mark that there was a yes, and only now')
  })

  test(`after a no, ${name} stays silent, on this page and the next`, async (t) => {
    const world = await store(t)
    const visit = await world.visit()
    const shopper = new Shopper(visit, kind)
    await shopper.open('list')
    await shopper.click('consent-reject')
    const { lost, held } = await shopper.tracker('stats')
    assert.deepEqual([Object.keys(lost), held], [['consent_denied'], 0])
    assert.ok(lost.consent_denied >= 2, 'what was held is dropped and counted')
    await lookAround(shopper)
    assert.equal((await shopper.tracker('ids')).consent, 'denied')
    assert.equal(await shopper.part('consent-banner').count(), 0, 'and nobody asks again')
    assert.deepEqual((await visit.stored()).filter(isOurs), [])
    assert.deepEqual(await visit.leave(), [])
    assertSilent(visit)
  })

  test(`withdrawing takes the cookie and the ids away from ${name}, and nothing more is sent, in any tab`, async (t) => {
    const world = await store(t)
    const visit = await world.visit()
    const shopper = new Shopper(visit, kind)
    await shopper.open('list')
    await shopper.accept()
    await world.collector.expectNames('page_view', 'view_item_list')
    const other = new Shopper(visit, kind, await visit.open())
    await other.open('mug')
    await other.tracker('flush')
    await world.collector.expectNames('view_item')
    assert.match((await other.tracker('ids')).visitor, /^[0-9a-f-]{36}$/)

    await shopper.open('privacy')
    await shopper.tracker('flush')
    await until(async () => (await shopper.tracker('stats')).acknowledged > 0, 'the privacy page’s own view')
    await shopper.click('privacy-withdraw')
    await until(async () => (await other.tracker('ids')).consent === 'withdrawn', 'the other tab has heard')
    const stored = (await world.collector.events()).length
    const since = now(visit)
    for (const each of [shopper, other]) {
      assert.deepEqual(await each.tracker('ids'), { visitor: '', session: '', consent: 'withdrawn' })
      assert.deepEqual((await visit.stored()).filter(isOurs), [])
    }
    await other.click('add-to-cart')
    await lookAround(shopper)
    assert.deepEqual((await visit.stored()).filter(isOurs), [])
    assert.equal((await visit.leave()).length, stored, 'nothing came after the withdrawal')
    assertSilent(visit, since)
  })

  test(`a yes holds on the next page of ${name}, for the same visitor and visit`, async (t) => {
    const world = await store(t)
    const visit = await world.visit()
    const shopper = new Shopper(visit, kind)
    await shopper.open('list')
    await shopper.accept()
    await shopper.open('mug')
    assert.equal(await shopper.part('consent-banner').count(), 0)
    await shopper.tracker('flush')
    const events = await world.collector.expectNames('page_view', 'view_item_list', 'page_view', 'view_item', 'view_item_list')
    assert.equal(new Set(events.map(({ visitor }) => visitor)).size, 1)
    assert.equal(new Set(events.map(({ session }) => session)).size, 1)
    assert.ok(events.filter(isTold).length >= 5)
    assert.deepEqual(events.map(({ seq }) => seq).sort((a, b) => a - b), events.map((_, at) => at + 1), 'numbered on, without a gap')
    const ids = await shopper.tracker('ids')
    assert.deepEqual(ids, { visitor: events[0].visitor, session: events[0].session, consent: 'granted' })
  })

  test(`erasing in ${name} deletes the visitor at the endpoint and in the browser`, async (t) => {
    const world = await store(t)
    const visit = await world.visit()
    const shopper = new Shopper(visit, kind)
    await shopper.open('list')
    await shopper.accept()
    await world.collector.expectNames('page_view', 'view_item_list')
    await shopper.open('privacy')
    await shopper.click('privacy-erase')
    await world.collector.expect((events) => events.length === 0, 'an empty database')
    assert.deepEqual((await visit.stored()).filter(isOurs), [])
    assert.equal((await visit.leave()).length, 0)
    assert.equal((await world.collector.stats()).erasures, 1)
  })
})

test('marketing not granted: no click id, no login id, no id beyond the visit; the same events otherwise', async (t) => {
  const world = await pages(t)
  const path = world.put('shop', { head: tags({ batchMs: 100 }) })
  const arrive = async (marketing) => {
    const visit = await world.visit()
    await visit.page.setExtraHTTPHeaders({ referer: 'https://search.example/?q=mug&msclkid=7' })
    await visit.go(`${path}?gclid=abc-1&utm_source=letter&fbclid=x_2&_gl=1*a.b#gbraid=9`)
    await visit.cb('identify', 'customer-7')
    await visit.cb('track', 'share', { to: 'https://friend.example/?a=1&twclid=5', text: 'How? "gclid=" & so on' })
    await visit.cb('consent', { analytics: 'granted', marketing })
    const { session } = await visit.cb('ids')
    return world.collector.expect((events) => events.filter((event) => event.session === session).length === 2, 'both').then((all) => all.filter((event) => event.session === session))
  }
  const all = await arrive('granted')
  assert.match(all[0].page.url, /gclid=abc-1&utm_source=letter&fbclid=x_2&_gl=1\*a\.b#gbraid=9$/)
  assert.deepEqual([all[1].user, all[0].visitor === all[0].session], ['customer-7', false])
  for (const answer of ['denied', undefined]) {
    const less = await arrive(answer)
    assert.deepEqual(less.map(({ page }) => page.url), Array(2).fill(`${world.origin}${path}?utm_source=letter`))
    assert.equal(less[0].page.referrer, 'https://search.example/?q=mug')
    assert.deepEqual(less[1].data, { to: 'https://friend.example/?a=1', text: 'How? "gclid=" & so on' })
    for (const { user, visitor, session } of less) assert.deepEqual([user, visitor], [null, session])
    assert.deepEqual(less.map(({ name, seq }) => [name, seq]), all.map(({ name, seq }) => [name, seq]))
  }
})

test('of any address only the click ids go', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { head: tags({ consentDefault: { analytics: 'granted', marketing: 'denied' }, batchEvents: 100, batchMs: 60_000 }) }))
  const any = (list) => list[Math.floor(Math.random() * list.length)]
  const names = ['gclid', 'fbclid', 'msclkid', 'irclickid', 'wbraid', '_gl', 'a', 'sku', 'utm_id', 'gclid_x', 'id', 'page']
  const gone = new Set(names.slice(0, 6))
  const cases = Array.from({ length: 90 }, () => {
    const pairs = Array.from({ length: Math.floor(Math.random() * 7) }, () => [any(names), any(['', '1', 'a-b_c', 'x%20y', '"', 'é'])])
    const [base, hash] = [any(['/', 'https://s.example/p', 'gclid=1']), any(['', '#top'])]
    const text = (list) => base + (list.length ? '?' : '') + list.map((pair) => pair.join('=')).join('&') + hash
    return { given: text(pairs), expected: text(pairs.filter(([name]) => !gone.has(name))) }
  })
  for (const { given } of cases) await visit.cb('track', 'share', { given })
  await visit.cb('flush')
  const events = await world.collector.expect((all) => all.filter(({ name }) => name === 'share').length === cases.length, 'all')
  const shares = events.filter(({ name }) => name === 'share').sort((a, b) => a.seq - b.seq)
  // What stands behind a quote inside a value is no part of an address.
  cases.forEach(({ given, expected }, at) => given.includes('"') || assert.equal(shares[at].data.given, expected, given))
})

test('storage is what was asked for: a cookie, local storage, or nothing at all', async (t) => {
  const world = await pages(t)
  for (const [medium, expected] of [
    ['cookie', [{ where: 'cookie', key: 'cb_test' }, { where: 'localStorage', key: 'cb_test!' }]],
    ['local', [{ where: 'localStorage', key: 'cb_test' }, { where: 'localStorage', key: 'cb_test!' }]],
    ['memory', []],
  ]) {
    const visit = await world.visit()
    await visit.go(world.put(medium, { head: tags({ ...YES, storage: medium }) }))
    await visit.cb('flush')
    await world.collector.expect((events) => events.some(({ page }) => page.url.endsWith(`/${medium}.html`)), medium)
    // What waits is stored as well, where anything is, unless it has arrived before the outbox opens.
    const isRecord = ({ where, key }) => medium !== 'memory' && where === 'localStorage' && /^cb_test!./.test(key)
    const kept = () => visit.writes.filter((write) => !isRecord(write))
    const places = () => [...new Map(kept().map(({ where, key }) => [`${where} ${key}`, { where, key }])).values()]
    // The browser reports a write a moment after it.
    await until(() => places().length >= expected.length, `what is stored as ${medium}`)
    assert.deepEqual(places(), expected, medium)
    await until(async () => isDeepStrictEqual(await visit.cb('exportData'), await dump(visit)), `all of ${medium} is shown`)
  }
})

/** What the browser itself says it keeps for the page's site, without the shop's own. */
async function dump(visit) {
  const cookies = (await visit.context.cookies()).map(({ name, value }) => [name, value])
  const cdp = await visit.context.newCDPSession(visit.page)
  const items = async (isLocalStorage) => {
    const storageId = { securityOrigin: visit.world.origin, isLocalStorage }
    return (await cdp.send('DOMStorage.getDOMStorageItems', { storageId })).entries
  }
  return Object.fromEntries([...cookies, ...(await items(true)), ...(await items(false))].filter(([key]) => isOurs(key) && key !== 'mine'))
}

test('what is shown to who asks is all that the browser keeps: visit, cart, origin and outbox; a reset forgets all but the last', async (t) => {
  const world = await pages(t)
  const head = tags({ ...YES, cart: {}, attribution: true, batchMs: 60_000 })
  const path = `${world.put('shop', { head })}?utm_source=letter`
  const visit = await world.visit()
  await visit.go(path)
  await visit.page.evaluate(() => {
    document.cookie = 'mine=1'
    localStorage.setItem('mine', 1)
  })
  const put = (quantity, page = visit.page) =>
    page.evaluate((n) => window.cartbeacon('cart', { currency: 'EUR', items: [{ item_id: 'M', price: 19.5, quantity: n }] }), quantity)
  await put(1)
  await until(async () => (await dump(visit))['cb_test.cart']?.includes('"M"'), 'the first cart')
  // Another tab has the same cart in memory.
  const other = await visit.open()
  await other.goto(path)
  await visit.ready(other)
  await put(2, other)
  await other.evaluate(() => window.cartbeacon('flush'))
  await world.collector.expectNames('add_to_cart')
  await until(async () => Object.keys(await dump(visit)).length === 5, 'everything')
  let shown
  await until(async () => isDeepStrictEqual((shown = await visit.cb('exportData')), await dump(visit)), 'the same')
  const { visitor } = await visit.cb('ids')
  assert.ok(shown.cb_test.includes(visitor.replace(/-/g, '')) || shown.cb_test.includes(visitor), shown.cb_test)
  assert.equal(JSON.parse(shown['cb_test.cart']).state.views[0].cart.items[0].item_id, 'M')
  assert.ok(Object.entries(shown).some(([key, text]) => /^cb_test!.+!/.test(key) && text.includes('"page_view"')))
  assert.match(shown['cb_test.touch'], /letter/)

  await visit.cb('reset')
  assert.deepEqual(Object.entries(await dump(visit)).filter(([key]) => !key.includes('!')), [['cb_test', '0']])
  // What is on its way meanwhile is kept until it is answered.
  await until(async () => isDeepStrictEqual(await visit.cb('exportData'), await dump(visit)), 'the same')
  await put(3)
  await put(4)
  await until(async () => (await visit.cb('ids')).visitor, 'a new visitor')
  const { visitor: next } = await visit.cb('ids')
  assert.notEqual(next, visitor)
  assert.doesNotMatch((await dump(visit))['cb_test.touch'], /letter/, 'the next one came by nothing')
  assert.doesNotMatch(JSON.stringify(await dump(visit)).split('cb_test!')[0], new RegExp(visitor))
  await other.evaluate(() => window.cartbeacon('track', 'share'))
  assert.equal(await other.evaluate(() => window.cartbeacon.tracker.ids().consent), 'granted', 'a reset is no withdrawal')
  const events = (await visit.leave()).filter(({ name }) => name === 'add_to_cart')
  assert.deepEqual(events.map(({ visitor: by, data }) => [by, data.cart_count]), [[visitor, 2], [next, 4]], 'the next one begins with what is there')
})

for (const storage of ['cookie', 'local'])
  test(`a withdrawal in one tab empties all others within a second, whatever they are at (${storage})`, async (t) => {
    const world = await pages(t)
    const path = world.put('shop', { head: tags({ ...YES, storage, batchMs: 60_000 }) })
    const visit = await world.visit()
    const tabs = [visit.page, await visit.open(), await visit.open(), await visit.open()]
    for (const page of tabs) {
      await page.goto(path)
      await visit.ready(page)
    }
    const [first, waiting, retrying, away] = tabs
    for (const page of tabs) await page.evaluate(() => window.cartbeacon('flush'))
    await world.collector.expect((events) => events.length === 4, 'the page views')
    await waiting.evaluate(() => window.cartbeacon('track', 'n_waiting'))
    // One lies in the back/forward cache and can't hear anything, one tries in vain.
    await away.evaluate(() => {
      window.isTheSame = true
    })
    await away.goto(world.put('elsewhere', { head: '' }))
    await world.collector.stop()
    await retrying.evaluate(() => {
      window.cartbeacon('track', 'n_retrying')
      window.cartbeacon('flush')
    })
    const stats = (page) => page.evaluate(() => window.cartbeacon.tracker.stats())
    await until(async () => (await stats(retrying)).queued === 1, 'it could not be sent')

    const began = Date.now()
    await first.evaluate(() => window.cartbeacon('consent', 'withdraw'))
    for (const page of [waiting, retrying]) {
      await until(() => page.evaluate(() => window.cartbeacon.tracker.ids().consent === 'withdrawn'), 'it knows')
      assert.ok(Date.now() - began < 1000, `${Date.now() - began} ms`)
      const { queued, inDoubt, lost } = await stats(page)
      assert.deepEqual([queued, inDoubt, lost], [0, 0, { withdrawn: 1 }])
    }
    await world.collector.start()
    const ours = async () => (await visit.stored()).filter(isOurs)
    assert.deepEqual(await ours(), [])
    await away.goBack({ waitUntil: 'commit' })
    assert.ok(await away.evaluate(() => window.isTheSame), 'it comes from the cache')
    await until(() => away.evaluate(() => window.cartbeacon.tracker.ids().consent === 'withdrawn'), 'it knows as soon as it is back')
    for (const page of tabs) await page.evaluate(() => window.cartbeacon('track', 'n_after') && window.cartbeacon('flush'))
    assert.deepEqual(await ours(), [])
    assert.deepEqual((await visit.leave()).map(({ name }) => name), Array(4).fill('page_view'))
  })

test('a misspelt consent default denies, it never sends', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('misspelt', { head: tags({ consentDefault: 'grant' }) }))
  assert.equal((await visit.cb('track', 'login')).accepted, false)
  assert.equal((await visit.cb('ids')).consent, 'denied')
  assert.deepEqual(await visit.leave(), [])
  assert.deepEqual(visit.writes, [])
})

test('a no to marketing in one tab reaches the other before it next sends, and a yes is kept over `default: deny`', async (t) => {
  const world = await pages(t)
  const path = world.put('shop', { head: tags({ consentDefault: 'deny' }) })
  const visit = await world.visit()
  await visit.go(path)
  assert.equal((await visit.cb('ids')).consent, 'denied')
  await visit.cb('consent', { analytics: 'granted', marketing: 'granted' })
  await visit.go(path)
  assert.equal((await visit.cb('ids')).consent, 'granted', 'also on the next page')
  const other = await visit.open()
  await other.goto(world.origin + path)
  await visit.ready(other)
  await other.evaluate(() => window.cartbeacon('consent', { marketing: 'denied' }))
  await visit.page.bringToFront()
  await visit.cb('identify', 'customer-7')
  await visit.cb('track', 'search', { search_term: 'mug' })
  const events = await visit.leave()
  const search = events.find(({ name }) => name === 'search')
  assert.deepEqual([search.consent.purposes, search.user, search.visitor === search.session], [['analytics'], null, true])
})
