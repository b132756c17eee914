// What is observed without the shop saying anything: vitals, errors, impressions, the device. Each is a part by a word of
// `capture`, in real Chromium, and what counts is what the collector has stored.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, pages, tags } from './world.mjs'

const named = (events, wanted) => events.filter(({ name }) => name === wanted).sort((a, b) => a.seq - b.seq)

/** A page with these words of `capture`, once their parts are at work. */
async function observing(t, words, { options, more, ...page }) {
  const world = await pages(t)
  const visit = await world.visit(options)
  const path = world.put('observed', { head: tags({ ...YES, ...more, capture: JSON.stringify(['pages', ...words]) }), ...page })
  await visit.go(path)
  await atWork(visit.page, words)
  return { world, visit, page: visit.page, path }
}

/** A module is evaluated once: whoever imports it again hears when it is there. */
const atWork = (page, words) =>
  page.evaluate(async (parts) => {
    for (const part of ['behaviour', ...parts]) {
      await import(`/cb/${part}.js`)
      await new Promise((resolve) => setTimeout(resolve))
    }
  }, words)

test("each of the web vitals is an event with its rating, once more for a page that comes back", async (t) => {
  const body = `<h1>A shop</h1><button id="more">More</button><div id="below">Below</div><a id="two" href="/two.html">Two</a>`
  const script = `document.getElementById('more').onclick = () => {
    const end = performance.now() + 80
    while (performance.now() < end);
    setTimeout(() => document.getElementById('below').style.marginTop = '200px', 600)
  }`
  const { visit, page } = await observing(t, ['vitals'], { body, script })
  await page.click('#more')
  await page.waitForTimeout(1000)
  await page.click('#two')
  await page.waitForURL('**/two.html', { waitUntil: 'commit' })
  await page.goBack({ waitUntil: 'commit' })
  await page.waitForURL('**/observed.html', { waitUntil: 'commit' })
  await page.waitForTimeout(200)
  const events = await visit.leave()
  const vitals = named(events, 'web_vital')
  const first = vitals.filter(({ data }) => data.navigation_type === 'navigate')
  assert.deepEqual([...new Set(first.map(({ data }) => data.metric_name))].sort(), ['CLS', 'FCP', 'INP', 'LCP', 'TTFB'])
  for (const { data } of first) {
    assert.ok(data.metric_value >= 0 && Number.isFinite(data.metric_value) && Number.isFinite(data.metric_delta), JSON.stringify(data))
    assert.match(data.metric_rating, /^(good|needs-improvement|poor)$/)
    assert.match(data.metric_id, /^v\d+-/)
  }
  const last = (name) => first.findLast(({ data }) => data.metric_name === name).data.metric_value
  assert.ok(last('INP') >= 80, 'the slow click was measured')
  assert.ok(last('CLS') > 0, 'the shift was measured')
  // The page that was left had told before its last batch.
  const view = named(events, 'page_view')[0]
  assert.ok(first.every(({ page: { id } }) => id === view.page.id))
  const again = vitals.filter(({ data }) => data.navigation_type === 'back-forward-cache')
  assert.ok(again.some(({ data }) => data.metric_name === 'LCP'), 'the page that came back was measured anew')
  const restored = named(events, 'page_view').find(({ page: { reason } }) => reason === 'bfcache')
  assert.ok(again.every(({ page: { id } }) => id === restored.page.id), 'and belongs to its own view')
  const ids = new Set(first.map(({ data }) => data.metric_id))
  assert.ok(again.every(({ data }) => !ids.has(data.metric_id)))
})

test('errors are told once each, with their place, without what is personal, and ten at most', async (t) => {
  const script = `window.failAt = (message) => setTimeout(() => { throw new TypeError(message) })
    window.reject = (reason) => void Promise.reject(reason)
    window.others = [${Array.from({ length: 12 }, (_, n) => `() => setTimeout(() => { throw new RangeError('no ${n}') })`).join(',\n')}]`
  const { visit, page } = await observing(t, ['errors'], { script, options: { loud: true } })
  const settled = () => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)))
  await page.evaluate(() => {
    for (let n = 0; n < 5; n++) window.failAt('mail ann@example.com is wrong')
    window.reject('nobody caught this')
    window.reject({ secret: 'hunter2' })
  })
  await settled()
  // Another page of the app begins anew.
  await page.evaluate(() => {
    history.pushState(null, '', '/next')
    for (const fail of window.others) fail()
  })
  await settled()
  const errors = named(await visit.leave(), 'error')
  const [first, second, third, ...others] = errors.map(({ data }) => data)
  assert.match(first.error_source, /\/observed\.js:1:\d+$/)
  assert.match(first.error_id, /^[\da-f]{8}$/)
  assert.deepEqual([first.error_type, first.error_message, first.error_kind], ['TypeError', 'mail [email] is wrong', 'error'])
  assert.deepEqual([second.error_message, second.error_kind], ['nobody caught this', 'rejection'])
  assert.equal(third.error_message, 'a object')
  assert.equal(others.length, 10)
  assert.equal(new Set(others.map(({ error_id: id }) => id)).size, 10)
  assert.ok(visit.requests.every(({ body }) => !body?.includes('hunter2')))
})

const card = (id, more = '') => `<article data-cb-impression data-cb-item-id="${id}" data-cb-item-name="Item ${id}" data-cb-price="9.90" data-tall="120" ${more}>${id}</article>`

