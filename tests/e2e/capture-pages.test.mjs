// Page views: each once, with the reason the page is on screen, by the Navigation API where the browser has it and by a
// patched history where not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { HISTORIES, YES, pages, stopClock, tags, views } from './world.mjs'

/** Goes back or forward within the document, until all listeners have heard. */
const traverse = (page, by) =>
  page.evaluate((steps) => new Promise((done) => {
    window.addEventListener('popstate', () => setTimeout(done), { once: true })
    history.go(steps)
  }), by)

/** The address is there; a page from the back/forward cache is not loaded again, so nothing else can be waited for. */
const arrived = (page, path) => page.waitForURL(`**${path}`, { waitUntil: 'commit' })

/** Runs before the page's scripts: counts what is written to the history, and keeps the originals as some routers do. */
function watchHistory() {
  window.written = 0
  window.originals = {}
  for (const name of ['pushState', 'replaceState']) {
    const original = History.prototype[name]
    History.prototype[name] = function (...args) {
      window.written++
      return original.apply(this, args)
    }
    window.originals[name] = history[name].bind(history)
  }
}

for (const [way, prepare] of Object.entries(HISTORIES)) {
  const visiting = async (t) => {
    const world = await pages(t)
    const visit = await world.visit()
    if (prepare) await visit.page.addInitScript(prepare)
    await visit.page.addInitScript(watchHistory)
    await visit.go('/one.html')
    assert.equal(await visit.page.evaluate(() => 'navigation' in window), !prepare)
    return { world, visit, page: visit.page }
  }

  test(`with ${way}, each way to another page is one page view with its reason`, async (t) => {
    const { world, visit, page } = await visiting(t)
    await page.evaluate(() => history.pushState(null, '', '/list'))
    await page.evaluate(() => history.pushState({ a: 1 }, '', '/list?sort=price'))
    await page.evaluate(() => history.replaceState(null, '', '/product'))
    await traverse(page, -1)
    await traverse(page, -1)
    await traverse(page, 2)
    await page.evaluate(() => { location.hash = '#/route' })
    await page.evaluate(() => { location.hash = '#/route/2' })
    await traverse(page, -1)
    assert.equal(await page.evaluate(() => window.written), 3, 'the history is the shop\'s')
    assert.deepEqual(views(await visit.leave(), world.origin), [
      'navigate /one.html',
      'push /list',
      'push /list?sort=price',
      'replace /product',
      'back_forward /list',
      'back_forward /one.html',
      'back_forward /product',
      'hash /product#/route',
      'hash /product#/route/2',
      'hash /product#/route',
    ])
  })

  test(`with ${way}, what leaves the page as it is makes no page view`, async (t) => {
    const { world, visit, page } = await visiting(t)
    await page.evaluate(() => {
      history.pushState({ dialog: true }, '')
      history.replaceState({ scroll: 800 }, '', location.href)
      history.pushState(null, '', '/one.html')
    })
    await page.click('#part')
    await page.evaluate(() => { location.hash = '#another' })
    await traverse(page, -1)
    await page.evaluate(() => history.pushState(null, '', '/other'))
    assert.deepEqual(views(await visit.leave(), world.origin), ['navigate /one.html', 'push /other'])
  })

  test(`with ${way}, campaign keys that are taken off the address make no page view`, async (t) => {
    const { world, visit, page } = await visiting(t)
    await page.evaluate(() => {
      history.pushState(null, '', '/list?page=2&utm_source=mail&gclid=abc')
      history.replaceState(null, '', '/list?page=2')
      history.replaceState(null, '', '/list?page=3')
    })
    assert.deepEqual(views(await visit.leave(), world.origin), [
      'navigate /one.html',
      // Without a yes to marketing the click's id does not leave.
      'push /list?page=2&utm_source=mail',
      'replace /list?page=3',
    ])
  })

  test(`with ${way}, a router that kept the original of pushState is noticed`, async (t) => {
    const { world, visit, page } = await visiting(t)
    await page.evaluate(() => window.originals.pushState(null, '', '/list'))
    // The page is hidden by being left.
    assert.deepEqual(views(await visit.leave(), world.origin), ['navigate /one.html', 'push /list'])
  })

  test(`with ${way}, a reload and a way back to another document are one page view each`, async (t) => {
    const { world, visit, page } = await visiting(t)
    await page.reload()
    await visit.ready()
    await page.click('#two')
    await arrived(page, '/two.html')
    await visit.ready()
    // A page that asks not to be kept is loaded again when someone comes back.
    await page.evaluate(() => { window.addEventListener('unload', () => {}) })
    await page.goto('/one.html')
    await visit.ready()
    await page.goBack({ waitUntil: 'commit' })
    await arrived(page, '/two.html')
    await visit.ready()
    const events = await visit.leave()
    assert.deepEqual(views(events, world.origin), [
      'navigate /one.html',
      'reload /one.html',
      'navigate /two.html',
      'navigate /one.html',
      'back_forward /two.html',
    ])
    // Each of these pages says yes in its options.
    assert.equal(new Set(events.map(({ visitor, session }) => visitor + session)).size, 1, 'one visit of one visitor')
  })

  test(`with ${way}, a page restored from the back/forward cache is one page view more`, async (t) => {
    const { world, visit, page } = await visiting(t)
    await page.evaluate(() => { window.kept = true })
    await page.click('#two')
    await arrived(page, '/two.html')
    await visit.ready()
    await page.goBack({ waitUntil: 'commit' })
    await arrived(page, '/one.html')
    await page.waitForFunction(() => window.kept)
    await visit.cb('track', 'login', { method: 'restored' })
    const events = await visit.leave()
    assert.deepEqual(views(events, world.origin), ['navigate /one.html', 'navigate /two.html', 'bfcache /one.html'])
    const login = events.find(({ name }) => name === 'login')
    const last = events.find(({ page: shown }) => shown.reason === 'bfcache')
    assert.equal(login.page.id, last.page.id, 'what follows belongs to the restored view')
  })
}

