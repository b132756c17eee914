/**
 * Shopify Customer Privacy API: https://shopify.dev/docs/api/customer-privacy
 *
 * What is allowed is granted. What is not may be a no or a question that is still open: only `currentVisitorConsent()`
 * tells, where an empty text means that nobody has answered.
 */

const ASK = {
  analytics: ['analyticsProcessingAllowed', 'analytics'],
  marketing: ['marketingAllowed', 'marketing'],
  preferences: ['preferencesProcessingAllowed', 'preferences'],
  sale: ['saleOfDataAllowed', 'sale_of_data'],
}

export const shopify = (say) => {
  const api = () => window.Shopify && window.Shopify.customerPrivacy
  if (!api() || typeof api().analyticsProcessingAllowed != 'function') return false
  if (!say) return true
  const tell = () => {
    const given = (api().currentVisitorConsent && api().currentVisitorConsent()) || {}
    const said = {}
    for (const purpose in ASK) {
      const [allowed, name] = ASK[purpose]
      if (typeof api()[allowed] != 'function') continue
      if (api()[allowed]() === true) said[purpose] = 'granted'
      else if (given[name] == 'no') said[purpose] = 'denied'
    }
    say(said)
  }
  document.addEventListener('visitorConsentCollected', tell)
  tell()
  return true
}
