/**
 * The firewall, on by default: the part without which no event is recorded, unless the shop says `privacy: false`. It is
 * src/engine/privacy as a wasm of its own.
 */

import text from '#privacy-chars'
import { compile } from './wasm.js'

/** The options that are lists of names; one that is there and empty is a list, too. */
const LISTS = ['allow', 'deny', 'queryKeys', 'nationalIds']

/** A list as lines; from an attribute it comes as words. */
const lines = (options) =>
  LISTS.filter((option) => options?.[option] != null)
    .flatMap((option) => {
      const names = [].concat(options[option]).flatMap((name) => String(name).split(/[\s,]+/))
      return ['', ...names].map((name) => option + ' ' + name)
    })
    .join('\n')

const encoder = new TextEncoder()
const decoder = new TextDecoder()

let wasm

/**
 * What cleans for one tracker: `clean(json)` is the text without what must not leave, and `clean.redacted` counts what that
 * was, by kind. A text that comes `again` and again, as the page's own does, is cleaned and counted once.
 */
export const make = async (tracker, options) => {
  wasm ||= compile(text)
  const { memory, room, rules, clean, output } = (await WebAssembly.instantiate(await wasm)).exports
  const write = (text) => {
    const at = room(text.length * 3)
    return encoder.encodeInto(text, new Uint8Array(memory.buffer, at, text.length * 3)).written
  }
  rules(write(lines(options.privacy)))
  const redacted = {}
  const take = (json) => {
    const length = clean(write(json))
    if (!length) return json
    const text = decoder.decode(new Uint8Array(memory.buffer, output(), length))
    const end = text.lastIndexOf('\n')
    const counts = JSON.parse(text.slice(end + 1))
    for (const kind in counts) redacted[kind] = (redacted[kind] || 0) + counts[kind]
    return text.slice(0, end)
  }
  let last, known
  const cleaned = (json, again) => {
    try {
      if (!again) return take(json)
      if (json != last) {
        known = take(json)
        last = json
      }
      return known
    } catch {
      // Out of memory: rather nothing than something that must not leave.
      return again ? '{}' : '{}\n\n'
    }
  }
  return Object.assign(cleaned, { redacted })
}