test('a page that is prerendered is one page view, when it is shown, and silent before', async (t) => {
  const world = await pages(t)
  world.put('target', { script: "cartbeacon('track', 'login', { method: document.prerendering ? 'prepared' : 'shown' }); fetch('/done.html')" })
  const rules = { prerender: [{ source: 'list', urls: ['/target.html'], eagerness: 'immediate' }] }
  await world.answer('/rules.json', () => ({ headers: { 'content-type': 'application/speculationrules+json' }, body: JSON.stringify(rules) }))
  await world.answer('/one.html', () => ({ headers: { 'speculation-rules': '"/rules.json"' } }))
  const asked = new Set()
  // The last one once its script has run.
  for (const path of ['/target.html', '/target.js', '/cb/cartbeacon.js', '/done.html']) {
    await world.answer(path, ({ headers }) => {
      if (headers['sec-purpose']?.includes('prerender')) asked.add(path)
    })
  }
  const posts = []
  await world.answer('/collect', (_, body) => {
    posts.push(JSON.parse(body))
  })
  const window = await world.window()
  const front = await window.tab(`${world.origin}/one.html`)
  await until(() => asked.size === 4, 'the browser prepares the page', () => `, it asked for: ${[...asked]}`)
  // Only now: a tab with a test tool attached prepares nothing.
  const before = await front.attach()
  const shown = await before.evaluate('Date.now()')
  await before.evaluate("cartbeacon('flush')")
  await before.evaluate("const link = document.getElementById('two'); link.href = '/target.html'; link.click()")
  const page = await until(async () => {
    const now = await front.attach()
    return (await now.evaluate('location.pathname').catch(() => '')) === '/target.html' && now
  }, 'the prepared page is shown')
  assert.ok(await page.evaluate("performance.getEntriesByType('navigation')[0].activationStart > 0"), 'it was prepared')
  assert.deepEqual(await page.evaluate('cartbeacon.tracker.ready'), { engine: 'wasm' })
  await page.evaluate("cartbeacon('flush')")
  const events = await world.collector.expectNames('page_view', 'page_view', 'login')
  assert.deepEqual(views(events, world.origin), ['navigate /one.html', 'prerender /target.html'])
  const ofTarget = events.filter(({ page: { url } }) => url.endsWith('/target.html'))
  assert.deepEqual(ofTarget.map(({ name }) => name).sort(), ['login', 'page_view'])
  for (const event of ofTarget.filter(({ name }) => name === 'page_view')) assert.ok(event.t >= shown, 'the view begins when the page is shown')
  assert.equal(ofTarget.find(({ name }) => name === 'login').data.method, 'prepared', 'the call was made while it was prepared')
  for (const { sent, pages: views } of posts) assert.ok(sent >= shown || views.every(({ url }) => url.endsWith('/one.html')), 'and waited')
})

