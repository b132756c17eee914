/** The options `capture` and `behaviour`, read once. */

/**
 * What is captured, and the part that does it, by its name in www/sdk/parts.js: '' is the base (the first two) or the part
 * `behaviour` itself.
 */
const WORDS = {
  pages: '', clicks: '', outbound: '', downloads: '', scroll: '', engagement: '',
  vitals: 'vitals', errors: 'errors', impressions: 'impressions', device: 'device',
  forms: 'forms', search: 'forms', rageClicks: 'friction', deadClicks: 'friction',
}
const STANDARD = ['pages', 'clicks', 'outbound', 'downloads', 'scroll', 'engagement']

/** What each option of the group is made into; nothing where it makes no sense. */
const list = (value) => (value ? [value].flat().map(String) : undefined)
const text = (value) => (typeof value == 'string' && value ? value : undefined)
const marks = (value) => {
  const found = [value].flat().map(Number)
  return found.every((mark) => mark > 0 && mark <= 100) ? found : undefined
}
const flag = (value) => (typeof value == 'boolean' ? value : undefined)
const OPTIONS = { aliases: list, extensions: list, scrollRoot: text, scrollAt: marks, searchKeys: list, frames: flag, coordinates: flag }

const isObject = (value) => value && typeof value == 'object' && !Array.isArray(value)

/** Those of a group, also where they stand alone under a dotted name. */
const group = (options, name) => {
  const dotted = Object.entries(options).flatMap(([key, value]) => (key.startsWith(name + '.') ? [[key.slice(name.length + 1), value]] : []))
  return { ...(isObject(options[name]) && options[name]), ...Object.fromEntries(dotted) }
}

/** `{ words, parts, wanted }`: what is captured, the parts for that, and the options in force. `note` is told what makes no sense. */
export const read = (options, note) => {
  const { capture } = options
  const isList = capture != null && capture !== true && !isObject(capture)
  const words = new Set(isList ? (capture ? [capture].flat() : []) : STANDARD)
  for (const [word, value] of Object.entries(group(options, 'capture'))) value === true ? words.add(word) : words.delete(word)
  const known = [...words].filter((word) => Object.hasOwn(WORDS, word) || note(`capture.${word}: not an option`))
  const wanted = {}
  for (const [name, value] of Object.entries(group(options, 'behaviour'))) {
    if (!Object.hasOwn(OPTIONS, name)) note(`behaviour.${name}: not an option`)
    else if ((wanted[name] = OPTIONS[name](value)) === undefined) {
      delete wanted[name]
      note(`behaviour.${name}: not a possible value`)
    }
  }
  const parts = known.map((word) => WORDS[word]).concat(wanted.frames || wanted.coordinates ? 'clicks' : '')
  return { words: known, parts: new Set(parts.filter(Boolean)), wanted }
}
