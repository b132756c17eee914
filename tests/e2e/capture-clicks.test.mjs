// Clicks: one listener, which describes the element shortly, records what elements declare, and changes nothing for the page.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, pages, tags } from './world.mjs'

/** Clicks each in turn on the page of things to click; answers name and fields of the events that arrived, in order. */
async function clicked(t, selectors) {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go('/clicks.html')
  for (const selector of selectors) await visit.page.click(selector)
  return eventsOf(await visit.leave())
}

const eventsOf = (events) =>
  events
    .filter(({ name }) => name !== 'page_view')
    .sort((a, b) => a.seq - b.seq)
    .map(({ name, data }) => [name, data])

test('a click on a drawing inside a link is a click on the link, without its query', async (t) => {
  assert.deepEqual(await clicked(t, ['#drawing']), [['click', { tag: 'a', id: 'picture', href: '/next.html' }]])
})

test('a click inside a shadow root is a click on the button there', async (t) => {
  assert.deepEqual(await clicked(t, ['#label', '#declared-in-shadow']), [
    ['click', { tag: 'button', id: 'in-shadow', item_id: 'QN-9' }],
    // The host outside says which article it is.
    ['add_to_wishlist', { items: [{ item_id: 'QN-9' }] }],
  ])
})

test('nothing inside data-cb-ignore is captured', async (t) => {
  assert.deepEqual(await clicked(t, ['#inside', '#ignored', '#text']), [['click', { tag: 'p', id: 'text' }]])
})

test('a declaration and an exception hold however deep a page nests', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  const nest = (attributes, inner) => `<div ${attributes}>${'<div>'.repeat(30)}${inner}${'</div>'.repeat(30)}</div>`
  const body = nest('data-cb-ignore', '<button id="private">mine</button>') + nest('data-cb-event="share" data-cb-method="link"', '<button id="share">share</button>')
  await visit.go(world.put('deep', { body }))
  await visit.page.click('#private')
  await visit.page.click('#share')
  assert.deepEqual(eventsOf(await visit.leave()), [['share', { method: 'link' }]])
})

test('fields for passwords, cards and codes are not even described, and of others never the value', async (t) => {
  assert.deepEqual(await clicked(t, ['#password', '#card', '#code', '#name']), [['click', { tag: 'input', id: 'name', name: 'name' }]])
})

test('what the page does with a click stays as it is', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go('/clicks.html')
  for (const selector of ['#prevented', '#deaf', '#text']) await visit.page.click(selector)
  assert.deepEqual(await visit.page.evaluate(() => window.heard), [['prevented', true], ['text', false]])
  assert.match(visit.page.url(), /clicks\.html$/, 'the prevented link led nowhere')
  assert.deepEqual(eventsOf(await visit.leave()), [
    ['click', { tag: 'a', id: 'prevented', href: '/elsewhere.html' }],
    // Heard on the way down, before the page stops it.
    ['click', { tag: 'button', id: 'deaf', role: 'tab', name: 'deaf' }],
    ['click', { tag: 'p', id: 'text' }],
  ])
})

test('an element declares its event with its own fields and those of the elements above it', async (t) => {
  assert.deepEqual(await clicked(t, ['#plus']), [
    [
      'add_to_cart',
      { voucher: 'yes', list: 'front', currency: 'EUR', items: [{ quantity: 2, item_id: 'QN-1', item_name: 'Mug', price: 9.9 }] },
    ],
  ])
})

test('a declaration that makes no sense is refused and harms nothing', async (t) => {
  assert.deepEqual(await clicked(t, ['#broken', '#text']), [['click', { tag: 'p', id: 'text' }]])
})

test('a click that declares nothing carries the data-cb attributes it is under', async (t) => {
  const [[name, data]] = await clicked(t, ['#plain'])
  assert.equal(name, 'click')
  assert.deepEqual([data.id, data.shelf, data.list], ['plain', 'top', 'front'])
})

test('the text of an element is recorded only when it is asked for', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('text', { head: tags({ ...YES, privacyText: 'true' }), body: '<button id="b">Buy <b>now</b></button>' }))
  await visit.page.click('#b')
  assert.deepEqual(eventsOf(await visit.leave()), [['click', { tag: 'button', id: 'b', text: 'Buy now' }]])
})

test('with clicks switched off, only what elements declare is recorded', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  const body = '<button id="a">a</button><button id="b" data-cb-event="share">b</button>'
  await visit.go(world.put('quiet', { head: tags({ ...YES, capture: 'pages' }), body }))
  for (const id of ['#a', '#b']) await visit.page.click(id)
  assert.deepEqual(eventsOf(await visit.leave()), [['share', {}]])
})

test('a click on a label is one click, that of its control, although the browser clicks both', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  const body = `<label id="l"><span id="s">Red</span> <input type="radio" name="colour" id="i"></label>
    <label for="far" id="away">Newsletter</label><input type="checkbox" id="far">
    <label data-cb-event="add_to_wishlist" data-cb-item-id="A"><span id="wish">Later</span> <input type="checkbox"></label>
    <label for="far" data-cb-event="share"><span id="say">Tell</span></label>
    <label><span id="sold-out">Blue</span> <input type="radio" disabled></label>`
  await visit.go(world.put('label', { head: tags(YES), body }))
  // By force: the last one's control is disabled.
  for (const id of ['#s', '#away', '#wish', '#say', '#sold-out']) await visit.page.click(id, { force: true })
  assert.equal(await visit.page.isChecked('#i'), true)
  assert.deepEqual(eventsOf(await visit.leave()), [
    ['click', { tag: 'input', id: 'i', name: 'colour', type: 'radio' }],
    ['click', { tag: 'input', id: 'far', type: 'checkbox' }],
    ['add_to_wishlist', { items: [{ item_id: 'A' }] }],
    // What the label alone declares, and the click on the control it is for.
    ['share', {}],
    ['click', { tag: 'input', id: 'far', type: 'checkbox' }],
    ['click', { tag: 'label' }],
  ])
})
