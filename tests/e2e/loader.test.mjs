// From the tag to a tracker at work: what was called too early, what the attributes say, a strict CSP, integrity, and
// everything off the page again.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dist } from '../../www/tools/paths.mjs'
import { until } from './collector.mjs'
import { YES, pages, tag } from './world.mjs'

const STUB = '<script src="/cb/stub.js"></script>'
const named = (name) => (event) => event.name === name

test('what the stub kept is replayed with its own time, URL and title', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.page.route('**/cb/cartbeacon.js', async (route) => setTimeout(() => route.continue(), 700))
  const script = `
    cartbeacon('track', 'early', { n: 1 })
    history.pushState({}, '', '/second.html')
    document.title = 'second'
    cartbeacon('track', 'later', { n: 2 })`
  await visit.page.goto(world.put('first', { tags: STUB + tag(YES), script }))
  const called = await visit.page.evaluate(() => Date.now())
  await visit.page.waitForFunction(() => window.cartbeacon.tracker)
  await visit.ready()
  await visit.cb('flush')
  const events = await world.collector.expect((all) => all.some(named('later')), 'the later event')
  const [early, later] = ['early', 'later'].map((name) => events.find(named(name)))
  assert.deepEqual([early.page.url, early.page.title], [`${world.origin}/first.html`, 'first'])
  assert.deepEqual([later.page.url, later.page.title], [`${world.origin}/second.html`, 'second'])
  assert.ok(early.t <= later.t && later.t <= called, 'they happened before the script had loaded')
})

test('two tags of one site are one tracker', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { tags: STUB + tag(YES) + tag(YES) }))
  await visit.cb('track', 'once', {})
  await visit.cb('flush')
  await world.collector.expect((all) => all.some(named('once')), 'the event')
  const events = await visit.leave()
  assert.deepEqual(events.map(({ name }) => name).sort(), ['once', 'page_view'])
})

test('attributes are options: names, numbers, lists and groups', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { tags: tag({ site: '2026', consentDefault: { analytics: 'granted' }, batchMs: 50, storage: 'local', capture: 'clicks' }), body: '<button>x</button>' }))
  await visit.page.locator('button').click()
  const [click] = await world.collector.expect((all) => all.length > 0, 'the click')
  assert.deepEqual([click.name, click.site], ['click', '2026'])
  assert.deepEqual(await visit.stored(), ['cb_2026'])
  assert.equal((await visit.context.cookies()).length, 0)
})

test('the strictest CSP that the contract names is enough, with integrity and a nonce', async (t) => {
  const world = await pages(t)
  const visit = await world.visit({ loud: true })
  const digest = createHash('sha384').update(readFileSync(join(dist, 'cartbeacon.js'))).digest('base64')
  const path = world.put('shop', { tags: tag(YES, `integrity="sha384-${digest}" crossorigin="anonymous" nonce="n0nce"`) })
  await visit.page.route('**' + path, async (route) => {
    const response = await route.fetch()
    const csp = "default-src 'none'; script-src 'nonce-n0nce' 'wasm-unsafe-eval'; connect-src 'self'"
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': csp } })
  })
  await visit.go(path)
  assert.deepEqual(await visit.page.evaluate(() => window.cartbeacon.tracker.ready), { engine: 'wasm' })
  await visit.cb('flush')
  await world.collector.expect((all) => all.some(named('page_view')), 'the page view')
  assert.deepEqual(visit.complaints.filter((line) => !/favicon/.test(line)), [])
})

test('a tampered script does not run, and the shop goes on', async (t) => {
  const world = await pages(t)
  const visit = await world.visit({ loud: true })
  await visit.page.goto(world.put('shop', { tags: STUB + tag(YES, 'integrity="sha384-AAAA"'), script: "cartbeacon('track', 'x', {}); document.title = 'alive'" }))
  await visit.page.waitForFunction(() => document.title === 'alive')
  assert.equal(await visit.page.evaluate(() => typeof window.cartbeacon.tracker), 'undefined')
})

test('after a shutdown the page is as it was before', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.page.addInitScript(() => {
    // Passive listeners, which are the tracker's, counted; the test tool has others of its own.
    window.hung = 0
    const { addEventListener, removeEventListener } = EventTarget.prototype
    EventTarget.prototype.addEventListener = function (...args) {
      if (args[2]?.passive) window.hung++
      return addEventListener.apply(this, args)
    }
    EventTarget.prototype.removeEventListener = function (...args) {
      if (args[2]?.passive) window.hung--
      return removeEventListener.apply(this, args)
    }
    delete window.navigation
    Object.defineProperty(window, 'navigation', { value: undefined })
    window.original = [history.pushState, history.replaceState]
  })
  await visit.page.goto(world.put('shop', { tags: STUB, body: '<button>x</button>' }))
  const before = await visit.page.evaluate(() => window.hung)
  await visit.page.evaluate((html) => {
    const script = document.createElement('script')
    const { attributes } = new DOMParser().parseFromString(html, 'text/html').querySelector('script')
    for (const { name, value } of attributes) script.setAttribute(name, value)
    document.head.append(script)
  }, tag(YES))
  await visit.page.waitForFunction(() => window.cartbeacon.tracker)
  await visit.ready()
  assert.ok((await visit.page.evaluate(() => window.hung)) > before, 'it listens')
  assert.notEqual(await visit.page.evaluate(() => history.pushState === window.original[0]), true, 'it hears of navigation')
  await visit.cb('shutdown')
  assert.equal(await visit.page.evaluate(() => window.hung), before)
  assert.ok(await visit.page.evaluate(() => history.pushState === window.original[0] && history.replaceState === window.original[1]))
  await until(async () => visit.requests.some(({ method }) => method === 'POST'), 'what waited is sent')
  const posts = visit.requests.filter(({ method }) => method === 'POST').length
  await visit.page.locator('button').click()
  await visit.page.evaluate(() => history.pushState({}, '', '/gone'))
  assert.equal((await visit.cb('track', 'x', {})).accepted, false)
  await visit.leave()
  assert.equal(visit.requests.filter(({ method, body }) => method === 'POST' && !body.includes('marker')).length, posts)
})
