// Who comes back, in real Chromium: the cookie that all hosts of a shop share, and what several tabs make of one visit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, buy, onHost, pages, tags } from './world.mjs'

const ours = async (visit) => (await visit.context.cookies()).filter(({ name }) => name === 'cb_test')

test('one visitor on all hosts of a shop: the cookie is of the widest domain that the browser takes, and only after a yes', async (t) => {
  const world = await pages(t)
  world.put('shop', { head: tags() })
  const visit = await world.visit()
  await visit.go(`${onHost(world, 'www.shop.localhost')}/shop.html`)
  assert.deepEqual(visit.writes.filter(({ where }) => where === 'cookie'), [], 'no domain is tried before a yes')
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('flush')
  const [cookie, ...more] = await ours(visit)
  assert.deepEqual([more, cookie.domain, cookie.path, cookie.sameSite], [[], '.shop.localhost', '/', 'Lax'])
  const days = (cookie.expires * 1000 - Date.now()) / 86_400_000
  assert.ok(days > 394 && days <= 395, `${days} days`)
  assert.ok(cookie.name.length + cookie.value.length < 200, cookie.value)
  const here = await visit.cb('ids')
  // Another host of the shop, where the yes is kept too, and a neighbour's, where it is not.
  await visit.go(`${onHost(world, 'blog.shop.localhost')}/shop.html`)
  assert.deepEqual(await visit.cb('ids'), here)
  await visit.go(`${onHost(world, 'other.localhost')}/shop.html`)
  assert.deepEqual(await visit.cb('ids'), { visitor: '', session: '', consent: 'pending' })
  await visit.go(`${onHost(world, 'blog.shop.localhost')}/shop.html`)
  await visit.cb('consent', 'withdraw')
  assert.deepEqual(await ours(visit), [], 'taken back on one host, gone on all')
})

test('a yes that is taken back on one host is not brought back by a page that is open on another', async (t) => {
  const world = await pages(t)
  const path = world.put('shop', { head: tags() })
  const visit = await world.visit()
  await visit.go(onHost(world, 'www.shop.localhost') + path)
  await visit.cb('consent', { analytics: 'granted', marketing: 'granted' })
  await visit.cb('flush')
  const other = await visit.open()
  await other.goto(onHost(world, 'blog.shop.localhost') + path)
  await visit.ready(other)
  assert.equal(await other.evaluate(() => window.cartbeacon('ids').consent), 'granted')
  await visit.cb('consent', 'withdraw')
  await other.evaluate(() => {
    window.cartbeacon('track', 'share')
    window.cartbeacon('flush')
  })
  assert.equal(await other.evaluate(() => window.cartbeacon('ids').consent), 'withdrawn')
  assert.deepEqual(await ours(visit), [])
  assert.equal((await visit.leave()).some(({ name }) => name === 'share'), false)
})

test('the cookie is of the domain that the shop names; what the browser refuses means this host alone', async (t) => {
  const world = await pages(t)
  const page = '/shop.html'
  for (const [domain, host, expected] of [
    ['www.shop.localhost', 'www.shop.localhost', '.www.shop.localhost'],
    ['other.localhost', 'www.shop.localhost', 'www.shop.localhost'],
    ['localhost', 'www.shop.localhost', 'www.shop.localhost'],
    [undefined, '127.0.0.1', '127.0.0.1'],
    [undefined, 'localhost', 'localhost'],
  ]) {
    world.put('shop', { head: tags({ ...YES, cookieDomain: domain, cookieDays: 9999 }) })
    const visit = await world.visit()
    await visit.go(onHost(world, host) + page)
    await visit.cb('flush')
    const cookies = await ours(visit)
    assert.deepEqual(cookies.map((cookie) => cookie.domain), [expected], `${domain} on ${host}`)
    assert.ok(cookies[0].expires * 1000 - Date.now() < 395.01 * 86_400_000)
  }
})

test('a cookie of this host alone, from before, stays the one that counts, and goes with a withdrawal', async (t) => {
  const world = await pages(t)
  world.put('shop', { head: tags(YES) })
  const visit = await world.visit()
  const page = `${onHost(world, 'www.shop.localhost')}/shop.html`
  const value = `1.0192f5a0-1234-7000-8000-00000000000a.0192f5a0-1234-7000-8000-00000000000b.7.1700000000000.1700000000000.3.1.1700000000000`
  await visit.context.addCookies([{ name: 'cb_test', value, url: page, expires: Date.now() / 1000 + 9999 }])
  await visit.go(page)
  await visit.cb('flush')
  const { visitor } = await visit.cb('ids')
  assert.equal(visitor, '0192f5a0-1234-7000-8000-00000000000a')
  await visit.go(page)
  assert.equal((await visit.cb('ids')).visitor, visitor)
  await visit.cb('consent', 'withdraw')
  assert.deepEqual(await ours(visit), [])
})

