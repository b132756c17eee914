// What waits is stored, so that no page, tab or browser that dies takes it along; and no two pages send it. An endpoint that
// can be shut stands before the collector, and counts what came through: an event that came twice is seen even though the
// collector would store it once.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../e2e/collector.mjs'
import { YES, pages } from '../e2e/world.mjs'
import { BROWSER } from './driver.mjs'
import { Shop, shop } from './shop.mjs'
import { openPage } from './undriven.mjs'

const LIMIT = { timeout: 60_000 }
/** In the outbox until it is sent, rather than in a timer's hands. */
const SOON = { batchMs: 300, ...YES }

/** A shop whose endpoint is shut, or open to the page of one address alone; `came` are the ids of events that came through once it is open. */
async function outage(t, data = SOON, before) {
  const visit = await shop(t)
  visit.came = []
  visit.isShut = true
  await visit.world.answer('/collect', ({ method, headers }, body) => {
    if (method !== 'POST') return
    if (visit.isShut || (visit.living && headers.referer !== visit.living)) return { status: 503, body: '' }
    visit.came.push(...JSON.parse(body).events.map(({ id }) => id))
  })
  await visit.go(visit.page('page', data, before))
  if (!before && data.consentDefault !== undefined) await isStored(visit, 1)
  return visit
}

/** Another tab, once its page view is stored too. */
async function another(visit) {
  const before = await stored(visit)
  await visit.browser.newTab()
  await visit.go(`/page.html?after=${before}`)
  await isStored(visit, before + 1)
}

/**
 * The endpoint opens, and the page is told, so that it does not wait for its next try. What a tab that was closed said last may
 * come later than that, and finds it shut.
 */
async function reopen(visit) {
  visit.living = await visit.browser.run(() => location.href)
  visit.isShut = false
  await visit.browser.run(() => window.dispatchEvent(new Event('online')))
}

/** The keys of what the tracker has stored, records alone. */
const records = (visit) => visit.browser.run(() => Object.keys(localStorage).filter((key) => /^cb_test!.+!./.test(key)))
/** How many events they hold. */
const stored = (visit) =>
  visit.browser.run(() =>
    Object.keys(localStorage)
      .filter((key) => /^cb_test!.+!./.test(key))
      .reduce((sum, key) => sum + Number(/^-?\d+\.(\d+)/.exec(localStorage.getItem(key))[1]), 0))

async function isStored(visit, count) {
  let last
  await until(async () => (last = await stored(visit)) === count, `${count} events are stored`, () => `, but ${last}`)
}

/** Everything came once, and nothing is stored any more. */
async function cameOnce(visit, count) {
  await visit.arrived(count)
  await until(async () => (await records(visit)).length === 0, 'nothing is stored any more')
  assert.equal(new Set(visit.came).size, visit.came.length, 'duplicates 0')
  const rows = await visit.collector.events()
  assert.equal(rows.length, visit.came.length, 'lost 0')
  assert.deepEqual(await visit.browser.run(() => window.complaints), [], 'the page was silent')
}

test('a page is reloaded while nobody answers: the next one sends what it left', LIMIT, async (t) => {
  const visit = await outage(t)
  await visit.burst(30)
  await isStored(visit, 31)
  await visit.go('/page.html')
  visit.isShut = false
  await cameOnce(visit, 30)
  const stats = await visit.settled()
  assert.deepEqual([stats.acknowledged + stats.handedOver, stats.lost], [32, {}], 'counted by the page that saw its end')
})

test('a thousand events and a navigation in the same breath: all arrive, on that page or the next', LIMIT, async (t) => {
  const visit = await shop(t)
  const options = { queueEvents: 2000, queueBytes: 1_000_000 }
  await visit.go(visit.page('page', options))
  await isStored(visit, 1)
  await visit.burstAndLeave(1000, visit.page('next', options))
  await visit.arrived(1000)
  await visit.ready()
  await until(async () => (await records(visit)).length === 0, 'nothing is stored any more')
  assert.deepEqual((await visit.settled()).lost, {})
  assert.equal((await visit.collector.events()).length, 1002, 'and two page views')
})

const KILLED = 'a browser is killed and started again: what was stored arrives'

