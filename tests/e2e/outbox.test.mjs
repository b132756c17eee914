// What waits outlives its page, its tab and its browser; a no empties the storage of all tabs.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { browserFlags, requireBrowser } from '../../www/tools/browsers.mjs'
import { until } from './collector.mjs'
import { YES, pages, removed, tags } from './world.mjs'

const head = (data = {}) => tags({ ...YES, ...data })

/** A page open in a tab whose outbox is. */
async function visiting(t, data) {
  const world = await pages(t)
  const path = world.put('page', { head: head(data) })
  const visit = await world.visit()
  await visit.go(path)
  await opened(visit.page)
  return { world, path, visit, collector: world.collector }
}

const keys = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('cb_test!')))
const records = async (page) => (await keys(page)).filter((key) => key !== 'cb_test!')
/** Each tab whose outbox is open holds a lock. */
const locks = (page) => page.evaluate(async () => (await navigator.locks.query()).held.filter(({ name }) => name.startsWith('cb_test!')).length)
const opened = (page, tabs = 1) => until(async () => (await locks(page)) >= tabs, 'the outbox is open')

const burst = (page, count, from = 0) =>
  page.evaluate(([first, end]) => {
    for (let n = first; n < end; n++) window.cartbeacon('track', `n${n}`, { words: 'of some length, as shops have them' })
  }, [from, from + count])

const named = (count) => Array.from({ length: count }, (_, n) => `n${n}`)
const numbered = (events) => events.filter(({ name }) => /^n\d+$/.test(name))

/** Each is there once, as many as were tracked. */
function assertAll(events, count) {
  assert.deepEqual(numbered(events).map(({ name }) => name).sort(), named(count).sort())
}

test('what waits is stored as it comes, and taken off when it has arrived', async (t) => {
  const { visit, collector } = await visiting(t)
  await burst(visit.page, 3)
  const stored = () => visit.page.evaluate(() => Object.values(localStorage).find((text) => text.includes('"name":"n0"')))
  assert.match(await until(stored, 'a record'), /^-?\d+\.\d,\d+,0,.*"name":"n0".*"name":"n2"/s)
  await visit.cb('flush')
  assertAll(await collector.expectNames(...named(3)), 3)
  await until(async () => (await records(visit.page)).length === 0, 'nothing is stored any more')
})

test('a thousand events and an immediate navigation: all arrive, on that page or the next, each once', async (t) => {
  const { visit, collector, world } = await visiting(t)
  await burst(visit.page, 1000)
  await visit.go(world.put('next', { head: head() }))
  assertAll(await collector.expectNames(...named(1000)), 1000)
  await until(async () => (await records(visit.page)).length === 0, 'nothing is stored any more')
  const { acknowledged, accepted, lost } = await visit.cb('stats')
  assert.deepEqual([acknowledged, lost], [accepted, {}])
})

test('events of a page that was reloaded while the collector was down arrive when it is up', async (t) => {
  const { visit, collector, path } = await visiting(t)
  await visit.cb('flush')
  await collector.expectNames('page_view')
  await collector.faults({ count: 9, dropConnection: true })
  await burst(visit.page, 5)
  await visit.page.reload()
  await until(async () => (await records(visit.page)).length > 0, 'a record')
  await collector.faults({ count: 0 })
  await visit.go(path)
  assertAll(await collector.expectNames(...named(5)), 5)
})

test('what a closed tab has left is sent by one that lives', async (t) => {
  const { visit, collector, path } = await visiting(t)
  const other = await visit.open()
  await other.goto(path)
  await opened(other, 2)
  await visit.cb('flush')
  await other.evaluate(() => window.cartbeacon('flush'))
  await collector.expectNames('page_view', 'page_view')
  await until(async () => (await records(visit.page)).length === 0, 'nothing is stored')
  await collector.faults({ count: 9, dropConnection: true })
  await burst(other, 5)
  await until(async () => (await records(other)).length > 0, 'a record')
  await other.close()
  await collector.faults({ count: 0 })
  assertAll(await collector.expectNames(...named(5)), 5)
  await until(async () => (await records(visit.page)).length === 0, 'nothing is stored any more')
})