test('a duplicated tab, session storage and all, is one visit with events, pages and numbers of its own', async (t) => {
  const world = await pages(t)
  world.put('shop', { head: tags({ ...YES, batchMs: 50 }) })
  const visit = await world.visit()
  await visit.go('/shop.html')
  await visit.page.evaluate(() => sessionStorage.setItem('mine', 1))
  await visit.cb('flush')
  // As browsers duplicate a tab: the copy starts with the session storage of its opener.
  const [copy] = await Promise.all([visit.context.waitForEvent('page'), visit.page.evaluate(() => void window.open('/shop.html'))])
  await visit.ready(copy)
  assert.equal(await copy.evaluate(() => sessionStorage.getItem('mine')), '1')
  await copy.evaluate(() => window.cartbeacon('track', 'share', {}))
  await copy.evaluate(() => window.cartbeacon('flush'))
  const events = (await visit.leave()).sort((a, b) => a.seq - b.seq)
  assert.deepEqual(events.map(({ name }) => name), ['page_view', 'page_view', 'share'])
  assert.equal(new Set(events.map(({ seq }) => seq)).size, 3, 'no number is given twice')
  assert.equal(new Set(events.map(({ visitor, session }) => visitor + session)).size, 1)
  assert.equal(new Set(events.map(({ id }) => id)).size, 3)
  assert.equal(new Set(events.map(({ page }) => page.id)).size, 2)
})

test('subscribers hear of the session on each page, and of another one after reset()', async (t) => {
  const world = await pages(t)
  world.put('shop', { head: tags({ ...YES, batchMs: 50 }) })
  const visit = await world.visit()
  const listen = () => {
    window.told = []
    window.cartbeacon('on', 'session', (session) => window.told.push(session))
  }
  await visit.page.addInitScript(() => addEventListener('DOMContentLoaded', () => window.cartbeacon?.('on', 'session', (session) => (window.told ??= []).push(session))))
  await visit.go('/shop.html')
  await visit.cb('flush')
  const [first] = await visit.page.evaluate(() => window.told)
  assert.deepEqual([first.n, first.id], [1, (await visit.cb('ids')).session])
  await visit.go('/shop.html')
  assert.deepEqual(await visit.page.evaluate(() => window.told), [first])
  await visit.page.evaluate(listen)
  await visit.cb('reset')
  await visit.cb('track', 'share', {})
  const [second] = await visit.page.evaluate(() => window.told)
  assert.equal(second.n, 1, 'another visitor')
  assert.notEqual(second.id, first.id)
  const [share] = (await visit.leave()).filter(({ name }) => name === 'share')
  assert.equal(share.session, second.id)
})


/** The touches of an order, as its event was stored. */
const touches = ({ data }) => ['first_touch', 'last_touch', 'last_non_direct'].map((touch) => data[`${touch}_source`])

/** Comes from another site: a link, so that there is a referrer. */
async function follow(world, visit, from, to) {
  const page = world.put('link', { head: '', body: `<a id="go" href="${to.replace(/&/g, '&amp;')}">go</a>` })
  await visit.page.goto(onHost(world, from) + page)
  await visit.page.click('#go')
  await visit.ready()
}

