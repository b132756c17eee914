// Forms and searches: begun, sent, left, by the names of fields and never by what stands in them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attentive, pause, told, watched } from './watched.mjs'
import { YES, pages, tags } from './world.mjs'

const VALUES = ['Ada Brandt', 'ada@example.com', '10115', 'hunter2', '4242424242424242']
const FORM = `
  <form id="address" name="delivery" action="/one.html?step=2">
    <input name="full_name">
    <input name="email" type="email">
    <input name="zip" pattern="[0-9]{5}" required>
    <input name="pass" type="password">
    <input id="card" autocomplete="cc-number">
    <button id="go">Go on</button>
  </form>
  <input name="outside" form="address">
  <form id="hidden" data-cb-ignore><input name="secret_wish"></form>
  <form id="other" action="/two.html"><input name="newsletter"></form>`

const here = (world) => ({ form_id: 'address', form_name: 'delivery', form_destination: `${world.origin}/one.html` })
/** Without what depends on the clock, which has to be there. */
const timeless = ([name, { field_times, form_time_msec, ...fields }]) => {
  if (field_times !== undefined) assert.match(field_times, /^(\w+:\d+ ?)+$/)
  return [name, fields, ...(field_times === undefined ? [] : [field_times.replace(/:\d+/g, '')])]
}

test('a form that is sent was begun once, with the time of each field; no value is anywhere', async (t) => {
  const { world, visit, page, bodies } = await watched(t, { capture: 'pages forms', parts: ['forms'], body: FORM })
  await page.click('[name=email]')
  await page.keyboard.type(VALUES[1], { delay: 5 })
  await page.fill('[name=zip]', 'x')
  await page.click('#go')
  await page.fill('[name=zip]', VALUES[2])
  await page.fill('[name=pass]', VALUES[3])
  await page.fill('#card', VALUES[4])
  await page.fill('[name=outside]', VALUES[0])
  await page.fill('[name=secret_wish]', VALUES[0])
  await Promise.all([page.waitForURL('**/one.html?**'), page.click('#go')])
  const events = await visit.leave()
  assert.deepEqual(told(events).map(timeless), [
    ['form_start', here(world)],
    ['form_submit', { ...here(world), last_field: 'outside', fields_touched: 3, form_errors: 1, last_error_field: 'zip' }, 'email zip outside'],
  ])
  const typing = +/email:(\d+)/.exec(events.find(({ name }) => name === 'form_submit').data.field_times)[1]
  assert.ok(typing > 50 && typing < 5000, `${typing} ms of typing`)
  const sent = JSON.stringify(bodies.flatMap(({ events: all }) => all))
  for (const value of [...VALUES, 'pass', 'card', 'secret_wish']) assert.ok(!sent.includes(value), value)
})

test('a form that is left says which field was the last, in the last beacon', async (t) => {
  const { world, visit, page, bodies } = await watched(t, { capture: 'pages forms', parts: ['forms'], body: FORM, batchMs: 600_000 })
  await page.fill('[name=full_name]', 'A')
  await page.click('[name=zip]')
  await page.click('[name=newsletter]')
  const events = await visit.leave()
  assert.deepEqual(told(events).map(timeless), [
    ['form_start', here(world)],
    ['form_abandon', { ...here(world), last_field: 'zip', fields_touched: 2 }, 'full_name zip'],
  ])
  // What is stored leaves in a batch of its own; nothing goes twice.
  const sent = bodies.filter(({ site }) => site === 'test').flatMap(({ events }) => events.map(({ name }) => name))
  assert.deepEqual(sent.sort(), ['form_abandon', 'form_start', 'page_view'])
})

test('a page inside the app is left like any other, a form sent by a script is sent, and a dialog is none', async (t) => {
  const script = `
    document.getElementById('address').addEventListener('submit', (event) => { event.preventDefault(); new FormData(event.target) })
    document.getElementById('by-script').addEventListener('click', () => document.getElementById('other').submit())`
  const body = FORM + '<button id="by-script">send</button><form method="dialog"><button id="close">close</button></form>'
  const { world, visit, page } = await watched(t, { capture: 'pages forms', parts: ['forms'], body, script })
  await page.fill('[name=zip]', '10115')
  await page.click('#go')
  await page.click('#close').catch(() => {})
  // Sent, so that going on leaves nothing behind; until something is put in again.
  await page.evaluate(() => history.pushState(null, '', '/step-2'))
  await page.fill('[name=full_name]', 'B')
  await page.evaluate(() => history.pushState(null, '', '/step-3'))
  await page.fill('[name=newsletter]', 'C')
  await page.click('#by-script')
  await page.waitForURL('**/two.html?**')
  const events = await visit.leave()
  assert.deepEqual(told(events).map(timeless).map(([name, { form_id, last_field }]) => [name, form_id, last_field]), [
    ['form_start', 'address', undefined],
    ['form_submit', 'address', 'zip'],
    ['form_start', 'address', undefined],
    ['form_abandon', 'address', 'full_name'],
    ['form_start', 'other', undefined],
    ['form_submit', 'other', 'newsletter'],
  ])
  const paths = events.filter(({ name }) => /form_(submit|abandon)/.test(name)).map(({ page: { url } }) => url.replace(world.origin, ''))
  assert.deepEqual(paths, ['/watched.html', '/step-2', '/step-3'], 'each is of the page that it was on')
})

test('a search is in the address: under a known key, or that of the shop’s own search form', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  const { page } = visit
  const find = '<form role="search" action="/found.html"><input type="search" name="wanted"><button id="find">find</button></form>'
  world.put('found', { head: tags({ ...YES, capture: 'pages search' }), body: find })
  await visit.go('/found.html')
  await attentive(page, 'forms')
  for (const term of ['blue mug', 'blue mug', 'tea for ann@example.com']) {
    await page.fill('[name=wanted]', term)
    await Promise.all([page.waitForURL('**/found.html?**'), page.click('#find')])
    await visit.ready()
    await attentive(page, 'forms')
  }
  // Seen again, and not searched for again.
  await page.reload()
  await visit.ready()
  await attentive(page, 'forms')
  await page.evaluate(() => history.pushState(null, '', '/app?q=plate'))
  await page.evaluate(() => history.pushState(null, '', '/app?q=plate&page=2'))
  await page.evaluate(() => history.pushState(null, '', '/app'))
  await pause(page, 20)
  const events = (await visit.leave()).filter(({ name }) => name === 'search')
  assert.deepEqual(events.map(({ data, page: { url } }) => [data.search_term, new URL(url).pathname]), [
    ['blue mug', '/found.html'],
    ['tea for [email]', '/found.html'],
    ['plate', '/app'],
  ])
})
