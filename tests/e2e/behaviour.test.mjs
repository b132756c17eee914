// Behaviour: where links lead, how far a page was scrolled and how long somebody was there, told in time: with the page that it
// is about, and before that page is gone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TALL, attentive, inOrder, pause, scrollTo, story, watched } from './watched.mjs'
import { YES, pages, tags } from './world.mjs'

test('time and depth of a page leave with it, in the last beacon', async (t) => {
  const { visit, page, bodies } = await watched(t, { batchMs: 600_000 })
  const heights = await page.evaluate(() => [innerHeight, document.documentElement.scrollHeight])
  await scrollTo(page, 1000)
  await scrollTo(page, 0)
  await pause(page, 800)
  const events = await visit.leave()
  assert.deepEqual(story(events), ['page_view /watched.html', 'engagement /watched.html'])
  const [view, { data, page: shown }] = events
  assert.equal(shown.id, view.page.id)
  assert.equal(data.percent_scrolled, Math.floor(((1000 + heights[0]) * 100) / heights[1]))
  assert.ok(data.engagement_time_msec >= 1400 && data.engagement_time_msec < 10_000, `${data.engagement_time_msec} ms`)
  // What is stored leaves in a batch of its own.
  const sent = bodies.flatMap(({ events }) => events.map(({ name }) => name)).filter((name) => name !== 'marker')
  assert.deepEqual(sent.sort(), ['engagement', 'page_view'], 'each once, as all was still waiting')
})

test('the next page inside the app takes along what the one before was', async (t) => {
  const { visit, page } = await watched(t, { batchMs: 600_000 })
  await scrollTo(page, 500)
  await page.evaluate(() => history.pushState(null, '', '/second'))
  // Neither of these is another page.
  await page.evaluate(() => history.replaceState({ y: 1 }, ''))
  await page.evaluate(() => { location.hash = 'reviews' })
  await scrollTo(page, 5000)
  await pause(page, 800)
  await page.evaluate(() => history.pushState(null, '', '/third'))
  const events = await visit.leave()
  assert.deepEqual(story(events), [
    'page_view /watched.html',
    'engagement /watched.html',
    'page_view /second',
    'scroll /second',
    'engagement /second',
    'page_view /third',
  ])
  const [first, of1, second, mark, of2] = events
  assert.deepEqual([of1.page.id, of2.page.id, mark.page.id], [first.page.id, second.page.id, second.page.id])
  assert.ok(of1.data.percent_scrolled < 60, 'each page has its own depth')
  assert.deepEqual([of2.data.percent_scrolled, mark.data], [100, { percent_scrolled: 90 }])
})

test('a page that comes back from the back/forward cache starts from nothing, and what it was before was told', async (t) => {
  const { visit, page } = await watched(t, { body: '<a id="two" href="/two.html">two</a>' + TALL })
  await page.evaluate(() => { window.kept = true })
  await scrollTo(page, 1500)
  await pause(page, 700)
  await page.evaluate(() => document.getElementById('two').click())
  await page.waitForURL('**/two.html', { waitUntil: 'commit' })
  await visit.ready()
  await page.goBack({ waitUntil: 'commit' })
  await page.waitForFunction(() => window.kept)
  await pause(page, 1100)
  const events = (await visit.leave()).filter(({ page: { url } }) => url.endsWith('/watched.html'))
  assert.deepEqual(inOrder(events).map(({ name, page: { reason } }) => `${name} ${reason}`), [
    'page_view navigate',
    'engagement navigate',
    'page_view bfcache',
    'engagement bfcache',
  ])
  const [, before, , after] = events
  assert.ok(before.data.engagement_time_msec >= 900)
  assert.ok(after.data.engagement_time_msec < before.data.engagement_time_msec + 1000, 'the time away is nobody’s')
})

test('a tab behind another one, frozen at last, has told what it was, and the time until it is seen again is nobody’s', async (t) => {
  const world = await pages(t)
  const path = world.put('watched', { head: tags({ ...YES, capture: 'pages engagement' }), body: TALL })
  const window = await world.window()
  const tab = await window.tab(world.origin + path)
  const page = await tab.attach()
  await page.when('Boolean(window.cartbeacon?.tracker)')
  await page.evaluate("cartbeacon.tracker.ready.then(() => import('/cb/behaviour.js'))")
  await page.evaluate('new Promise((done) => setTimeout(done, 1200))')
  await window.tab(`${world.origin}/cb/stub.js`)
  const engagements = (events) => inOrder(events.filter(({ name }) => name === 'engagement'))
  const [before] = engagements(await world.collector.expectNames('page_view', 'engagement'))
  await page.send('Page.setWebLifecycleState', { state: 'frozen' })
  await new Promise((later) => setTimeout(later, 1500))
  await page.send('Page.setWebLifecycleState', { state: 'active' })
  await tab.show()
  await page.when("document.visibilityState === 'visible'")
  await page.evaluate('new Promise((done) => setTimeout(done, 1200))')
  await page.evaluate("history.pushState(null, '', '/second'); cartbeacon('flush')")
  const told = engagements(await world.collector.expectNames('page_view', 'engagement', 'page_view', 'engagement'))
  const [, after] = told
  assert.deepEqual([told.length, told[0].id, after.page.id], [2, before.id, before.page.id])
  const between = after.t - before.t
  assert.ok(after.data.engagement_time_msec >= 1000 && after.data.engagement_time_msec < between - 1400, `${after.data.engagement_time_msec} of ${between} ms`)
})

