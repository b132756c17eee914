/**
 * WP Consent API: https://github.com/WordPress/wp-consent-level-api
 *
 * As long as no plugin has set the type of consent, `wp_has_consent` says yes to everything: then it is not asked. A no
 * counts when its cookie says so; without one the question is open.
 */

const CATEGORIES = { analytics: 'statistics', marketing: 'marketing', preferences: 'preferences' }

export const wordpress = (say) => {
  if (typeof window.wp_has_consent != 'function') return false
  if (!say) return true
  const prefix = () => (window.consent_api && window.consent_api.cookie_prefix) || 'wp_consent'
  const tell = () => {
    if (!window.wp_consent_type && !window.wp_fallback_consent_type) return
    const said = {}
    for (const purpose in CATEGORIES) {
      const category = CATEGORIES[purpose]
      if (window.wp_has_consent(category) === true) said[purpose] = 'granted'
      else if (document.cookie.split('; ').includes(`${prefix()}_${category}=deny`)) said[purpose] = 'denied'
    }
    say(said)
  }
  // The cookie of a change is written before its event, except by old versions: look once more when they are done.
  const soon = () => setTimeout(tell)
  for (const name of ['wp_listen_for_consent_change', 'wp_consent_type_defined', 'wp_consent_type_functions_loaded'])
    document.addEventListener(name, soon)
  tell()
  return true
}
