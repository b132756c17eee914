// The option `beforeSend`: what the shop drops or changes is dropped or changed before anything is kept, in real Chromium with
// the collector as the receiver; hooks that misbehave cost their own event and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, pages, tags } from './world.mjs'

const HOOK = `
window.seen = []
window.hook = (event) => {
  seen.push([event.name, event.data.kind, new URL(event.page.url).pathname, typeof event.t])
  switch (event.data.kind) {
    case 'drop': return null
    case 'throw': throw new Error('from the shop')
    case 'promise': return Promise.resolve(event)
    case 'nothing': return
    case 'rubbish': return { name: 'x', data: { n: NaN } }
    case 'bad': return { name: 'add_to_cart', data: {} }
    case 'mail': return { ...event, data: { note: 'ask jane.doe@example.com' } }
    case 'rename': return { ...event, name: 'renamed' }
    case 'again': cartbeacon('track', 'from_inside', { kind: 'again' }); return event
  }
  if (event.name === 'click') delete event.data.id
  if (event.page.url.includes('secret')) return null
  if (event.name === 'page_view') event.data.section = 'mugs'
  return event
}
cartbeacon('track', 'early', { kind: 'rename' })`

async function shop(t, data = {}, body = '') {
  const world = await pages(t)
  const visit = await world.visit()
  const page = world.put('shop', { head: tags({ beforeSend: 'hook', batchMs: 100, ...data }), body, script: HOOK })
  await visit.go(page)
  const track = async (name, fields) => {
    const answer = await visit.cb('track', name, fields)
    return answer.accepted || answer.reason
  }
  return { world, visit, track }
}

const names = (events) => events.map(({ name }) => name).sort()

test('before consent, early and late: what is dropped never arrives, what is changed arrives changed, and each is named', async (t) => {
  const { world, visit, track } = await shop(t, {}, `<button id="b" data-cb-event="hi" data-cb-kind="drop">x</button><button id="c">y</button>`)
  assert.equal(await track('one'), true)
  assert.equal(await track('two', { kind: 'drop' }), 'beforeSend: dropped')
  await visit.cb('page', { kind: 'drop' })
  await visit.cb('page', { kind: 'rename' })
  await visit.page.click('#b')
  await visit.page.click('#c')
  await visit.page.evaluate(() => history.pushState({}, '', '/secret'))
  await visit.page.evaluate(() => history.pushState({}, '', '/other'))
  assert.deepEqual((await visit.cb('stats')).lost, { filtered: 5 })
  assert.equal(visit.requests.filter(({ method }) => method === 'POST').length, 0)
  await visit.cb('consent', { analytics: 'granted' })
  const events = await world.collector.expect((all) => all.length >= 5, 'five events')
  assert.deepEqual(names(events), ['click', 'one', 'page_view', 'page_view', 'renamed'])
  const views = events.filter(({ name }) => name === 'page_view')
  assert.deepEqual(views.map(({ data, page }) => [data.section, new URL(page.url).pathname]), [['mugs', '/shop.html'], ['mugs', '/other']])
  assert.equal(events.find(({ name }) => name === 'click').data.id, undefined, 'taken out of what was captured, too')
  assert.ok(views[0].t < events.find(({ name }) => name === 'one').t, 'a view is as old as its page')
  const stats = await visit.cb('stats')
  assert.deepEqual([stats.accepted, stats.acknowledged, stats.lost], [10, 5, { filtered: 5 }])
  const seen = await visit.page.evaluate(() => window.seen)
  assert.deepEqual(seen.filter(([name]) => name === 'page_view').map(([, kind, path]) => [kind, path]), [
    [undefined, '/shop.html'], ['drop', '/shop.html'], ['rename', '/shop.html'], [undefined, '/secret'], [undefined, '/other'],
  ])
  assert.ok(seen.every(([, , , type]) => type === 'number'))
})

test('a hook that throws, waits or answers nonsense loses its own event, and the shop hears nothing', async (t) => {
  const { world, visit, track } = await shop(t, YES)
  await visit.page.evaluate(() => cartbeacon('on', 'debug', (what) => (window.told ||= []).push(what.reason ?? String(what))))
  for (const kind of ['throw', 'promise', 'nothing', 'rubbish']) assert.equal(await track('bad_one', { kind }), 'beforeSend: dropped', kind)
  assert.equal(await track('bad_one', { kind: 'bad' }), 'items: required', 'what comes back is checked')
  assert.equal(await track('good_one', { kind: 'mail' }), true)
  assert.equal(await track('good_two', { kind: 'again' }), true)
  const events = await world.collector.expect((all) => all.length >= 4, 'the good ones')
  assert.deepEqual(names(events), ['good_one', 'good_two', 'page_view', 'renamed'])
  assert.equal(events.find(({ name }) => name === 'good_one').data.note, 'ask [email]', 'the firewall stands behind the hook')
  assert.deepEqual((await visit.cb('stats')).lost, { filtered: 5 })
  const told = await visit.page.evaluate(() => window.told)
  assert.deepEqual(told.filter((line) => !line.includes('dropped')), [
    'beforeSend: Error: from the shop',
    'beforeSend: answered neither an event nor null',
    'beforeSend: answered neither an event nor null',
    'beforeSend: n: not a finite number',
    'items: required',
  ])
})

test('a hook that is not there drops everything; another format gets what the hook let through', async (t) => {
  const { visit, track } = await shop(t, { ...YES, beforeSend: 'nobody' })
  assert.equal(await track('one'), 'beforeSend: dropped')
  assert.deepEqual((await visit.cb('stats')).lost, { filtered: 3 })

  const other = await pages(t)
  const bodies = []
  await other.answer('/lines', (_, body) => (bodies.push(body), { body: '' }))
  const second = await other.visit()
  await second.go(other.put('shop', { head: tags({ ...YES, endpoint: '/lines', format: 'ndjson', beforeSend: 'hook', batchMs: 100, privacy: false }), script: HOOK }))
  await second.cb('track', 'two', { kind: 'drop' })
  await second.cb('track', 'three', { kind: 'rename' })
  await second.page.waitForFunction(() => window.cartbeacon.tracker.stats().acknowledged === 3)
  const types = bodies.flatMap((body) => body.trimEnd().split('\n').map((line) => JSON.parse(line).type))
  assert.deepEqual(types.sort(), ['page_view', 'renamed', 'renamed'])
})
