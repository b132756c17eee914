// The firewall as the SDK loads it, with its own wasm from the last build, and where the tracker puts it: what it finds is
// the corpus's business (tests/privacy.rs).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh, heard, openPage, openTracker } from './page.mjs'

const firewall = async (privacy) => (await fresh('privacy.js')).make(undefined, { privacy })

test('JSON in, JSON out: cleaned, counted by kind, and the same text where there is nothing', async () => {
  const clean = await firewall()
  const nothing = '{"currency":"EUR","value":9.9,"items":[{"item_id":"4111111111111111"}]}'
  assert.equal(clean(nothing), nothing)
  assert.deepEqual(clean.redacted, {})
  const text = JSON.stringify({ note: 'Ünïcode 😀 a@b.co, c@d.co', n: 1 })
  for (let turn = 1; turn < 3; turn++) {
    assert.deepEqual(JSON.parse(clean(text)), { note: 'Ünïcode 😀 [email], [email]', n: 1 })
    assert.deepEqual(clean.redacted, { email: 2 * turn })
  }
  // Several texts, and a name behind them.
  assert.equal(clean('{"q":"4111 1111 1111 1111"}\n{"url":"/?e=a@b.co"}\nmy_event'), '{"q":"[card]"}\n{"url":"/?e=[email]"}\nmy_event')
  assert.deepEqual(clean.redacted, { email: 5, card: 1 })
})

test('a text that comes again and again is counted once', async () => {
  const clean = await firewall()
  for (const text of ['{"title":"a@b.co"}', '{"title":"a@b.co"}', '{"title":"c@d.co"}']) assert.equal(clean(text, 1), '{"title":"[email]"}')
  assert.deepEqual(clean.redacted, { email: 2 })
})

test('a text of any length is cleaned to its end', async () => {
  const clean = await firewall()
  for (const length of [1, 60_000, 3_000_000, 10]) {
    const text = JSON.stringify({ note: 'ü '.repeat(length) + 'a@b.co' })
    assert.ok(clean(text).endsWith('ü [email]"}'), `${length}`)
  }
})

test('lists come as lists, as words and as one name; each tracker has its own', async () => {
  const text = '{"url":"/?q=a@b.co&ref=x&page=2","note":"a@b.co"}'
  assert.equal((await firewall({ allow: ['note'], deny: 'ref page' }))(text), '{"url":"/?q=[email]&ref=[removed]&page=[removed]","note":"a@b.co"}')
  assert.equal((await firewall({ queryKeys: 'ref, page' }))(text), '{"url":"/?q=[removed]&ref=x&page=2","note":"[email]"}')
  assert.equal((await firewall({ queryKeys: [] }))(text), '{"url":"/?q=[removed]&ref=[removed]&page=[removed]","note":"[email]"}')
  assert.equal((await firewall({ nationalIds: ['BR'] }))('{"note":"529.982.247-25"}'), '{"note":"[id]"}')
  assert.equal((await firewall(true))(text), '{"url":"/?q=[email]&ref=x&page=2","note":"[email]"}')
})

test('what enters the engine is clean: fields and context of events, of early calls too, not the id of a person', async () => {
  const { page, tracker } = await openTracker()
  document.title = 'Hello a@b.co'
  tracker.track('early', { note: 'a@b.co' })
  tracker.identify('a@b.co')
  await tracker.ready
  assert.ok(tracker.page({ note: '4111 1111 1111 1111' }).accepted)
  const calls = heard(page)
  assert.deepEqual(calls.map(([name, a, b]) => [name, a, b]), [
    ['track', 'early', '{"note":"[email]"}'],
    ['identify', '"a@b.co"', ''],
    ['page', '', '{"note":"[card]"}'],
  ])
  assert.match(JSON.stringify(calls[0]), /Hello \[email\]/)
  assert.deepEqual(tracker.stats().redacted, { email: 3, card: 1 })
})

test('its options are known, and a misspelt one is said', async () => {
  const { tracker } = await openTracker({ privacy: { redact: true, allow: 'a', deny: ['b'], queryKeys: [], nationalIds: ['US'], text: true, redakt: false } })
  const told = []
  tracker.on('debug', ({ reason }) => told.push(reason))
  await tracker.ready
  assert.deepEqual(told, ['privacy.redakt: not an option'])
})

const WASM = new Uint8Array(Buffer.from('AGFzbQEAAAA=', 'base64'))

test('without it nothing starts, and only `false` goes without', async () => {
  const { start } = await (openPage(), fresh('tracker.js'))
  const begin = (privacy, site) => {
    const asked = []
    const { tracker } = start({ endpoint: '/collect', site, privacy, capture: false }, () => WASM, (name) => (asked.push(name), Promise.reject(new TypeError('404'))))
    return { tracker, asked }
  }
  let site = 0
  for (const privacy of [undefined, null, true, 0, 'no', {}, { redact: 0 }, { redact: 'false' }, { text: true }]) {
    const { tracker, asked } = begin(privacy, `${site++}`)
    assert.equal(tracker.track('share').accepted, true)
    assert.deepEqual(await tracker.ready, { engine: 'none', reason: 'privacy: TypeError: 404' })
    assert.deepEqual([asked, tracker.stats().lost], [['privacy'], { no_engine: 1 }])
  }
  for (const privacy of [false, { redact: false }]) {
    const { tracker, asked } = begin(privacy, `${site++}`)
    assert.deepEqual(await tracker.ready, { engine: 'wasm' })
    assert.deepEqual(asked, [])
  }
})