test('an order says what brought the shopper: first, last and last not direct, also where it is told before all is loaded', async (t) => {
  const world = await pages(t)
  const head = tags({ attribution: true })
  world.put('shop', { head })
  // The thank-you page tells its order at once.
  world.put('thanks', { head: head.replace('<script async', `<script src="/early.js"></script><script async`), script: '' })
  world.put('early', { script: `cartbeacon(...${JSON.stringify(buy('O-2'))})` })
  const shop = onHost(world, 'www.shop.localhost')
  const visit = await world.visit()
  await visit.page.goto(`${shop}/shop.html?utm_source=News&utm_medium=email&utm_campaign=spring&utm_term=mug&utm_id=7&gclid=CLICK-1`)
  await visit.ready()
  assert.deepEqual(await visit.stored(), [], 'nothing is kept before a yes')
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb(...buy('O-1'))
  // Within the visit by a search, and with a thank-you page of its own.
  await follow(world, visit, 'www.google.localhost', `${shop}/thanks.html`)
  const events = await visit.leave()
  const order = (id) => events.find(({ data }) => data.transaction_id === id)
  const [first, second] = [order('O-1'), order('O-2')]
  assert.deepEqual(touches(first), ['News', 'News', 'News'])
  const { data } = first
  assert.deepEqual(
    [data.first_touch_channel, data.first_touch_medium, data.first_touch_campaign, data.first_touch_term, data.first_touch_id, data.landing_page, data.entry_campaign],
    ['email', 'email', 'spring', 'mug', '7', '/shop.html', 'spring'],
  )
  assert.ok(Math.abs(data.first_touch_at - Date.now()) < 60_000)
  assert.deepEqual(Object.keys(data).filter((name) => name.includes('click')), [], 'no click id without a yes to marketing')
  assert.deepEqual(touches(second), ['News', 'google.localhost', 'google.localhost'])
  assert.equal(second.session, first.session)
  assert.deepEqual(events.filter(({ name, data }) => name !== 'purchase' && JSON.stringify(data).includes('_touch_')), [])
})

test('of click ids an order has those of who agreed to marketing; of who did not, nothing of earlier visits', async (t) => {
  const world = await pages(t)
  for (const [marketing, expected] of [['granted', 'CLICK-1'], ['denied', undefined], [undefined, undefined]]) {
    world.put('shop', { head: tags({ attribution: true, consentDefault: { analytics: 'granted', marketing } }) })
    const visit = await world.visit()
    await visit.go('/shop.html?utm_source=News&utm_medium=email&gclid=CLICK-1')
    await visit.cb(...buy(`O-${marketing}`))
    const kept = await visit.page.evaluate(() => localStorage.getItem('cb_test.touch'))
    assert.equal(kept.includes('CLICK-1'), marketing === 'granted')
    // Another visit, half an hour later.
    await visit.cb('flush')
    await visit.page.close()
    visit.page = undefined
    await visit.open()
    const [cookie] = await ours(visit)
    await visit.context.addCookies([{ ...cookie, value: cookie.value.split('.').with(5, 1).join('.') }])
    await visit.go('/shop.html')
    await visit.cb(...buy(`P-${marketing}`))
    const events = await visit.leave()
    const order = (id) => events.find(({ data }) => data.transaction_id === `${id}-${marketing}`)
    assert.equal(order('O').data.last_touch_click_id, expected)
    assert.notEqual(order('O').session, order('P').session)
    assert.deepEqual(touches(order('P')), marketing === 'granted' ? ['News', '(direct)', 'News'] : ['(direct)', '(direct)', undefined])
    await visit.go('/shop.html')
    await visit.cb('consent', 'withdraw')
    assert.deepEqual(await visit.stored(), [])
  }
})

test('another campaign begins another visit where the shop wants that, the same one or a search does not', async (t) => {
  const world = await pages(t)
  world.put('shop', { head: tags({ ...YES, attribution: { newSession: true } }) })
  const visit = await world.visit()
  const visits = []
  for (const query of ['?utm_source=a&utm_campaign=x', '', '?utm_source=a&utm_campaign=x', '?utm_source=b&utm_campaign=x', '', '?fbclid=1']) {
    await visit.page.goto('about:blank')
    await visit.go(`/shop.html${query}`)
    await visit.cb('flush')
    visits.push(await visit.cb('ids'))
  }
  const sessions = [...new Set(visits.map(({ session }) => session))]
  assert.deepEqual(visits.map(({ session }) => sessions.indexOf(session)), [0, 0, 0, 1, 1, 2])
  assert.equal(new Set(visits.map(({ visitor }) => visitor)).size, 1)
})

test('a part for attribution that does not come costs nothing but the attribution', async (t) => {
  const world = await pages(t)
  await world.answer('/cb/visits.js', () => ({ status: 404 }))
  const visit = await world.visit()
  await visit.go(world.put('shop', { head: tags({ ...YES, attribution: true }) }))
  await visit.cb(...buy('O-1'))
  const [order] = (await visit.leave()).filter(({ name }) => name === 'purchase')
  assert.deepEqual(touches(order), [undefined, undefined, undefined])
})