test("a page's title is the one it has once it is settled", async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go('/one.html')
  // As routers do: the address first, the title when the view is drawn.
  await visit.page.evaluate(() => {
    history.pushState(null, '', '/product')
    requestAnimationFrame(() => { document.title = 'A fine\n mug' })
  })
  await visit.page.waitForFunction(() => document.title.includes('mug'))
  // A router has 300 ms for it.
  const drawn = Date.now()
  await until(() => Date.now() > drawn + 350, 'the title is settled')
  const titles = (await visit.leave()).filter(({ name }) => name === 'page_view').map(({ page }) => page.title)
  assert.deepEqual(titles, ['One', 'A fine mug'])
})

test('page() is a page view where the automatic ones are switched off', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('manual', { head: tags({ ...YES, capture: 'clicks' }) }))
  await visit.page.evaluate(() => history.pushState(null, '', '/list'))
  const { accepted } = await visit.cb('page', { shelf: 'top' })
  assert.equal(accepted, true)
  const events = await visit.leave()
  assert.deepEqual(views(events, world.origin), ['call /list'])
  assert.deepEqual(events[0].data, { shelf: 'top' })
})

test('of the query only the keys that the shop allows tell pages apart', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('keys', { head: tags({ ...YES, privacyQueryKeys: '["q"]' }) }))
  await visit.page.evaluate(() => {
    history.pushState(null, '', '/search?q=mug&sid=17')
    history.pushState(null, '', '/search?q=mug&sid=18')
    history.replaceState(null, '', '/search?q=mug')
    history.replaceState(null, '', '/search?view=grid&q=mug')
    history.pushState(null, '', '/search?q=cup&sid=18')
  })
  assert.deepEqual(views(await visit.leave(), world.origin), ['navigate /keys.html', 'push /search?q=mug&sid=[removed]', 'push /search?q=cup&sid=[removed]'])
})

test('a page that is told by a call as well counts once', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.page.addInitScript(stopClock)
  await visit.go(world.put('both', { script: "cartbeacon('page')" }))
  const answer = await visit.page.evaluate(() => {
    history.pushState(null, '', '/list')
    return window.cartbeacon('page')
  })
  assert.deepEqual(answer, { id: '', accepted: false, reason: 'page: counted already' })
  assert.deepEqual(views(await visit.leave(), world.origin), ['navigate /both.html', 'push /list'])
})

test('a tab that is opened in the background is a page view when it is shown', async (t) => {
  const world = await pages(t)
  world.put('later', { script: "cartbeacon('track', 'login', { method: document.visibilityState })" })
  const window = await world.window()
  await window.tab(`${world.origin}/one.html`)
  const tab = await window.tab(`${world.origin}/later.html`, { background: true })
  const page = await tab.attach()
  await page.when("window.cartbeacon?.tracker?.ready.then(({ engine }) => engine === 'wasm')")
  await page.evaluate("cartbeacon('flush')")
  const before = await world.collector.expectNames('page_view', 'login')
  assert.deepEqual(views(before, world.origin), ['navigate /one.html'])
  const login = before.find(({ name }) => name === 'login')
  assert.equal(login.data.method, 'hidden')
  await tab.show()
  await page.when('!document.hidden')
  await page.evaluate("cartbeacon('flush')")
  const events = await world.collector.expectNames('page_view', 'page_view', 'login')
  const view = events.find(({ name, page: { url } }) => name === 'page_view' && url.endsWith('/later.html'))
  assert.ok(view.t > login.t, 'the view begins when somebody looks')
  assert.equal(view.page.id, login.page.id, 'what happened before was on this page')
})
