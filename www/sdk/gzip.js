/** The part behind the option `compress`, fetched only where it is set: the encoder of src/engine/gzip.rs, a wasm of its own. */

import text from '#gzip-chars'
import { open as instantiate } from './wasm.js'

/** As `MAX_TEXT` in the encoder. */
const LIMIT = 65536
/** What needs no preflight. Receivers know gzip by its first two bytes. */
const type = 'text/plain;charset=UTF-8'

const open = async () => {
  const { memory, input, output, gzip } = await instantiate(text)
  const bytes = (at, length) => new Uint8Array(memory.buffer, at, length)
  const encoder = new TextEncoder()
  /** A body's text packed, at once; undefined when it would not be smaller, or is too long. */
  return (text) => {
    const { read, written } = encoder.encodeInto(text, bytes(input(), LIMIT))
    const packed = read == text.length && gzip(written)
    return packed ? new Blob([bytes(output(), packed)], { type }) : undefined
  }
}

/** A promise: modules that wait at their top cannot be bundled into a classic script. */
export const part = open()
