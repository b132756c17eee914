/** What the parts `errors` and `device` decide, without a page. In real ones: tests/e2e/observed.test.mjs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { facts } from '../../www/sdk/device.js'
import { describe, frames, hash } from '../../www/sdk/errors.js'

const V8 = `TypeError: x is not a function
    at add (https://shop.example/js/cart.js?v=17:12:34)
    at async HTMLButtonElement.<anonymous> (https://shop.example/js/main.js:5:6)
    at https://shop.example/js/main.js:7:8
    at new Promise (<anonymous>)`
const OTHERS = `add@https://shop.example/js/cart.js?v=18:12:34
HTMLButtonElement.<anonymous>@https://shop.example/js/main.js:5:6
@https://shop.example/js/main.js:7:8
`
const FRAMES = ['add@https://shop.example/js/cart.js:12:34', 'HTMLButtonElement.<anonymous>@https://shop.example/js/main.js:5:6', '@https://shop.example/js/main.js:7:8']

test('a stack is read alike in all engines, and without what changes with each load', () => {
  assert.deepEqual(frames(V8), FRAMES)
  assert.deepEqual(frames(OTHERS), FRAMES)
  assert.deepEqual(frames(undefined), [])
  assert.deepEqual(frames('nothing of a stack'), [])
})

const failed = (message, stack, name = 'TypeError') => Object.assign(new Error(message), { stack, name })

test('an error is described without its stack, and the same one has the same id', () => {
  const fields = describe(failed('x is not a function', V8), 'error', 'Uncaught TypeError', 'https://shop.example/js/cart.js:12:34')
  assert.deepEqual(fields, {
    error_type: 'TypeError',
    error_message: 'x is not a function',
    error_source: 'https://shop.example/js/cart.js:12:34',
    error_kind: 'error',
    error_id: fields.error_id,
  })
  assert.match(fields.error_id, /^[\da-f]{8}$/)
  const id = (...args) => describe(...args).error_id
  assert.equal(id(failed('y is not a function', OTHERS), 'rejection'), fields.error_id, 'the place is what makes it the same')
  assert.notEqual(id(failed('x', V8, 'RangeError'), 'error'), fields.error_id)
  // Without a stack.
  assert.equal(id('order 17', 'rejection', 'order 17'), id('order 18', 'rejection', 'order 18'))
  assert.notEqual(id('order 17', 'rejection', 'order 17'), id('cart 17', 'rejection', 'cart 17'))
  assert.equal(describe(failed('z'.repeat(1000), ''), 'error').error_message.length, 300)
  assert.equal(describe(failed('x', V8), 'rejection').error_source, 'https://shop.example/js/cart.js:12:34')
})

test('the hash is FNV-1a', () => {
  assert.equal(hash(''), '811c9dc5')
  assert.equal(hash('a'), 'e40c292c')
  assert.equal(hash('foobar'), 'bf9cf968')
})

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const browser = (navigator, innerWidth = 800) => ({ navigator: { language: 'de-DE', userAgent: CHROME, webdriver: false, ...navigator }, innerWidth, Intl })

test('of the device only classes are told', () => {
  const brands = [{ brand: 'Chromium', version: '156' }, { brand: 'Not_A Brand', version: '24' }, { brand: 'Google Chrome', version: '156' }]
  const told = facts(browser({ connection: { effectiveType: '4g', rtt: 50 }, userAgentData: { brands, mobile: false, platform: 'Windows' }, hardwareConcurrency: 16 }))
  assert.deepEqual(told, {
    viewport: 'medium', language: 'de-DE', time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, connection: '4g',
    browser: 'Google Chrome 156', platform: 'Windows', form_factor: 'desktop', robot: undefined,
  })
  // No client hints and no connection (Firefox, WebKit).
  const { browser: name, platform, form_factor: form, connection } = facts(browser({}))
  assert.deepEqual([name, platform, form, connection], [undefined, undefined, undefined, undefined])
  for (const [width, expected] of [[360, 'small'], [639, 'small'], [640, 'medium'], [1024, 'large'], [1535, 'large'], [3840, 'wide']])
    assert.equal(facts(browser({}, width)).viewport, expected)
})

test('robots are marked', () => {
  for (const [navigator, expected] of [
    [{ webdriver: true }, 'webdriver'],
    [{ userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }, 'agent'],
    [{ userAgent: CHROME.replace('Chrome', 'HeadlessChrome') }, 'agent'],
    [{ userAgent: 'Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36' }, undefined],
    [{ userAgent: 'Mozilla/5.0 (Linux; Android 14; Abbott) AppleWebKit/537.36 Chrome/156.0.0.0' }, undefined],
    [{}, undefined],
  ])
    assert.equal(facts(browser(navigator)).robot, expected, JSON.stringify(navigator))
})
