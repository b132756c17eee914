// A wasm as text inside a part: what the build writes is what the browser reads.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes } from '../../www/sdk/wasm.js'
import { charsOf } from '../../www/tools/chars.mjs'

test('every byte comes back, behind every other', () => {
  const all = Uint8Array.from({ length: 65_536 * 2 }, (_, at) => (at & 1 ? at >> 1 : at >> 9))
  assert.deepEqual(bytes(charsOf(all)), all)
})

test('the text is Latin-1 without control characters of ASCII', () => {
  const text = charsOf(Uint8Array.from({ length: 256 }, (_, byte) => byte))
  assert.match(text, /^[ -\xff]+$/)
})