test('ten tabs: each event is sent by one of them, once', async (t) => {
  const { visit, collector, path } = await visiting(t)
  const tabs = [visit.page]
  while (tabs.length < 10) {
    const page = await visit.open()
    await page.goto(path)
    tabs.push(page)
  }
  for (const [at, page] of tabs.entries()) await burst(page, 5, at * 5)
  for (const page of tabs) await page.evaluate(() => window.cartbeacon('flush'))
  assertAll(await collector.expectNames(...named(50)), 50)
  const posts = () => visit.requests.filter(({ method, url }) => method === 'POST' && url.endsWith('/collect'))
  const times = (name) => posts().filter(({ body }) => body?.includes(`"${name}"`)).length
  // The browser tells of its requests a moment later than the collector.
  await until(() => named(50).every(times), 'every request is told of')
  for (const name of named(50)) assert.equal(times(name), 1, name)
})

test('a withdrawal in one tab empties storage and all tabs within a second, and nothing more is sent', async (t) => {
  const { visit, collector, path } = await visiting(t)
  const other = await visit.open()
  await other.goto(path)
  await opened(other, 2)
  await collector.stop()
  await burst(other, 5)
  await until(() => other.evaluate(() => Object.values(localStorage).some((text) => text.includes('"name":"n4"'))), 'they are stored')
  const began = Date.now()
  await visit.cb('consent', 'withdraw')
  await until(() => other.evaluate(() => window.cartbeacon.tracker.ids().consent === 'withdrawn'), 'the other tab knows')
  assert.ok(Date.now() - began < 1000, 'within a second')
  assert.deepEqual(await keys(other), [])
  const { lost, queued, inDoubt } = await other.evaluate(() => window.cartbeacon.tracker.stats())
  assert.equal(queued + inDoubt, 0)
  assert.ok(lost.withdrawn >= 5)
  await collector.start()
  await other.evaluate(() => window.cartbeacon('flush'))
  assert.deepEqual(numbered(await visit.leave()), [])
})

test('a withdrawal while the outbox is still being fetched leaves nothing behind', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  let letGo
  const gate = new Promise((resolve) => (letGo = resolve))
  const asked = new Promise((resolve) => visit.page.route('**/outbox.js*', async (route) => {
    resolve()
    await gate
    await route.continue()
  }))
  await visit.go(world.put('page', { head: head() }))
  await asked
  await burst(visit.page, 3)
  await visit.cb('consent', 'withdraw')
  letGo()
  // The same module: the tracker, which asked before, has it first.
  await visit.page.evaluate(() => import('/cb/outbox.js').then(() => new Promise((done) => setTimeout(done))))
  assert.deepEqual([await visit.stored(), await locks(visit.page)], [[], 0])
})

test('a reset in one tab is no withdrawal for the others', async (t) => {
  const { visit, collector, path } = await visiting(t)
  const other = await visit.open()
  await other.goto(path)
  await opened(other)
  await visit.cb('reset')
  const key = (page) => page.evaluate(() => document.cookie + Object.keys(localStorage).filter((name) => name === 'cb_test'))
  await until(async () => (await key(other)).includes('cb_test=0'), 'the identity is forgotten')
  // As if the shopper had come back to this tab.
  await other.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await burst(other, 3)
  await other.evaluate(() => window.cartbeacon('flush'))
  assertAll(await collector.expectNames(...named(3)), 3)
  assert.equal(await other.evaluate(() => window.cartbeacon.tracker.ids().consent), 'granted')
})

