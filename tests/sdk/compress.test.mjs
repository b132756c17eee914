// The part of the option `compress` as the SDK loads it, with the encoder's own wasm from the last build.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { at } from '../../www/tools/paths.mjs'
import { fresh, openPage } from './page.mjs'

async function part() {
  globalThis.gzipBase64 = readFileSync(at('target/wasm/sdk/gzip.wasm'), 'base64')
  return (await fresh('gzip.js')).pack
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

const WASM = new Uint8Array(Buffer.from('AGFzbQEAAAA=', 'base64'))

/** A tracker whose part is `gzip`. */
async function started(compress, gzip) {
  openPage()
  const { start } = await fresh('tracker.js')
  const { tracker } = start({ endpoint: '/collect', compress }, () => WASM, gzip)
  const said = []
  tracker.on('debug', (what) => said.push(String(what)))
  assert.deepEqual(await tracker.ready, { engine: 'wasm' })
  await new Promise((done) => setTimeout(done))
  return said
}

test('a part that cannot be had is said in debug, and stops nothing', async () => {
  assert.deepEqual(await started(true, () => Promise.reject(new TypeError('no such file'))), ['compress: TypeError: no such file'])
  assert.deepEqual(await started(true, async () => ({ pack: Promise.reject(new Error('CSP')) })), ['compress: Error: CSP'])
})

test('only `true` asks for it', async () => {
  for (const compress of [undefined, false, 'true', 1, {}]) assert.deepEqual(await started(compress, () => assert.fail('asked')), [])
  let asked = 0
  await started(true, async () => (asked++, {}))
  assert.equal(asked, 1)
})
