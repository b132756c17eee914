/** What was searched for, as the address says. */

/** GA4's: https://support.google.com/analytics/answer/9216061 */
const KEYS = ['q', 's', 'search', 'query', 'keyword']

/** The term in `url`, by the first of `keys` that has one and then by GA4's; '' where there is none. */
export const termIn = (url, keys = []) => {
  try {
    const { hash, searchParams } = new URL(url)
    // Of a route behind a hash as well.
    const routed = new URLSearchParams(/^#[/!].*?\?(.*)/.exec(hash)?.[1])
    for (const key of [...keys, ...KEYS]) {
      const term = (searchParams.get(key) || routed.get(key) || '').trim()
      if (term) return term.slice(0, 200)
    }
  } catch {
    // No address at all, as a referrer may be.
  }
  return ''
}
