/** What a click is, from a path of elements as the browser would give it. In real pages: tests/e2e/capture-clicks.test.mjs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clicked } from '../../src/edge/click.js'

/** An element: its tag, its attributes, and what a test wants to be different. */
const element = (localName, attributes = {}, more = {}) => ({
  nodeType: 1,
  localName,
  childElementCount: 0,
  textContent: '',
  getAttributeNames: () => Object.keys(attributes),
  getAttribute: (name) => attributes[name] ?? null,
  hasAttribute: (name) => name in attributes,
  contains: () => false,
  getRootNode: () => ({ contains: () => true }),
  ...more,
})

/** What is tracked: `name {fields}`, or nothing. */
const click = (path, withText, withClicks = true) => {
  let call
  const run = (command, [name, fields]) => command == 'track' && (call = `${name} ${JSON.stringify(fields)}`)
  clicked({ _notify: { run } }, { composedPath: () => [...path, { nodeType: 9 }] }, withText, withClicks)
  return call
}

test('a click names the nearest element that is there to be clicked', () => {
  const path = [element('svg'), element('a', { id: 'buy#1', href: '/p/1?email=x#y' }, { textContent: ' Buy now ' }), element('main')]
  assert.equal(click(path), 'click {"tag":"a","id":"buy#1","href":"/p/1"}')
  assert.equal(click(path, true), 'click {"tag":"a","id":"buy#1","href":"/p/1","text":"Buy now"}')
  assert.equal(click([element('p'), element('body')]), 'click {"tag":"p"}')
  assert.equal(click([element('i'), element('x-tab', { role: 'tab', 'data-cb-place': 'top' })]), 'click {"tag":"x-tab","role":"tab","place":"top"}')
  assert.equal(click([]), undefined)
})

test('a declared event takes its fields from the elements above', () => {
  const path = [
    element('span', { 'data-cb-colour': 'red' }),
    element('button', { 'data-cb-event': 'add_to_cart', 'data-cb-quantity': '2' }),
    element('article', { 'data-cb-item-id': 'A1', 'data-cb-item-name': 'Mug', 'data-cb-price': '9.90', 'data-cb-currency': 'EUR', 'data-cb-quantity': '9' }),
  ]
  assert.equal(click(path), 'add_to_cart {"currency":"EUR","items":[{"quantity":"2","item_id":"A1","item_name":"Mug","price":"9.90"}]}')
})

test('a field may have any name', () => {
  const path = [element('p', { 'data-cb-constructor': 'a', 'data-cb-__proto__': 'b', 'data-cb-': 'c', 'x-data-cb-d': 'd' })]
  assert.equal(click(path), 'click {"tag":"p","constructor":"a","__proto__":"b"}')
})

test('ignored and secret elements are not described', () => {
  assert.equal(click([element('button'), element('div', { 'data-cb-ignore': '' })]), undefined)
  for (const attributes of [{ type: 'Password' }, { autocomplete: 'cc-number' }, { autocomplete: 'section-a cc-csc' }, { autocomplete: 'one-time-code' }, { autocomplete: 'new-password' }])
    assert.equal(click([element('input', attributes)]), undefined, JSON.stringify(attributes))
})

test('what can be typed into gives no text', () => {
  assert.equal(click([element('textarea', {}, { textContent: 'Dear shop' })], true), 'click {"tag":"textarea"}')
})

test('a form whose field is called control is no label', () => {
  assert.equal(click([element('form', {}, { control: element('input') })]), 'click {"tag":"form"}')
})
