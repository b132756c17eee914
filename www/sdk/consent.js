/**
 * The part that listens to consent platforms, a file of its own: what each platform says becomes `consent({ source, … })`.
 *
 * Until it has spoken, a tracker with the option `consent.source` holds everything; so it does when this file is blocked.
 * A platform that is named must answer; with `auto` at least one must, of those that are there within `waitMs`. The rules
 * by which answers are combined are the engine's.
 */

import { google } from './consent/google.js'
import { gpp } from './consent/gpp.js'
import { shopify } from './consent/shopify.js'
import { tcf } from './consent/tcf.js'
import { wordpress } from './consent/wordpress.js'

/** Each: called with nothing, whether its platform is there; called with `say`, passes to that, from then on, all it has answered. */
const PLATFORMS = { tcf, gpp, google, shopify, wordpress }
/** How often it is looked whether a platform has appeared, and, with `auto`, for how long; in ms. */
const LOOK = 100
const WAIT = 5000

/**
 * Passes on to `tracker` what the platforms say. The options are those of the group `consent`: `source` is a name, a list
 * of names or `auto`; also `waitMs`, `region`, and `vendor`, the shop's own number in the TCF's Global Vendor List.
 * Returns the function that ends the looking.
 */
export const listen = (tracker, options = {}) => {
  const { source = 'auto', waitMs = WAIT } = options
  const auto = source == 'auto'
  const names = auto ? Object.keys(PLATFORMS) : [source].flat()
  // A name nobody knows is never listened to, so nothing opens.
  const known = names.every((name) => PLATFORMS[name])
  const missing = new Set(names.filter((name) => PLATFORMS[name]))
  const until = Date.now() + waitMs
  let timer
  let spoken = false

  const speak = () => {
    if (!known || spoken) return
    spoken = true
    tracker.consent({ source: 'auto' })
  }

  const attach = (name) => {
    let last = {}
    const say = (choices) => {
      // What was granted and no longer is, is taken back, even if the platform only calls it open again.
      for (const purpose in last) if (last[purpose] == 'granted' && !choices[purpose]) choices[purpose] = 'denied'
      last = choices
      if (Object.keys(choices).length) tracker.consent({ source: name, ...choices })
    }
    try {
      if (!PLATFORMS[name](null, options)) return
      // Said before it is listened to: what it says at once must not be undone.
      if (auto) tracker.consent({ source: name })
      PLATFORMS[name](say, options)
      missing.delete(name)
      return true
    } catch {
      // A platform that throws has not answered: it is tried again.
    }
  }

  const look = () => {
    let found = false
    for (const name of missing) found = attach(name) || found
    if (auto && found) speak()
    if (missing.size && !(auto && Date.now() > until)) timer = setTimeout(look, LOOK)
  }

  if (!auto) {
    for (const source of missing) tracker.consent({ source })
    speak()
  }
  look()
  return () => clearTimeout(timer)
}

/** With the script tag: its own `data-consent-…` attributes are the options. */
const start = (tag) => {
  const { consentSource, consentWaitMs, consentRegion, consentVendor } = tag.dataset
  const tracker = { consent: (update) => window.cartbeacon('consent', update) }
  const options = {
    source: consentSource.includes(' ') ? consentSource.trim().split(/\s+/) : consentSource,
    region: consentRegion,
    vendor: consentVendor,
    waitMs: +consentWaitMs || WAIT,
  }
  const ready = () => (window.cartbeacon ? listen(tracker, options) : setTimeout(ready, LOOK))
  ready()
}

const tag = typeof document != 'undefined' && document.querySelector('script[data-consent-source]')
if (tag && tag.dataset.consentSource != 'api') start(tag)
