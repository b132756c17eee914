/** The part behind `cookie.server`, without a browser: when it asks, what it asks for, and what it leaves alone. */

import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { make } from '../../www/sdk/cookie.js'

const [VISITOR, OTHER, SESSION] = ['a', 'b', 'c'].map((end) => '01990000-0000-7000-8000-00000000000' + end)
const NOW = 1_790_000_000_000
const [RESET, LEAVE, VISIBLE, CONSENT] = [4, 12, 15, 2]
const GRANTED = { state: 'granted', purposes: ['analytics', 'marketing'], decided: {} }

/** Stored text of a visitor who said yes to these bits. */
const identity = (visitor = VISITOR, bits = 3) => `1.${visitor}.${SESSION}.4.${NOW}.${NOW}.7.${bits}.${NOW}`

let jar, asked, answer, noted

/** A page of this address, whose browser takes cookies for what has a dot in it. */
function open(address, options, tell = Object.assign((topic, text) => noted.push([topic, JSON.parse(text).reason]), { domain: undefined })) {
  const location = new URL(address)
  const document = {
    baseURI: address,
    get cookie() {
      return [...jar].filter(([, { until }]) => until > Date.now()).map(([place, { value }]) => `${place.split(';')[0]}=${value}`).join('; ')
    },
    set cookie(text) {
      const [pair, ...attributes] = text.split(';')
      const { domain = '', 'max-age': age, path } = Object.fromEntries(attributes.map((one) => one.split('=')))
      assert.equal(path, '/')
      const [name, value] = pair.split('=')
      if (!domain || (domain.replace(/^\./, '').includes('.') && ('.' + location.hostname).endsWith('.' + domain.replace(/^\./, '')))) {
        jar.set(`${name};${domain.replace(/^\./, '')}`, { value, until: Date.now() + age * 1000, isSecure: attributes.includes('secure') })
      }
    },
  }
  Object.assign(globalThis, { location, document, localStorage: {} })
  globalThis.fetch = async (url, init) => {
    asked.push({ url: String(url), ...init, body: JSON.parse(init.body) })
    return answer(init)
  }
  const heard = {}
  const tracker = { on: (topic, hear) => (heard[topic] = hear) }
  const given = { site: 'shop', ...options }
  make(tracker, given, tell)
  return { tell, heard, given, heed: (...what) => tell.heeds.forEach((part) => part(...what)), stored: (text = '') => tell.stored(text) }
}

/** What is due now, and what comes of it. */
async function settled(ms = 0) {
  mock.timers.tick(ms)
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
const named = (name) => [...jar].filter(([place, { until }]) => place.startsWith(name) && until > Date.now()).map(([place, { value }]) => [place.split(';')[1], value])
const put = (name, value, domain = '', until = Infinity) => jar.set(`${name};${domain}`, { value, until })
const issued = (visitor, ago = 0) => `${visitor}.3.${Math.round(Date.now() / 1000) - ago}`

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: NOW })
  jar = new Map()
  asked = []
  noted = []
  answer = async () => ({ ok: true, status: 204 })
})
afterEach(() => mock.timers.reset())

Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true })

const SERVER = { cookie: { server: '/collect/id' } }

test('a yes is followed by one request; an hour later, or when the cookie is a week old, by another', async () => {
  const { heard, given } = open('https://www.shop.example/a/b?c=d', { cookie: { server: '/collect/id', days: 400 } })
  assert.equal(given.cookie.server, undefined, 'no option of anybody else')
  put('cb_shop', identity())
  heard.consent(GRANTED)
  heard.session({ n: 4 })
  await settled()
  assert.equal(asked.length, 1)
  const { url, method, credentials, redirect, keepalive, body } = asked[0]
  assert.deepEqual([url, method, credentials, redirect, keepalive], ['https://www.shop.example/collect/id', 'POST', 'include', 'error', undefined])
  assert.deepEqual(body, { v: 1, site: 'shop', visitor: VISITOR, n: 4, domain: 'shop.example', days: 395 })
  assert.deepEqual(named('cb_shop.ask'), [['shop.example', '1']])
  assert.ok(jar.get('cb_shop.ask;shop.example').isSecure)

  heard.session({ n: 5 })
  await settled(3_599_000)
  assert.equal(asked.length, 1, 'nobody has answered with a cookie: not before an hour has gone')
  heard.session({ n: 6 })
  await settled(1000)
  assert.equal(asked.length, 2)

  put('cb_shop.id', issued(VISITOR))
  for (const [days, expected] of [[3, 2], [3, 2], [2, 3]]) {
    mock.timers.tick(days * 86_400_000)
    heard.session({ n: 7 })
    await settled()
    assert.equal(asked.length, expected)
  }
  put('cb_shop.id', issued(OTHER))
  await settled(3_600_000)
  heard.session({ n: 8 })
  await settled()
  assert.equal(asked.length, 4, 'it is of somebody else')
})

