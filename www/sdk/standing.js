/** What several parts read of a list of purposes in the options, and of consent. */

/** A list, also of words in one text; none where there is nothing. */
export const list = (value) => (typeof value == 'string' ? value.trim().split(/[\s,]+/) : [value ?? []].flat())

/**
 * Whether all purposes of `asked` stand in a report of consent, as `on('consent')` tells it: undefined while nobody has said.
 * A default is no answer: it leaves the question open.
 */
export const stands = (asked, { state, purposes, decided }) => {
  if (state != 'granted') return state == 'pending' ? undefined : false
  const open = asked.filter((purpose) => !purposes.includes(purpose))
  return open.some((purpose) => decided[purpose] != 'default') ? false : !open.length || undefined
}
