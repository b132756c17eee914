import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../../www/sdk/dataset.js'

/** As the browser reads them: `data-batch-events` is `batchEvents`. */
const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())
const options = (attributes) => read(Object.fromEntries(Object.entries(attributes).map(([name, value]) => [camel(name), value])))

test('the first word is the group, the rest the option in it', () => {
  assert.deepEqual(
    options({
      endpoint: '/collect',
      'consent-default': 'deny',
      'consent-purposes': 'analytics marketing',
      'consent-gpc': 'false',
      'batch-events': '10',
      'queue-hours': '24',
      'session-idle-minutes': '45',
      'cart-data-layer': 'dataLayer',
      'cookie-domain': 'shop.test',
      'privacy-redact': 'false',
    }),
    {
      endpoint: '/collect',
      consent: { default: 'deny', purposes: ['analytics', 'marketing'], gpc: false },
      batch: { events: 10 },
      queue: { hours: 24 },
      session: { idleMinutes: 45 },
      cart: { dataLayer: 'dataLayer' },
      cookie: { domain: 'shop.test' },
      privacy: { redact: false },
    },
  )
})

test('a value is JSON where it can be, true where it is empty, a list where it has spaces, else text', () => {
  assert.deepEqual(options({ capture: 'pages  clicks', sample: '0.5', debug: '', compress: 'true', storage: 'local' }), {
    capture: ['pages', 'clicks'],
    sample: 0.5,
    debug: true,
    compress: true,
    storage: 'local',
  })
  assert.deepEqual(options({ 'consent-default': '{"analytics":"granted"}', capture: 'false' }), {
    consent: { default: { analytics: 'granted' } },
    capture: false,
  })
})

test('the site is text whatever it looks like', () => {
  assert.deepEqual(options({ site: '42' }), { site: '42' })
  assert.deepEqual(options({ site: 'my shop' }), { site: 'my shop' })
})

test('attributes that fight over a group do not throw', () => {
  assert.doesNotThrow(() => options({ capture: 'pages', 'capture-clicks': 'false' }))
  assert.doesNotThrow(() => options({ consent: '', 'consent-default': 'deny' }))
})
