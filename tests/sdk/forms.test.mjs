/** What the part `forms` decides, without a page. In real ones: tests/e2e/behaviour-forms.test.mjs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldName } from '../../www/sdk/behaviour/element.js'
import { story } from '../../www/sdk/behaviour/form.js'
import { termIn } from '../../www/sdk/behaviour/search.js'

test('a form is begun once, knows its last field, and how long each took', () => {
  const form = story()
  form.focus(1000, 'email')
  assert.equal(form.isBegun(), false, 'to look is not to begin')
  assert.deepEqual([form.input(2000, 'email'), form.input(2100, 'email')], [true, false])
  form.focus(4000)
  form.focus(10_000, 'zip')
  form.refuse('zip')
  form.focus(10_500, '')
  form.input(10_600, '')
  form.refuse('')
  form.focus(20_500, 'email')
  assert.deepEqual(form.end(21_000), {
    last_field: 'email',
    fields_touched: 2,
    field_times: 'email:3500 zip:500',
    form_time_msec: 19_000,
    form_errors: 2,
    last_error_field: 'zip',
  })
  // Sent, and refused by the shop: the field still has the focus.
  assert.equal(form.isBegun(), false)
  assert.equal(form.input(22_000, 'email'), true)
  assert.deepEqual(form.end(22_500), {
    last_field: 'email',
    fields_touched: 1,
    field_times: 'email:1500',
    form_time_msec: 500,
    form_errors: undefined,
    last_error_field: undefined,
  })
})

test('a form that the browser filled in has fields that took no time', () => {
  const form = story()
  form.input(0, 'name')
  form.input(1, 'city')
  const { field_times, fields_touched, last_field } = form.end(5)
  assert.deepEqual([field_times, fields_touched, last_field], ['name:0 city:0', 2, 'city'])
})

test('a field goes by its name; a secret one by none, and a button is no field', () => {
  const field = (attributes, localName = 'input') => fieldName({ localName, getAttribute: (name) => attributes[name] ?? null })
  for (const [attributes, expected, localName] of [
    [{ name: 'address[zip code]', id: 'zip' }, 'address[zip_code]'],
    [{ id: 'zip' }, 'zip'],
    [{ type: 'email' }, 'email'],
    [{}, 'textarea', 'textarea'],
    [{ name: 'new', type: 'password' }, ''],
    [{ name: 'n', autocomplete: 'cc-number' }, ''],
    [{ name: 'n', autocomplete: 'one-time-code' }, ''],
    [{ name: 'cardNumber' }, ''],
    [{ name: 'cc_exp' }, ''],
    [{ name: 'passwd2' }, ''],
    [{ id: 'cvv' }, ''],
    [{ name: 'otp-1' }, ''],
    [{ name: 'gift_message' }, 'gift_message'],
    [{ name: 'accept' }, 'accept'],
    [{ name: 'laptop' }, 'laptop'],
    [{ name: 'go', type: 'submit' }, undefined],
    [{ name: 'token', type: 'hidden' }, undefined],
    [{ name: 'go' }, undefined, 'button'],
  ])
    assert.equal(field(attributes, localName), expected, JSON.stringify(attributes))
})

test('a term is in the address, under a known key or one of the shop’s own', () => {
  for (const [url, term, keys] of [
    ['https://s/search?q=blue+mug', 'blue mug'],
    ['https://s/?s=%20tea%20&page=2', 'tea'],
    ['https://s/list?category=tea', ''],
    ['https://s/suche?suche=Tasse&q=x', 'Tasse', ['suche']],
    ['https://s/?keyword=', ''],
    ['https://s/#/search?query=mug', 'mug'],
    ['https://s/?q=a#top', 'a'],
    ['', ''],
    ['https://s/?q=' + 'x'.repeat(300), 'x'.repeat(200)],
  ])
    assert.equal(termIn(url, keys), term, url)
})
