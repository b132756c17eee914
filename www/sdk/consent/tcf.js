/**
 * IAB Transparency and Consent Framework 2.2 and 2.3, `__tcfapi`:
 * https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework/blob/master/TCFv2/IAB%20Tech%20Lab%20-%20CMP%20API%20v2.md
 *
 * Only consent counts, never legitimate interest. `cmpuishown` is a question, not an answer; what was answered before it
 * holds until `useractioncomplete`. `gdprApplies` undefined means that nobody knows yet; false, that this framework has
 * nothing to forbid.
 */

/** The framework's purposes that each of ours needs: all of them. `sale` is not a question of this framework. */
export const PURPOSES = {
  // Storage, measuring content, understanding audiences.
  analytics: [1, 8, 9],
  // Storage, selecting advertising, profiles for it and their use, measuring advertising.
  marketing: [1, 2, 3, 4, 7],
  // Storage, profiles for content and their use.
  preferences: [1, 5, 6],
}

/** Our choices from the consents to the framework's purposes. */
export const choices = (consents, may = true) => {
  const said = {}
  for (const name in PURPOSES) said[name] = may && PURPOSES[name].every((purpose) => consents[purpose] === true) ? 'granted' : 'denied'
  return said
}

const everything = () => ({ analytics: 'granted', marketing: 'granted', preferences: 'granted' })

export const tcf = (say, { vendor }) => {
  if (typeof window.__tcfapi != 'function') return false
  if (!say) return true
  window.__tcfapi('addEventListener', 2, (data, success) => {
    if (!success || !data) return
    if (data.gdprApplies === false) return say(everything())
    if (data.gdprApplies !== true || !/^(tcloaded|useractioncomplete)$/.test(data.eventStatus)) return
    const { consents = {}, disclosedVendors } = data.vendor || {}
    // From 2.3 on a vendor that was not shown to the shopper has no consent, whatever the other segments say.
    const may = !vendor || (consents[vendor] === true && (!disclosedVendors || disclosedVendors[vendor] === true))
    say(choices(data.purpose?.consents || {}, may))
  })
  return true
}
