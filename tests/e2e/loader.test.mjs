// The tag and the stub: calls of any moment, options, two tags, policies, integrity, and a shutdown that leaves no trace.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dist } from '../../www/tools/paths.mjs'
import { until } from './collector.mjs'
import { HISTORIES, YES, pages, tag, tags } from './world.mjs'

const ENGINE = { engine: 'wasm' }
const names = (events) => events.map(({ name }) => name).sort()

test('calls made before the tag has loaded arrive with their own time, address and title', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  // The tag comes late, after the page has moved on.
  let release
  const moved = new Promise((resolve) => { release = resolve })
  await visit.page.route('**/cb/cartbeacon.js', async (route) => {
    await moved
    await route.continue()
  })
  const path = world.put('page', { head: '<script src="/cb/stub.js"></script><script src="/stub-calls.js"></script>' + tag(), title: 'First' })
  await visit.page.goto(path, { referer: 'https://search.example/', waitUntil: 'commit' })
  await visit.page.waitForFunction(() => window.calledBefore)
  const called = await visit.page.evaluate(() => window.calledBefore)
  await until(() => Date.now() > called + 400, 'a slow network')
  release()
  await visit.ready()
  const events = await visit.leave()
  assert.deepEqual(names(events), ['login', 'page_view', 'share'])
  const [login, share, view] = ['login', 'share', 'page_view'].map((name) => events.find((event) => event.name === name))
  for (const [event, url, title] of [[login, path, 'First'], [share, '/stub-calls/later', 'Later'], [view, '/stub-calls/later', 'Later']]) {
    assert.deepEqual([event.page.url, event.page.title, event.page.referrer], [world.origin + url, title, 'https://search.example/'], event.name)
  }
  assert.ok(login.t <= called && share.t <= called && share.t >= login.t, 'the times of the calls')
})

test('the page view of a visitor who is logged in is theirs, unless they have just logged out', async (t) => {
  for (const [calls, expected] of [["cartbeacon('identify', 'u-1')", 'u-1'], ["cartbeacon('reset'); cartbeacon('identify', 'u-2')", null]]) {
    const world = await pages(t)
    const visit = await world.visit()
    await visit.go(world.put('page', { head: tags(YES), script: calls }))
    const [view] = await visit.leave()
    assert.deepEqual([view.name, view.user], ['page_view', expected])
  }
})

test('every call of the page is the same before and after loading', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('page', { script: "window.kept = cartbeacon; cartbeacon('track', 'login')" }))
  await visit.page.evaluate(() => {
    // A page may hold the stub's function for ever.
    window.kept('track', 'share')
    window.cartbeacon('track', 'search', { search_term: 'mug' })
    window.cartbeacon.tracker.track('sign_up')
  })
  assert.deepEqual(names(await visit.leave()), ['login', 'page_view', 'search', 'share', 'sign_up'])
})

test('the tag works without the stub', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('page', { head: tag(YES) }))
  await visit.cb('track', 'login')
  assert.deepEqual(names(await visit.leave()), ['login', 'page_view'])
})

test('a tag that is there twice counts once', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('page', { head: tags(YES) + tag(YES), script: "cartbeacon('track', 'login')" }))
  await visit.cb('track', 'share')
  assert.deepEqual(names(await visit.leave()), ['login', 'page_view', 'share'])
  assert.equal(visit.requests.filter(({ url }) => url.endsWith('.wasm')).length, 1)
})

test('tags of two sites both hear consent, and each sends for its own site', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('page', { head: tags({ site: 'one' }) + tag({ site: 'two' }) }))
  await visit.page.waitForFunction(() => window.cartbeacon.tracker)
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('track', 'login')
  const events = await visit.leave()
  assert.deepEqual(events.map(({ site, name }) => `${site} ${name}`).sort(), ['one login', 'one page_view', 'two login', 'two page_view'])
  assert.equal(new Set(events.map(({ visitor }) => visitor)).size, 2, 'nobody joins them')
})

test('data- attributes are the options', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  const options = { site: 'My Shop', batchEvents: 3, capture: 'pages', storage: 'local', consentPurposes: 'analytics marketing' }
  await visit.go(world.put('page', { head: tags(options), body: '<button>go</button>' }))
  await visit.cb('consent', { analytics: 'granted' })
  assert.equal((await visit.cb('ids')).consent, 'pending', 'marketing is asked for as well')
  await visit.cb('consent', { marketing: 'granted' })
  await visit.page.click('button')
  await visit.cb('track', 'login')
  await visit.cb('track', 'share')
  const events = await world.collector.expectNames('page_view', 'login', 'share')
  assert.equal(new Set(events.map(({ batch }) => batch.id)).size, 1, 'three events are a batch')
  // Beside what waits, until it has arrived.
  const kept = (await visit.stored()).filter((key) => !/!./.test(key))
  assert.deepEqual([events[0].site, kept], ['My Shop', ['cb_MyShop', 'cb_MyShop!']])
  assert.deepEqual(names(await visit.leave()), ['login', 'page_view', 'share'], 'no click')
})

