/** The options of `init`: what the engine is given, and what is said of those that make no sense. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choices, configure } from '../../www/sdk/config.js'

const NAMES = [
  ...['site', 'policy', 'batchEvents', 'batchBytes', 'batchMs', 'queueEvents', 'queueBytes', 'queueHours'],
  ...['cookieDays', 'idleMinutes', 'maxHours', 'retryMs', 'retryMaxMs', 'medium', 'pages', 'required', 'waits'],
  ...['api', 'tcf', 'gpp', 'google', 'shopify', 'wordpress', 'gpc', 'dnt', 'stored', 'region', 'auto', 'default', 'endpoint', 'clicks', 'text'],
]
const ANALYTICS = 1
const ALL = 15
const NO = 16

/** What differs from the defaults, by name, and all that was noted. */
function read(options) {
  const notes = []
  const list = (more, note) => Object.values(configure({ endpoint: '/c', ...more }, note))
  const defaults = list({}, () => {})
  const found = list(options, (note) => notes.push(note))
  assert.equal(found.length, NAMES.length)
  return [Object.fromEntries(NAMES.map((name, at) => [name, found[at]]).filter(([, value], at) => value !== defaults[at])), ...notes]
}

test('the defaults are those of the types', () => {
  const numbers = [20, 49152, 5000, 500, 262144, 72, 395, 30, 24, 1000, 300000]
  const said = Array(12).fill(0)
  assert.deepEqual(Object.values(configure({ endpoint: '/c' })), ['', '', ...numbers, 0, true, ANALYTICS, 0, ...said, '/c', true, false])
})

test('options are read as they are written', () => {
  for (const [options, expected] of [
    [{ site: 7, batch: { events: 5, ms: '250' }, session: { idleMinutes: 1 } }, { site: '7', batchEvents: 5, batchMs: 250, idleMinutes: 1 }],
    [{ retry: { ms: 200, maxMs: 60000 } }, { retryMs: 200, retryMaxMs: 60000 }],
    [{ 'batch.ms': 100, storage: 'local' }, { batchMs: 100, medium: 1 }],
    [{ capture: 'clicks' }, { pages: false }],
    [{ capture: ['pages'] }, { clicks: false }],
    [{ capture: false }, { pages: false, clicks: false }],
    [{ capture: { clicks: false }, privacy: { text: true } }, { clicks: false, text: true }],
    [{ consent: { purposes: ['analytics', 'sale'], policy: '2026-11' } }, { required: 9, policy: '2026-11' }],
    [{ consent: { source: 'tcf' } }, { waits: 1 }],
    [{ consent: { source: ['api', 'tcf'] } }, { waits: 1 }],
    [{ consent: { default: { analytics: 'granted', sale: 'denied' } } }, { default: ANALYTICS | (8 * NO) }],
    [{ consent: { default: 'deny', gpc: { sale: 'denied' } } }, { default: ALL * NO, gpc: 8 * NO }],
    [{ consent: { region: 'grant' } }, { region: ALL }],
    [{ consent: { default: 'hold', region: 'hold', source: 'api' } }, {}],
    [{ debug: true, format: 'native', compress: true, cart: { dataLayer: 'x' }, site: undefined }, {}],
    [{ endpoint: new URL('https://e.test/c') }, { endpoint: 'https://e.test/c' }],
  ])
    assert.deepEqual(read(options), [expected], JSON.stringify(options))
})

test('what is not understood is noted and read strictly', () => {
  for (const [options, expected, ...notes] of [
    [{ consent: { default: 'grant' } }, { default: ALL * NO }, 'consent.default: not a possible value'],
    [{ consent: { default: 'buffered' } }, { default: ALL * NO }, 'consent.default: not a possible value'],
    [{ consent: { default: { analytics: 'yes' } } }, { default: ALL * NO }, 'consent.default: not a possible value'],
    [{ consent: { default: null } }, { default: ALL * NO }, 'consent.default: not a possible value'],
    [{ consent: { region: 'granted' } }, { region: ALL * NO }, 'consent.region: not a possible value'],
    [{ consent: { purposes: ['analytic'] } }, { required: ALL }, 'consent.purposes: all purposes are asked for'],
    [{ consent: { purposes: [] } }, { required: ALL }, 'consent.purposes: all purposes are asked for'],
    [{ consent: { policy: 'x'.repeat(65) } }, {}, 'consent.policy: not a possible value'],
    [{ consent: { colour: 1 } }, {}, 'consent.colour: not an option'],
    [{ colour: 1, batch: { event: 5 } }, {}, 'colour: not an option', 'batch.event: not an option'],
    [{ batch: { events: -5, bytes: 1.5, ms: 1e30 } }, {}, ...['events', 'bytes', 'ms'].map((name) => `batch.${name}: not a possible value`)],
    [{ retry: { ms: 0, maxMs: '5 minutes', times: 3 } }, {}, 'retry.ms: not a possible value', 'retry.maxMs: not a possible value', 'retry.times: not an option'],
    [{ retry: false }, {}, 'retry: not an option'],
    [{ storage: 'disk' }, { medium: 2 }, 'storage: not a possible value'],
    [{ storage: 'memory', capture: { pages: 'no' } }, { medium: 2, pages: false }],
    [{ capture: true, compress: 'gzip', format: 'xml' }, {}, ...['capture', 'compress', 'format'].map((name) => `${name}: not an option`)],
    [JSON.parse('{"__proto__":{"x":1},"constructor":1}'), {}, '__proto__.x: not an option', 'constructor: not an option'],
  ])
    assert.deepEqual(read(options), [expected, ...notes], JSON.stringify(options))
})

test('an endpoint is a path or an http URL', () => {
  for (const endpoint of ['/collect', '/', 'https://e.test/c?k=1', 'http://127.0.0.1:8080/collect'])
    assert.equal(configure({ endpoint }).endpoint, endpoint)
  for (const endpoint of ['collect', '//e.test/c', 'ftp://e.test', 'https://', 'https:///x', 'https://:1/', 'https://e.test/a b', '/c#x', '/c\\d', 'javascript:alert(1)'])
    assert.throws(() => configure({ endpoint }), (reason) => reason === 'endpoint: not a URL')
  for (const endpoint of ['', undefined, null, {}]) assert.throws(() => configure({ endpoint }), (reason) => reason === 'endpoint: required')
})

test('a misspelt choice is refused and names the purpose', () => {
  assert.deepEqual(choices({ analytics: 'granted', marketing: 'denied', source: 'tcf' }), [ANALYTICS | (2 * NO), 1])
  assert.deepEqual(choices({}), [0, 0])
  for (const [update, reason] of [
    [{ analytic: 'granted' }, 'analytic: not a purpose'],
    [{ analytics: 'yes' }, 'analytics: neither granted nor denied'],
    [{ analytics: true }, 'analytics: neither granted nor denied'],
    [{ analytics: 'granted', source: 'me' }, 'source: not one'],
    [[], 'consent: not an object'],
    ['', 'consent: not an object'],
  ])
    assert.throws(() => choices(update), (thrown) => thrown === reason)
})