test(KILLED, { ...LIMIT, skip: BROWSER === 'webkit' && 'its driver keeps no profile: see the next one' }, async (t) => {
  const visit = await outage(t)
  await visit.burst(100)
  await isStored(visit, 101)
  // Both browsers write local storage to the disk after five seconds.
  await pause(7000)
  await visit.browser.kill()
  visit.isShut = false
  await visit.browser.start()
  await visit.go('/page.html')
  await cameOnce(visit, 100)
})

/** Runs in the page on its first visit: a burst, and word to the test once it is stored. */
const BURST = `
  addEventListener('load', async () => {
    if (location.search) return
    await cartbeacon.tracker.ready
    for (let n = 0; n < 100; n++) cartbeacon('track', 'n' + n)
    const stored = () => Object.keys(localStorage).filter((key) => /^cb_test!.+!./.test(key)).reduce((sum, key) => sum + +localStorage.getItem(key).split(/[.,]/)[1], 0)
    while (stored() < 101) await new Promise((done) => setTimeout(done, 50))
    fetch('/stored')
  })`

test(`${KILLED}, without a driver`, { ...LIMIT, skip: BROWSER !== 'webkit' && 'it has one that keeps a profile' }, async (t) => {
  const visit = new Shop(await pages(t))
  const page = visit.page('page', SOON, BURST)
  const [bodies, home] = [[], join(visit.world.folder, 'home')]
  let isShut = true
  await visit.world.answer('/collect', ({ method }, body) => {
    if (isShut) return { status: 503, body: '' }
    if (method === 'POST') bodies.push(body)
  })
  const isStored = new Promise((told) => visit.world.answer('/stored', () => void told() ?? { body: '' }))
  const kill = await openPage(visit.world.origin + page, home)
  visit.world.atEnd(kill)
  await isStored
  await pause(2000)
  await kill()
  isShut = false
  visit.world.atEnd(await openPage(`${visit.world.origin}${page}?again`, home))
  await visit.arrived(100)
  assert.equal((await visit.collector.expectNames('page_view', 'page_view')).length, 102)
  const came = bodies.flatMap((body) => JSON.parse(body).events.map(({ id }) => id))
  assert.equal(new Set(came).size, came.length, 'duplicates 0')
})

test('a tab dies without a word: a living one sends its events, and no other', LIMIT, async (t) => {
  const visit = await outage(t)
  const first = await visit.browser.tab()
  await visit.burst(25)
  await isStored(visit, 26)
  await another(visit)
  const second = await visit.browser.tab()
  await visit.burst(25, 25)
  await isStored(visit, 52)
  await visit.browser.switchTo(first)
  await visit.browser.closeTab(second)
  await reopen(visit)
  await cameOnce(visit, 50)
})

test('a page goes into the back/forward cache during an outage and comes back: what it left has been sent, once', LIMIT, async (t) => {
  const visit = await outage(t)
  await visit.browser.run(() => {
    window.kept = true
  })
  const first = await visit.browser.tab()
  await another(visit)
  const second = await visit.browser.tab()
  await visit.browser.switchTo(first)
  await visit.burst(25)
  await isStored(visit, 27)
  // A page that keeps nothing takes nothing over.
  await visit.clickAway(visit.world.put('quiet', { head: '<script src="/quiet-before.js"></script>' }))
  await visit.browser.switchTo(second)
  await reopen(visit)
  await visit.arrived(25)
  await until(async () => (await records(visit)).length === 0, 'nothing is stored any more')
  const before = new Set(visit.came)
  const count = visit.came.length
  visit.living = undefined
  await visit.browser.switchTo(first)
  await visit.back('/page.html')
  assert.equal(await visit.browser.run(() => window.kept), true, 'out of the cache')
  await visit.burst(5, 25)
  await visit.arrived(30)
  const { lost } = await visit.settled()
  assert.deepEqual(lost, {})
  const again = visit.came.slice(count)
  assert.deepEqual([again.filter((id) => before.has(id)), new Set(again).size], [[], again.length])
})

test('ten tabs, nine of them closed during an outage: one sends all', LIMIT, async (t) => {
  const visit = await outage(t)
  await visit.burst(5)
  await isStored(visit, 6)
  for (let tab = 1; tab < 10; tab++) {
    await another(visit)
    await visit.burst(5, tab * 5)
    await isStored(visit, 6 * (tab + 1))
  }
  const [last, ...others] = (await visit.browser.tabs()).reverse()
  for (const tab of others) {
    await visit.browser.switchTo(tab)
    await visit.browser.closeTab(last)
  }
  await reopen(visit)
  await cameOnce(visit, 50)
  const stats = await visit.settled()
  assert.equal(stats.acknowledged + stats.handedOver, 60)
})