test('the wasm is taken from where data-wasm says, and lies beside the script otherwise', async (t) => {
  const world = await pages(t)
  await world.answer('/assets/engine.bin', () => ({ headers: { 'content-type': 'application/wasm' }, body: readFileSync(join(dist, 'cartbeacon.wasm')) }))
  const visit = await world.visit()
  await visit.page.goto(world.put('page', { head: tags({ ...YES, wasm: '/assets/engine.bin' }) }))
  assert.deepEqual(await visit.ready(), ENGINE)
  await visit.leave()
  assert.deepEqual(visit.requests.filter(({ url }) => /wasm|engine/.test(url)).map(({ url }) => new URL(url).pathname), ['/assets/engine.bin'])

  const other = await world.visit()
  const versioned = tag(YES).replace('cartbeacon.js', 'cartbeacon.js?v=7')
  await other.page.goto(world.put('versioned', { head: versioned }))
  assert.deepEqual(await other.ready(), ENGINE)
  assert.ok(other.requests.some(({ url }) => url.endsWith('/cb/cartbeacon.wasm?v=7')), 'of the same version as the script')
})

test('the policy of the documents is all a page needs, with a nonce and integrity', async (t) => {
  const world = await pages(t)
  const hash = `sha384-${createHash('sha384').update(readFileSync(join(dist, 'cartbeacon.js'))).digest('base64')}`
  for (const [name, policy, more] of [
    ['strict', "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'", ''],
    ['nonce', "default-src 'none'; script-src 'nonce-abc' 'wasm-unsafe-eval'; connect-src 'self'", 'nonce="abc"'],
    ['integrity', "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'", `integrity="${hash}" crossorigin="anonymous"`],
  ]) {
    const path = world.put(name, { head: tag(YES, more) })
    await world.answer(path, () => ({ headers: { 'content-security-policy': policy } }))
    const visit = await world.visit()
    const violations = []
    visit.page.on('console', (message) => violations.push(message.text()))
    await visit.page.goto(path)
    assert.deepEqual(await visit.ready(), ENGINE, name)
    await visit.cb('track', 'login', { name })
    await visit.leave()
    assert.deepEqual(violations.filter((text) => /Content Security Policy/.test(text)), [], name)
  }
  const events = await world.collector.expectNames('login', 'login', 'login')
  assert.deepEqual(events.filter(({ name }) => name === 'login').map(({ data }) => data.name), ['strict', 'nonce', 'integrity'])
})

test('a script that is not what its integrity says is not run, and the page goes on', async (t) => {
  const world = await pages(t)
  const visit = await world.visit({ loud: true })
  const head = tags(YES, `integrity="sha384-${'A'.repeat(64)}"`)
  await visit.page.goto(world.put('page', { head, script: "cartbeacon('track', 'login')" }))
  assert.deepEqual(await visit.page.evaluate(() => [typeof window.cartbeacon, window.cartbeacon.tracker]), ['function', undefined])
  assert.deepEqual(await visit.leave(), [])
})

for (const [way, prepare] of Object.entries(HISTORIES)) {
  test(`with ${way}, shutdown() leaves the page as it was before`, async (t) => {
    const world = await pages(t)
    const visit = await world.visit()
    if (prepare) await visit.page.addInitScript(prepare)
    await visit.page.addInitScript(() => {
      window.original = [history.pushState, history.replaceState]
      // Every listener there is on the window, the document and the Navigation API.
      window.listening = new Set()
      const { addEventListener, removeEventListener } = EventTarget.prototype
      const watched = (target) => target === window || target === document || target === window.navigation
      const keys = new Map()
      const key = (type, listener, options) => {
        if (!keys.has(listener)) keys.set(listener, keys.size)
        return `${type} ${keys.get(listener)} ${!!(options?.capture ?? options)}`
      }
      EventTarget.prototype.addEventListener = function (type, listener, options) {
        if (watched(this ?? window)) {
          window.listening.add(key(type, listener, options))
          options?.signal?.addEventListener('abort', () => window.listening.delete(key(type, listener, options)))
        }
        return addEventListener.call(this ?? window, type, listener, options)
      }
      EventTarget.prototype.removeEventListener = function (type, listener, options) {
        if (watched(this ?? window)) window.listening.delete(key(type, listener, options))
        return removeEventListener.call(this ?? window, type, listener, options)
      }
    })
    await visit.go('/one.html')
    const during = await visit.page.evaluate(() => [window.listening.size > 5, history.pushState === window.original[0]])
    assert.deepEqual(during, [true, !prepare], 'it listens')
    await visit.cb('track', 'login')
    await visit.cb('shutdown')
    const after = await visit.page.evaluate(() => ({
      listening: [...window.listening],
      same: history.pushState === window.original[0] && history.replaceState === window.original[1],
    }))
    assert.deepEqual(after, { listening: [], same: true })
    const stored = await world.collector.expectNames('page_view', 'login')
    const posts = visit.posts().length
    await visit.page.evaluate(() => {
      history.pushState(null, '', '/after')
      document.body.click()
    })
    assert.deepEqual(await visit.cb('track', 'share'), { id: '', accepted: false, reason: 'tracker: shut down' })
    const counted = await visit.page.evaluate(() => {
      const left = Object.entries(localStorage).filter(([key]) => /!./.test(key)).map(([, text]) => +text.match(/^-?\d+\.(\d+),/)[1])
      return left.reduce((sum, count) => sum + count, window.cartbeacon('stats').accepted)
    })
    assert.equal(counted, 2, 'questions are still answered: what is left to the next page is that page’s to count')
    assert.equal((await visit.leave()).length, stored.length)
    assert.equal(visit.posts().length, posts)
  })
}
