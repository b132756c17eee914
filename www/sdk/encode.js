/**
 * What a page hands in becomes text, the one thing that is copied into the wasm.
 *
 * JSON hides mistakes (NaN turns into null, a function disappears), so a value is walked first, and the first field that
 * JSON would not carry is named: `items[0].price: not a finite number`. What JSON does carry, the engine judges. Whatever
 * getters and proxies do, what comes out is text or a thrown reason, a string.
 */

import { json } from '../../src/edge/page.js'

/** In UTF-16 units. A beacon carries no more, and a larger text is never copied. */
const LIMIT = 65536
/** Members of one object or list; GA4's own limit for items. */
const MEMBERS = 200
const DEPTH = 16

const THREW = ': a getter threw'
const LARGE = ': larger than 64 KiB'

/**
 * The same, '' for nothing; throws a reason, which names the field inside, or `label` for the whole. What `json` mended is
 * told to `remarks` in the same words.
 */
export const encode = (value, label, remarks) => {
  if (value == null) return ''
  const named = (problem) => (problem[0] == '.' ? problem.slice(1) : label + problem)
  let text, problem
  try {
    problem = walk(value, [])
    text = problem || json(value)
    problem ||= text.length > LIMIT && LARGE
    const cut = text.includes('\\ufffd') && walk(value, [], true)
    if (cut) remarks.push(named(cut))
  } catch {
    problem ||= THREW
  }
  if (problem) throw named(problem)
  return text
}

/** The first problem inside `value`, as its path and a phrase, if any: `cut` looks for that instead. `above` hold `value`. */
const walk = (value, above, cut) => {
  const type = typeof value
  if (type == 'number') return isFinite(value) ? '' : ': not a finite number'
  if (type == 'string') return value.length > LIMIT ? LARGE : cut && /\p{Cs}/u.test(value) && ': a cut character became U+FFFD'
  if (!value || type == 'boolean' || value.toJSON) return
  if (type != 'object') return ': a ' + type
  if (above.includes(value) || above.length > DEPTH) return ': cyclic or too deep'
  const keys = Object.keys(value)
  if (keys.length > MEMBERS) return ': more than ' + MEMBERS
  const inside = [...above, value]
  for (const key of keys) {
    let problem
    try {
      problem = walk(value[key], inside, cut)
    } catch {
      problem = THREW
    }
    if (problem) return (Array.isArray(value) ? `[${key}]` : '.' + key) + problem
  }
}

/** A name or an id, one line, as it is. '' for what can't be one: the engine says what it needs. */
export const short = (text) => (typeof text == 'string' && /^.{0,99}$/.test(text) ? text : '')
