/**
 * What a page hands in becomes text, the one thing that is copied into the wasm.
 *
 * JSON hides mistakes (NaN turns into null, a function disappears), so a value is walked first, and the first field that
 * JSON would not carry is named: `items[0].price: not a finite number`. What JSON does carry, the engine judges. Whatever
 * getters and proxies do, what comes out is text or a thrown reason, a string.
 */

/** In UTF-16 units. A beacon carries no more, and a larger text is never copied. */
const LIMIT = 65536
/** Members of one object or list; GA4's own limit for items. */
const MEMBERS = 200
const DEPTH = 16

const THREW = ': a getter threw'
const LARGE = ': larger than 64 KiB'

/** A string as it is, anything else as JSON, '' for nothing. A reason names the field inside, or `label` for the whole. */
export const encode = (value, label) => {
  if (value == null) return ''
  let text, problem
  try {
    problem = walk(value, [])
    // Consent alone may be a word or an object, so the word is told apart by its quotes.
    text = problem || (typeof value == 'string' && label != 'consent') ? value : JSON.stringify(value)
    problem ||= text.length > LIMIT && LARGE
  } catch {
    problem ||= THREW
  }
  if (problem) throw problem[0] == '.' ? problem.slice(1) : label + problem
  return text
}

/** The first problem inside `value`, as its path and a phrase, if any. `above` are the objects that hold it. */
const walk = (value, above) => {
  const type = typeof value
  if (type == 'number') return isFinite(value) ? '' : ': not a finite number'
  if (type == 'string') return value.length > LIMIT && LARGE
  if (!value || type == 'boolean' || value.toJSON) return
  if (type != 'object') return ': a ' + type
  if (above.includes(value) || above.length > DEPTH) return ': cyclic or too deep'
  const keys = Object.keys(value)
  if (keys.length > MEMBERS) return ': more than ' + MEMBERS
  const inside = [...above, value]
  for (const key of keys) {
    let problem
    try {
      problem = walk(value[key], inside)
    } catch {
      problem = THREW
    }
    if (problem) return (Array.isArray(value) ? `[${key}]` : '.' + key) + problem
  }
}