test('where the widest domain of the page is not over the server, nobody is asked', async () => {
  for (const [page, options, domain] of [
    ['https://www.shop.example/', SERVER, 'shop.example'],
    ['https://www.shop.example/', { cookie: { server: 'https://in.shop.example/id' } }, 'shop.example'],
    ['https://shop.example/', { ...SERVER, storage: 'local' }, undefined],
    ['http://127.0.0.1:8080/', SERVER, undefined],
    ['http://localhost:8080/', { cookie: { server: 'http://localhost:8090/id' } }, undefined],
  ]) {
    asked = []
    jar = new Map()
    const { heard } = open(page, options)
    if (options.storage) localStorage.getItem = () => identity()
    else put('cb_shop', identity())
    heard.consent(GRANTED)
    await settled()
    assert.deepEqual(asked.map(({ body }) => body.domain), [domain], page)
  }
  asked = []
  const { heard } = open('https://www.shop.example/', { cookie: { server: 'https://in.shop.example/id' } }, Object.assign((topic, text) => noted.push(text), { domain: 'www.shop.example' }))
  jar = new Map([['cb_shop;', { value: identity(), until: Infinity }]])
  heard.consent(GRANTED)
  await settled()
  assert.deepEqual([asked, noted], [[], ['{"reason":"cookie: no cookie of that host is this page\'s"}']])
})

test('an option that makes no sense is refused, and says why', () => {
  for (const [server, reason] of [
    [true, 'not a URL'],
    ['https://', 'not a URL'],
    ['http://www.shop.example/id', "not of this page's scheme"],
    ['https://shop.test/id', "not of this page's site"],
    ['data:,x', "not of this page's scheme"],
  ])
    assert.throws(() => open('https://www.shop.example/', { cookie: { server } }), (error) => error === reason, String(server))
  assert.throws(() => open('https://www.shop.example/', { ...SERVER, storage: 'memory' }), (error) => error === 'storage: nothing may be kept')
})

test('the cookie is read in the moment of a whole yes and no other, where nobody is known', () => {
  const yes = (bits) => [CONSENT, String(bits)]
  for (const [commands, options, isRead, note] of [
    [[], {}, false, 'at the start'],
    [[yes(3)], {}, true, 'a yes to all'],
    [[yes(1)], {}, false, 'none to marketing'],
    [[yes(1), yes(2)], {}, true, 'in two steps'],
    [[yes(3), yes(0x20)], {}, false, 'marketing taken back'],
    [[yes(2 | 0x10)], {}, false, 'a no to analytics'],
    [[[CONSENT, '']], {}, false, 'a withdrawal'],
    [[[RESET, undefined]], {}, false, 'a reset'],
    [[yes(256 + 3)], {}, true, 'of a platform'],
    [[yes(3)], { consent: { purposes: ['analytics', 'preferences'] } }, false, 'not to all that is asked for'],
    [[yes(7)], { consent: { purposes: 'analytics preferences' } }, true, 'to all that is asked for'],
    [[], { consent: { default: { analytics: 'granted', marketing: 'granted' } } }, true, 'by default'],
    [[], { consent: { default: { analytics: 'granted' } } }, false, 'by default, but not to marketing'],
    [[], { consent: { region: 'US-CA', regions: { US: 'grant', EU: 'hold' } } }, true, 'by region'],
    [[], { consent: { region: 'EU', regions: { US: 'grant', EU: 'hold' }, default: { analytics: 'granted', marketing: 'granted' } } }, false, 'by another region'],
    [[], { consent: { source: 'tcf', default: { analytics: 'granted', marketing: 'granted' } } }, false, 'a platform has to answer'],
  ]) {
    jar = new Map()
    put('cb_shop.id', issued(VISITOR))
    const { heed, stored } = open('https://www.shop.example/', { ...SERVER, ...options })
    // What the tracker asks for with each of them.
    const first = commands.length ? commands.slice(0, -1).map((command) => (heed(...command), stored('nobody'))) : []
    assert.ok(first.every((text) => text === 'nobody'))
    if (commands.length) heed(...commands.at(-1))
    const text = stored()
    assert.equal(text !== '', isRead, note)
    if (isRead) assert.match(text, new RegExp(`^1\\.${VISITOR}\\.[-\\da-f]{36}\\.3\\.0\\.0\\.0\\.0\\.${NOW}$`))
    assert.equal(stored(), '', 'once: what is gone later was taken away')
  }
  for (const value of ['', 'x.1.1', `${VISITOR}`, `${VISITOR}.0.1`, `${VISITOR}.-1.1`, `${VISITOR}.1.2.3.4`.replace('1', '')]) {
    put('cb_shop.id', value)
    const { heed, stored } = open('https://www.shop.example/', SERVER)
    heed(CONSENT, '3')
    assert.equal(stored(), '', value)
  }
})