test('a pane of the page that scrolls by itself has a depth of its own', async (t) => {
  const body = '<main><div>long</div></main>'
  const { visit, page } = await watched(t, { body, behaviour: { scrollRoot: 'main', scrollAt: [25, 50] } })
  await page.evaluate(() => {
    const main = document.querySelector('main')
    Object.assign(main.style, { height: '200px', overflow: 'auto' })
    main.firstChild.style.height = '1000px'
    main.scrollTop = 400
  })
  await pause(page, 300)
  const events = await visit.leave()
  assert.deepEqual(story(events).slice(1), ['scroll /watched.html', 'scroll /watched.html', 'engagement /watched.html'])
  const [, first, second, { data }] = events
  assert.deepEqual([first.data.percent_scrolled, second.data.percent_scrolled], [25, 50])
  assert.deepEqual([data.percent_scrolled, data.root_percent_scrolled], [100, 60])
})

test('who only passes by, and what nobody asked for, is not told', async (t) => {
  const { visit } = await watched(t, { capture: 'pages scroll' })
  await scrollTo(visit.page, 100)
  await pause(visit.page, 1000)
  assert.deepEqual(story(await visit.leave()), ['page_view /watched.html'])
})

test('a tracker that is shut down has said what it knew, and listens no more', async (t) => {
  const { visit, page } = await watched(t)
  await scrollTo(page, 500)
  await pause(page, 800)
  await visit.cb('shutdown')
  await scrollTo(page, 3000)
  await pause(page, 300)
  assert.deepEqual(story(await visit.leave()), ['page_view /watched.html', 'engagement /watched.html'])
})

test('nothing is told of pages that only wait for a yes, until it is there', async (t) => {
  const { visit, page, bodies } = await watched(t, { consentDefault: undefined })
  await scrollTo(page, 3000)
  await page.evaluate(() => history.pushState(null, '', '/second'))
  assert.deepEqual([bodies, await visit.stored()], [[], []])
  await visit.cb('consent', { analytics: 'granted' })
  assert.deepEqual(story(await visit.leave()), ['page_view /watched.html', 'scroll /watched.html', 'engagement /watched.html', 'page_view /second'])
})

const LINKS = `
  <a id="away" href="https://pay.test/start?token=1#x" class="btn  big"><b id="in-away">pay</b></a>
  <a id="alias" href="https://sister.test/">sister</a>
  <a id="file" href="/guide.pdf?v=2">guide</a>
  <a id="export" href="/export?id=7" download="orders.csv">export</a>
  <svg width="40" height="40"><a id="drawn" href="https://art.test/"><rect id="rect" width="40" height="40"/></a></svg>
  <div data-cb-ignore><a id="ignored" href="https://secret.test/">not told</a></div>
  <x-shop></x-shop>
  <script src="/links-shadow.js"></script>`

test('links that lead away and files are told however they are followed', async (t) => {
  const world = await pages(t)
  world.put('links-shadow', {
    // Stays here, as pages in tests must: the tracker hears on the way down.
    script: `for (const name of ['click', 'auxclick']) addEventListener(name, (event) => event.preventDefault())
      document.querySelector('x-shop').attachShadow({ mode: 'open' }).innerHTML = '<a id="deep" href="https://deep.test/"><i id="i">deep</i></a>'`,
  })
  const visit = await world.visit()
  await visit.go(world.put('links', { head: tags({ ...YES, capture: 'pages outbound downloads', behaviour: { aliases: ['sister.test'] } }), body: LINKS }))
  const { page } = visit
  await attentive(page)
  await page.click('#in-away')
  await page.click('#away', { button: 'middle' })
  await page.focus('#away')
  await page.keyboard.press('Enter')
  for (const id of ['#away', '#file']) await page.click(id, { button: 'right' })
  for (const id of ['#alias', '#ignored', '#file', '#export', '#rect', '#i']) await page.click(id)
  const away = ['outbound_click', { link_url: 'https://pay.test/start', link_domain: 'pay.test', link_id: 'away', link_classes: 'btn  big', outbound: true }]
  const host = new URL(world.origin).hostname
  const file = (link_id, path, file_name, file_extension) => [
    'file_download',
    { file_name, file_extension, link_url: world.origin + path, link_domain: host, link_id, outbound: false },
  ]
  const events = (await visit.leave()).filter(({ name }) => name !== 'page_view')
  assert.deepEqual(inOrder(events).map(({ name, data }) => [name, data]), [
    away,
    away,
    away,
    file('file', '/guide.pdf', 'guide.pdf', 'pdf'),
    file('export', '/export', 'orders.csv', 'csv'),
    ['outbound_click', { link_url: 'https://art.test/', link_domain: 'art.test', link_id: 'drawn', outbound: true }],
    ['outbound_click', { link_url: 'https://deep.test/', link_domain: 'deep.test', link_id: 'deep', outbound: true }],
  ])
})

test('options that make no sense are said in debug', async (t) => {
  const { visit, page } = await watched(t, { capture: 'pages scrol', behaviour: { colour: 1 }, debug: '', visit: { loud: true } })
  await pause(page, 50)
  assert.deepEqual(visit.complaints.sort(), ['warning: cartbeacon: behaviour.colour: not an option', 'warning: cartbeacon: capture.scrol: not an option'])
})