test('consent withdrawn in one tab: within a second no tab has anything, and nothing is sent', LIMIT, async (t) => {
  const visit = await outage(t, { ...SOON, consentDefault: undefined })
  await visit.cb('consent', { analytics: 'granted' })
  await isStored(visit, 1)
  const first = await visit.browser.tab()
  await visit.burst(25)
  await isStored(visit, 26)
  await another(visit)
  await visit.burst(25, 25)
  await isStored(visit, 52)
  await visit.cb('consent', 'withdraw')
  const left = () => visit.browser.run(() => [document.cookie, ...Object.keys(localStorage)].filter((name) => name.startsWith('cb_')))
  assert.deepEqual(await left(), [])
  const told = Date.now()
  await visit.browser.switchTo(first)
  await until(async () => {
    const { queued, inDoubt, held } = await visit.cb('stats')
    return queued + inDoubt + held === 0
  }, 'the other tab has nothing either')
  assert.ok(Date.now() - told < 1000)
  assert.deepEqual((await visit.cb('stats')).lost, { withdrawn: 26 })
  assert.deepEqual(await left(), [])
  visit.isShut = false
  await visit.burst(3, 50)
  await visit.cb('flush')
  await pause(500)
  assert.deepEqual(visit.came, [])
})

test('a record is damaged: it alone is lost, with a name', LIMIT, async (t) => {
  const visit = await outage(t)
  await visit.burst(3)
  await isStored(visit, 4)
  await visit.browser.run(() => {
    const key = Object.keys(localStorage).find((key) => /^cb_test!.+!./.test(key) && localStorage.getItem(key).includes('"n0"'))
    localStorage.setItem(key.replace(/![^!]*!/, '!someone!'), localStorage.getItem(key).replace('n0', 'nn'))
    localStorage.setItem(key.replace(/![^!]*!/, '!other!'), 'not one of ours')
  })
  await visit.go('/page.html')
  visit.isShut = false
  await cameOnce(visit, 3)
  assert.deepEqual((await visit.settled()).lost, { damaged: 2 })
})

const BROKEN = {
  'is full': `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }`,
  'throws at every call': `for (const name of ['getItem', 'setItem', 'removeItem', 'key', 'clear']) Storage.prototype[name] = () => { throw Error(name) }`,
  'throws when it is looked at': `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })`,
  'forgets everything': `Storage.prototype.setItem = () => {}`,
}
for (const [what, before] of Object.entries(BROKEN))
  test(`storage ${what}: memory has to do, and everything arrives`, LIMIT, async (t) => {
    const visit = await outage(t, SOON, before)
    await visit.burst(30)
    await visit.cb('flush')
    await pause(500)
    visit.isShut = false
    await visit.arrived(30)
    assert.equal(new Set(visit.came).size, visit.came.length)
    await visit.truth()
  })

test('storage is wiped under it: what waits is sent all the same', LIMIT, async (t) => {
  const visit = await outage(t, { ...SOON, consentDefault: { analytics: 'granted' } })
  await visit.burst(30)
  await isStored(visit, 31)
  await visit.browser.run(() => localStorage.clear())
  visit.isShut = false
  await visit.arrived(30)
  await visit.truth()
})

test('the outbox is bounded in bytes: orders are the last to go', LIMIT, async (t) => {
  const visit = await outage(t, { ...SOON, queueBytes: 20_000, queueEvents: 1000 })
  await visit.burst(400)
  await visit.cb('track', 'purchase', { transaction_id: 'Q-1', currency: 'EUR', value: 10, items: [{ item_id: 'QN-1', quantity: 1 }] })
  await until(async () => (await visit.browser.run(() => Object.values(localStorage).some((text) => text.includes('purchase')))), 'the order is stored')
  const size = await visit.browser.run(() => Object.entries(localStorage).reduce((sum, [key, text]) => sum + (key.startsWith('cb_') ? text.length : 0), 0))
  assert.ok(size <= 20_500, `${size} bytes`)
  await visit.go('/page.html')
  visit.isShut = false
  await visit.collector.expectNames('purchase')
})