test('what another part knows of the visitor comes first', () => {
  put('cb_shop.id', issued(VISITOR))
  const tell = Object.assign(() => {}, { stored: (text) => text || 'from a link' })
  const { heed, stored } = open('https://www.shop.example/', SERVER, tell)
  heed(CONSENT, '3')
  assert.equal(stored(), 'from a link')
})

test('a no deletes it wherever it is, what was only said in advance leaves it', async () => {
  const no = (source) => ({ state: 'denied', purposes: [], decided: { analytics: source, marketing: source } })
  for (const [report, isGone] of [
    [{ state: 'pending', purposes: [], decided: { analytics: 'tcf', marketing: 'tcf' } }, false],
    [no('default'), false],
    [no('region'), false],
    [no('api'), true],
    [no('gpc'), true],
    [no('stored'), true],
    [{ state: 'withdrawn', purposes: [], decided: { analytics: 'default', marketing: 'default' } }, true],
    [{ state: 'granted', purposes: ['analytics'], decided: { analytics: 'api', marketing: 'default' } }, false],
    [{ state: 'granted', purposes: ['analytics'], decided: { analytics: 'api', marketing: 'api' } }, true],
  ]) {
    jar = new Map()
    for (const domain of ['', 'www.shop.example', 'shop.example']) put('cb_shop.id', issued(VISITOR), domain)
    put('cb_shop.ask', 1, 'shop.example')
    put('cb_shopping.id', issued(OTHER))
    const { heard } = open('https://www.shop.example/', SERVER)
    heard.consent(report)
    await settled()
    assert.deepEqual([named('cb_shop.').length, asked.length], [isGone ? 0 : 4, 0], JSON.stringify(report))
    assert.equal(named('cb_shopping.').length, 1, "another site's")
  }
})

test('an answer that comes to nobody, or to somebody else, is deleted; for who is there now it is asked again, three times at most', async () => {
  const { heard } = open('https://www.shop.example/', SERVER)
  put('cb_shop', identity())
  answer = async () => {
    put('cb_shop.id', issued(OTHER), 'shop.example')
    return { ok: true }
  }
  heard.consent(GRANTED)
  for (let turn = 0; turn < 9; turn++) await settled()
  assert.deepEqual([asked.length, named('cb_shop.id')], [4, []])

  answer = async () => {
    put('cb_shop', '0')
    put('cb_shop.id', issued(VISITOR), 'shop.example')
    return { ok: true }
  }
  await settled(3_600_000)
  heard.session({})
  await settled()
  assert.deepEqual([asked.length, named('cb_shop.id')], [5, []])
})

test('what comes after a no is deleted; a page that is left gives it up', async () => {
  const { heard, heed } = open('https://www.shop.example/', SERVER)
  put('cb_shop', identity())
  let come
  answer = ({ signal }) =>
    new Promise((done, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason))
      come = () => {
        put('cb_shop.id', issued(VISITOR), 'shop.example')
        done({ ok: true })
      }
    })
  heard.consent(GRANTED)
  await settled()
  put('cb_shop', '')
  heard.consent({ state: 'withdrawn', purposes: [], decided: {} })
  assert.deepEqual([named('cb_shop.ask'), asked[0].signal.aborted], [[], false])
  come()
  await settled()
  assert.deepEqual(named('cb_shop.'), [])

  // A page that is left asks nobody any more; the next one, or this one when it is back, does.
  put('cb_shop', identity())
  heard.consent(GRANTED)
  await settled()
  heed(LEAVE)
  await settled()
  assert.deepEqual([asked.map(({ signal }) => signal.aborted), named('cb_shop.ask')], [[true, true], []])
  put('cb_shop.id', issued(OTHER), 'shop.example')
  await settled(1000)
  assert.deepEqual(named('cb_shop.id'), [], 'the browser had taken what came in that moment')
  heed(VISIBLE)
  await settled()
  assert.equal(asked.length, 3)
  heed()
  await settled()
  heed(VISIBLE)
  heard.session({})
  await settled()
  assert.deepEqual(asked.map(({ signal }) => signal.aborted), [true, true, true], 'shut down')
})

test('a server that does not know it, or is not there, is told of in debug and asked again in an hour', async () => {
  const { heard } = open('https://www.shop.example/', SERVER)
  put('cb_shop', identity())
  for (const said of [async () => ({ ok: false, status: 404 }), async () => { throw new TypeError('failed') }]) {
    answer = said
    heard.consent(GRANTED)
    await settled()
    heard.session({})
    await settled()
    await settled(3_600_000)
  }
  assert.deepEqual([asked.length, noted], [2, [['debug', 'cookie: answered 404']]])
})
