// The part of the option `compress` as the SDK loads it, with the encoder's own wasm from the last build.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { chars, fresh, openPage } from './page.mjs'

async function part() {
  globalThis.gzipChars = chars('gzip')
  return (await fresh('gzip.js')).part
}

const event = (n) => `{"id":"0192f5a0-1234-7000-8000-${String(n * 7919).padStart(12, '0')}","name":"add_to_cart","data":{"value":${n * 0.37}}}`

test('what it packs, zlib unpacks; the type is what needs no preflight', async () => {
  const pack = await part()
  const texts = [1, 20, 400].map((count) => Array.from({ length: count }, (_, n) => event(n)).join())
  texts.push('Tür 😀 '.repeat(400), 'x'.repeat(65_536), texts[1])
  for (const text of texts) {
    const packed = pack(text)
    if (!packed) {
      assert.ok(text.length < 200)
      continue
    }
    assert.equal(packed.type, 'text/plain;charset=utf-8')
    assert.ok(packed.size < text.length)
    assert.equal(gunzipSync(await packed.arrayBuffer()).toString(), text)
  }
})

test('what would not get smaller, or is too long, is left alone', async () => {
  const pack = await part()
  for (const text of ['', '{}', '{"v":1,"erase":"0192f5a0-1234-7000-8000-000000000001"}', 'x'.repeat(65_537), 'ü'.repeat(32_769), '😀'.repeat(20_000)])
    assert.equal(pack(text), undefined, text.slice(0, 60))
})

/** An event as the native format has it, of about 480 bytes; no two have the same products, prices or ids. */
function varied(n) {
  const random = () => Math.floor((state = (state * 16807) % 2147483647))
  let state = n * 7919 + 1
  const id = () => [8, 4, 4, 4, 12].map((length) => (random() * 65536 + random()).toString(16).padStart(12, '3').slice(-length)).join('-')
  const items = [1, 2].map(() => ({
    item_id: `SKU-${random() % 5000}`,
    item_name: `${['Mug', 'Lamp', 'Vase', 'Plate', 'Bowl'][random() % 5]} ${['oak', 'slate', 'ivory', 'moss'][random() % 4]} ${random() % 900}`,
    item_category: ['Kitchen', 'Light', 'Garden'][random() % 3],
    item_list_name: ['Search', 'Summer', 'Related'][random() % 3],
    price: (random() % 20000) / 100,
    quantity: 1 + (random() % 4),
  }))
  const value = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0).toFixed(2)
  return JSON.stringify({ id: id(), seq: n, t: 1790000000000 + n * 1733 + (random() % 900), page: 0, name: 'add_to_cart', data: { currency: 'EUR', value, items } })
}

test('what it saves, on varied events', async (t) => {
  const pack = await part()
  for (const [count, bodies] of [[100, 1], [100, 10], [1000, 50], [1000, 10]]) {
    const texts = Array.from({ length: bodies }, (_, body) => {
      const events = Array.from({ length: count / bodies }, (_, n) => varied((body * count) / bodies + n))
      return `{"v":1,"batch":"0192f5a0-1234-7000-8000-000000000001","site":"shop","events":[${events}]}`
    })
    const before = performance.now()
    const packed = texts.map((text) => pack(text).size)
    const ms = performance.now() - before
    const [text, ours, zlib] = [texts.map(({ length }) => length), packed, texts.map((text) => gzipSync(text).length)].map((all) => all.reduce((sum, n) => sum + n))
    assert.ok(ours < text / 2.5 && ours < zlib * 1.03, `${text} → ${ours}, zlib ${zlib}`)
    t.diagnostic(`${count} events in ${bodies} bodies: ${text} bytes become ${ours} in ${ms.toFixed(1)} ms (zlib, level 6: ${zlib})`)
  }
})

const WASM = new Uint8Array(Buffer.from('AGFzbQEAAAA=', 'base64'))

/** A tracker whose part is `gzip`. */
async function started(compress, gzip) {
  openPage()
  const { start } = await fresh('tracker.js')
  const { tracker } = start({ endpoint: '/collect', compress, privacy: false, capture: false }, () => WASM, gzip)
  const said = []
  tracker.on('debug', (what) => said.push(String(what)))
  assert.deepEqual(await tracker.ready, { engine: 'wasm' })
  await new Promise((done) => setTimeout(done))
  return said
}

test('a part that cannot be had is said in debug, and stops nothing', async () => {
  assert.deepEqual(await started(true, () => Promise.reject(new TypeError('no such file'))), ['gzip: TypeError: no such file'])
  assert.deepEqual(await started(true, async () => ({ part: Promise.reject(new Error('CSP')) })), ['gzip: Error: CSP'])
})

test('nothing starts without a part that is required, and it is said why', async () => {
  openPage()
  const { PARTS, start } = await fresh('tracker.js')
  PARTS.push(['send', () => true, true])
  const lacking = start({ endpoint: '/lacking', privacy: false }, () => WASM, () => Promise.reject(new TypeError('no such file')))
  assert.equal(lacking.tracker.track('share').accepted, true)
  assert.deepEqual(await lacking.tracker.ready, { engine: 'none', reason: 'send: TypeError: no such file' })
  assert.deepEqual(lacking.tracker.stats().lost, { no_engine: 1 })

  let come
  const asked = []
  const having = start({ endpoint: '/having', privacy: false }, () => WASM, (name) => {
    asked.push(name)
    return new Promise((done) => { come = done })
  })
  let isReady
  const ready = having.tracker.ready.then((what) => { isReady = what })
  await new Promise((done) => setTimeout(done, 20))
  assert.deepEqual([asked, isReady], [['send'], undefined], 'asked for at once, and waited for')
  const sent = []
  come({ part: (how, text) => sent.push(text) })
  await ready
  assert.deepEqual(isReady, { engine: 'wasm' })
  globalThis.engines.at(-1).send('body')
  assert.deepEqual(sent, ['body'], 'the edge finds it')
})

test('only `true` asks for it', async () => {
  for (const compress of [undefined, false, 1, {}]) assert.deepEqual(await started(compress, () => assert.fail('asked')), [])
  assert.equal((await started('true', () => assert.fail('asked'))).length, 1, 'it is said that this is no such option')
  let asked = 0
  await started(true, async () => (asked++, {}))
  assert.equal(asked, 1)
})