const SHELF = `
<div data-cb-impression="promotion" data-cb-promotion-id="SALE" data-cb-promotion-name="Summer" data-cb-creative-slot="top" data-tall="80">Sale</div>
<section data-cb-item-list-id="new" data-cb-item-list-name="New" data-cb-currency="EUR">${card('A1')}${card('A2')}<div data-cb-ignore>${card('hidden')}</div>
  <article data-cb-impression data-cb-item-id="none" data-tall="0">never shown</article></section>
<ul itemscope itemtype="https://schema.org/ItemList"><meta itemprop="name" content="Microdata">
  <li itemprop="itemListElement" itemscope itemtype="https://schema.org/Product"><meta itemprop="sku" content="M1"><span itemprop="name">Mug</span></li></ul>
<script type="application/ld+json">{"@type":"ItemList","name":"Linked","itemListElement":[{"@type":"ListItem","position":3,"url":"/p/jug.html"}]}</script>
<p><a href="/p/jug.html">A fine jug</a></p>
<div id="host"></div>
<div data-tall="3000"></div>
<section data-cb-item-list-id="far" data-cb-currency="EUR">${card('Z1')}</section><div data-tall="3000"></div>
<section data-cb-item-list-id="end" data-cb-currency="EUR">${card('Z2')}</section>`

test('impressions: half of it for a second, once a page, in shadow roots and what comes later too', async (t) => {
  // The pages' policy forbids styles in attributes.
  const script = `for (const element of document.querySelectorAll('[data-tall]')) {
      element.style.height = element.dataset.tall + 'px'
      element.hidden = element.dataset.tall == 0
    }
    document.getElementById('host').attachShadow({ mode: 'open' }).innerHTML = '<div data-cb-item-list-id="shadow">${card('S1')}</div>'`
  const { visit, page } = await observing(t, ['impressions'], { body: SHELF, script, more: { cartJsonLd: '' } })
  await page.evaluate((html) => setTimeout(() => document.getElementById('host').insertAdjacentHTML('beforebegin', html), 100), card('L1'))
  await page.waitForTimeout(1700)
  // Past the one that is far down, and on to the last.
  await page.evaluate(() => document.querySelector('[data-cb-item-list-id=far]').scrollIntoView())
  await page.waitForTimeout(300)
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await page.waitForTimeout(300)
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.waitForTimeout(300)
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await page.waitForTimeout(1500)
  // Another page of the app: what is on screen is seen anew.
  await page.evaluate(() => history.pushState(null, '', '/next'))
  await page.waitForTimeout(1500)
  const events = await visit.leave()
  const seen = (path) =>
    named(events, 'view_item_list')
      .filter(({ page: { url } }) => url.endsWith(path))
      .flatMap(({ data }) => data.items.map(({ item_id: id, item_name: name }) => `${data.item_list_id ?? data.item_list_name ?? '-'}/${id ?? name}`))
      .sort()
  assert.deepEqual(seen('/observed.html'), ['-/L1', 'Linked/A fine jug', 'Microdata/M1', 'end/Z2', 'new/A1', 'new/A2', 'shadow/S1'])
  assert.deepEqual(seen('/next'), ['end/Z2'])
  const shelf = named(events, 'view_item_list').find(({ data }) => data.item_list_id === 'new')
  assert.deepEqual(shelf.data, {
    item_list_id: 'new',
    item_list_name: 'New',
    currency: 'EUR',
    items: ['A1', 'A2'].map((id) => ({ item_id: id, item_name: `Item ${id}`, price: 9.9 })),
  })
  const promotions = named(events, 'view_promotion').map(({ data }) => data)
  assert.deepEqual(promotions, [{ promotion_id: 'SALE', promotion_name: 'Summer', creative_slot: 'top' }])
})

test('the device is told once a session, in classes, and a robot says so', async (t) => {
  const { world, visit, page, path } = await observing(t, ['device'], { options: { viewport: { width: 500, height: 800 }, locale: 'de-AT', timezoneId: 'Europe/Vienna' } })
  await visit.go(path)
  await atWork(page, ['device'])
  const [device, ...more] = named(await visit.leave(), 'device')
  assert.equal(more.length, 0)
  const { browser, platform, form_factor: form, ...data } = device.data
  assert.deepEqual(data, { viewport: 'small', language: 'de-AT', time_zone: 'Europe/Vienna', connection: data.connection, robot: 'webdriver' })
  assert.match(data.connection, /^(slow-2g|[234]g)$/)
  const page2 = await visit.open()
  await page2.goto(path)
  assert.equal(platform, await page2.evaluate(() => navigator.userAgentData.platform))
  assert.equal(form, 'desktop')
  assert.match(browser, /^[\w ]+ \d+$/)
  // This visit, and the marker at its end, which comes from a browser that calls itself HeadlessChrome.
  assert.deepEqual(await robotsOf(world), { people: 0, robots: 2 })
})

/** Sessions in the live view without robots, and how many robots it leaves out. */
async function robotsOf({ collector }) {
  const response = await fetch(`${collector.origin}/live/stream?robots=no`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!/event: ?stats\ndata: ?.*\n\n/.test(text)) text += (await reader.read()).value
  await reader.cancel()
  const { funnel, robots } = JSON.parse(/event: ?stats\ndata: ?(.*)\n\n/.exec(text)[1])
  return { people: funnel.sessions, robots }
}

test('nothing of the device without a yes, and nothing in anonymous counts', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  const bodies = []
  await world.answer('/collect', (_, body) => {
    bodies.push(body)
  })
  const origin = world.origin
  const capture = JSON.stringify(['pages', 'device'])
  await visit.go(origin + world.put('no', { head: tags({ consentDefault: 'deny', consentAnonymous: '', capture }) }))
  await atWork(visit.page, ['device'])
  await visit.cb('track', 'login')
  await visit.page.goto('about:blank')
  await visit.page.goto(origin + '/one.html')
  const counts = bodies.filter((body) => body.includes('"anonymous":'))
  assert.ok(counts.length > 0, 'what happened was counted')
  for (const body of counts) assert.doesNotMatch(body, /device|viewport|language|time_zone/)
})
