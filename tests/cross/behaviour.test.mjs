// What shoppers do on a page, in real browsers: depth and engaged time are told with their own page, before it is gone, and a
// form that is left with it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { shop } from './shop.mjs'

const LIMIT = { timeout: 60_000 }
const BODY = `<a id="away" href="https://away.test/">away</a><a id="next" href="/next.html">next</a>
  <form id="address"><input name="zip"></form>` + '<p>line</p>'.repeat(90)

/** Depends on nothing but clicks, input and scrolling that the page makes itself: drivers differ in theirs. */
const use = (browser) =>
  browser.run(async () => {
    await Promise.all(['behaviour', 'forms'].map((name) => import(`/cb/${name}.js`)))
    await new Promise((done) => setTimeout(done, 50))
    addEventListener('click', (event) => event.target.id === 'away' && event.preventDefault())
    document.getElementById('away').click()
    scrollTo(0, 100_000)
    await new Promise((done) => setTimeout(done, 1500))
    history.pushState(null, '', '/second')
    const zip = document.querySelector('[name=zip]')
    zip.focus()
    zip.value = '10115'
    zip.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await new Promise((done) => setTimeout(done, 1500))
    return document.hasFocus()
  })

test('a page’s depth, time and unfinished form are told with it, inside the app and as it is left', LIMIT, async (t) => {
  const visit = await shop(t)
  const head = { capture: 'pages outbound scroll engagement forms', batchMs: 600_000 }
  visit.page('next')
  await visit.go(visit.page('page', head, `document.addEventListener('DOMContentLoaded', () => { document.body.innerHTML = ${JSON.stringify(BODY)} })`))
  const isFocused = await use(visit.browser)
  await visit.browser.tell(() => { location.href = '/next.html' })
  const engaged = isFocused ? ['engagement', 'engagement'] : ['engagement']
  await visit.collector.expectNames('page_view', 'outbound_click', 'scroll', ...engaged, 'page_view', 'form_start', 'form_abandon')
  await pause(200)
  const events = (await visit.collector.events()).filter(({ page }) => !page.url.endsWith('/next.html')).sort((a, b) => a.seq - b.seq)
  const story = events.map(({ name, page: { url } }) => `${name} ${new URL(url).pathname}`)
  assert.deepEqual(story.slice(0, 6), [
    'page_view /page.html',
    'outbound_click /page.html',
    'scroll /page.html',
    'engagement /page.html',
    'page_view /second',
    'form_start /second',
  ])
  // Which part speaks first at the end is not said, nor whether a page that has no focus now had it before.
  const end = story.slice(6).filter((line) => isFocused || line !== 'engagement /second')
  assert.deepEqual(end.sort(), [...engaged.slice(1).map((name) => `${name} /second`), 'form_abandon /second'].sort())
  const { data } = events.find(({ name }) => name === 'engagement')
  assert.equal(data.percent_scrolled, 100)
  if (isFocused) assert.ok(data.engagement_time_msec >= 1000, `${data.engagement_time_msec} ms`)
  assert.equal(events.find(({ name }) => name === 'form_abandon').data.last_field, 'zip')
  assert.ok(!JSON.stringify(events).includes('10115'))
})
