/**
 * The options of `init`, read from the script tag's `data-` attributes.
 *
 * The first word is the group, the rest the option in it: `data-batch-events="10"` is `batch: { events: 10 }`,
 * `data-session-idle-minutes="45"` is `session: { idleMinutes: 45 }`. The one option of two words outside a group,
 * `data-before-send`, names a global function, and is `before: { send }` here. A value is JSON where it can be (numbers, true, false, `{…}`, `[…]`), true
 * where it is empty, a list where it has spaces (`data-capture="pages clicks"`), else text. `data-site` and
 * `data-endpoint` are always text.
 */
export const read = (data) => {
  const options = {}
  // Own attributes only: old libraries put functions on `Object.prototype`.
  for (const name of Object.keys(data)) {
    // Always text, and nothing that has to fail as JSON first.
    const value = /^(site|endpoint)$/.test(name) ? data[name] : parse(data[name])
    const [, group, first, rest] = name.match(/^([^A-Z]*)(.?)(.*)/)
    if (first) options[group] = { ...options[group], [first.toLowerCase() + rest]: value }
    else options[name] = value
  }
  return options
}

const parse = (text) => {
  try {
    return text ? JSON.parse(text) : true
  } catch {
    return text.includes(' ') ? text.trim().split(/\s+/) : text
  }
}