test('who says no to marketing is named in no record, and neither is the click that an advertiser paid for', async (t) => {
  const world = await pages(t)
  const path = world.put('page', { head: head({ consentPurposes: 'analytics' }) })
  const visit = await world.visit()
  await visit.go(path + '?gclid=paid&q=shoes')
  await visit.cb('identify', 'customer-7')
  await opened(visit.page)
  await world.collector.stop()
  const stored = () => visit.page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('cb_test!') && key !== 'cb_test!').map(([, text]) => text).join('\n'))
  const saying = async (wanted, unwanted) => {
    await until(async () => { const text = await stored(); return wanted.every((word) => text.includes(word)) && !unwanted.some((word) => text.includes(word)) }, `${wanted} and not ${unwanted}`)
  }
  await burst(visit.page, 3)
  await saying(['customer-7', 'gclid=paid', '"name":"n0"'], [])
  await visit.cb('consent', { marketing: 'denied' })
  await saying(['q=shoes', '"name":"n0"'], ['customer-7', 'gclid'])
  await burst(visit.page, 3, 3)
  await saying(['"name":"n5"'], ['customer-7', 'gclid'])
  await world.collector.start()
  await visit.cb('flush')
  assertAll(await world.collector.expectNames(...named(6)), 6)
})

test('storage that throws on every call, or is full, costs nothing but the outbox', async (t) => {
  for (const breakage of ['getItem setItem removeItem key', 'setItem']) {
    const world = await pages(t)
    const visit = await world.visit()
    await visit.context.addInitScript((names) => {
      for (const name of names.split(' '))
        Storage.prototype[name] = () => {
          throw new DOMException('no', 'QuotaExceededError')
        }
    }, breakage)
    await visit.go(world.put('page', { head: head() }))
    await burst(visit.page, 5)
    await visit.cb('flush')
    assertAll(await world.collector.expectNames(...named(5)), 5)
  }
})

test('a record that was damaged costs itself alone, by name', async (t) => {
  const { visit, collector, world, path } = await visiting(t)
  await collector.faults({ count: 9, dropConnection: true })
  await burst(visit.page, 2)
  await until(async () => (await records(visit.page)).length > 0, 'a record')
  await visit.page.goto(world.put('quiet', { head: '' }))
  await visit.page.evaluate(() => localStorage.setItem('cb_test!dead!1', '123.2,1,0,nothing'))
  await collector.faults({ count: 0 })
  await visit.go(path)
  assertAll(await collector.expectNames(...named(2)), 2)
  assert.deepEqual((await visit.cb('stats')).lost, { damaged: 1 })
  await until(async () => (await records(visit.page)).length === 0, 'it is gone')
})

test('a browser that is killed has lost nothing when its profile is opened again', async (t) => {
  const world = await pages(t)
  const path = world.put('page', { head: head({ batchMs: 1000 }) })
  const profile = mkdtempSync(join(tmpdir(), 'cartbeacon-profile-'))
  const start = async () => {
    const child = spawn(requireBrowser().chromium, [...browserFlags, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] })
    const line = await new Promise((found) => {
      let text = ''
      child.stderr.on('data', (chunk) => {
        text += chunk
        const match = /DevTools listening on (ws:\S+)/.exec(text)
        if (match) found(match[1])
      })
    })
    const browser = await chromium.connectOverCDP(line)
    const page = browser.contexts()[0].pages()[0]
    await page.goto(world.origin + path)
    await opened(page)
    return { child, browser, page }
  }
  const kill = async ({ child, browser }) => {
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL')
    await gone
    await browser.close().catch(() => {})
  }
  world.atEnd(() => removed(profile))
  const first = await start()
  await first.page.evaluate(() => window.cartbeacon('flush'))
  await world.collector.expectNames('page_view')
  await world.collector.stop()
  await burst(first.page, 20)
  await until(async () => (await records(first.page)).length > 0, 'a record')
  // The browser writes to disk when it likes to: Chromium after five seconds at most.
  await new Promise((done) => setTimeout(done, 6_000))
  await kill(first)
  await world.collector.start()
  const second = await start()
  world.atEnd(() => kill(second))
  assertAll(await world.collector.expectNames(...named(20)), 20)
})
