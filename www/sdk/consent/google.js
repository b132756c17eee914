/**
 * Google consent mode 2, read from `dataLayer`: https://developers.google.com/tag-platform/security/guides/consent
 *
 * Commands are `gtag('consent', 'default' | 'update', {…})`, pushed as `arguments` or as a list, before or after this. An
 * update is the shopper's answer. A default is the shop's: where it grants and waits for nothing, it holds; where it denies
 * or sets `wait_for_update`, the question is open, and time does not answer it. A default for a `region` counts where
 * the option `region` says that the shopper is there; one that denies also where nobody says where the shopper is.
 */

const TYPES = {
  analytics: ['analytics_storage'],
  marketing: ['ad_storage', 'ad_user_data', 'ad_personalization'],
  preferences: ['functionality_storage', 'personalization_storage'],
}

/** How well a default's regions fit: 0 where there are none, undefined where it is not for this shopper. */
const fit = (regions, region) => {
  if (!regions) return 0
  for (const name of [region, region.split('-')[0]]) if (name && [regions].flat().includes(name)) return name.length
}

export const google = (say, { source, region = '' }) => {
  // Whoever names Google has it sooner or later; `auto` only where it is.
  const layer = window.dataLayer || (source == 'auto' ? undefined : (window.dataLayer = []))
  if (!Array.isArray(layer)) return false
  if (!say) return source != 'auto' || layer.some((entry) => entry && entry[0] == 'consent')
  /** By type: what was said, how well its region fits, and whether an update said it. */
  const state = {}

  const tell = () => {
    const said = {}
    for (const purpose in TYPES) {
      const known = TYPES[purpose].filter((type) => state[type]).map((type) => state[type])
      if (known.some(({ updated, answer }) => updated && answer == 'denied')) said[purpose] = 'denied'
      else if (known.length && known.every(({ answer, waits }) => answer == 'granted' && !waits)) said[purpose] = 'granted'
    }
    say(said)
  }

  const hear = (entry) => {
    if (!entry || entry[0] != 'consent' || !entry[2]) return
    const { region: regions, wait_for_update: waits, ...types } = entry[2]
    const updated = entry[1] == 'update'
    if (!updated && entry[1] != 'default') return
    for (const type in types) {
      const answer = types[type]
      const before = state[type]
      let rank = updated ? Infinity : fit(regions, region)
      if (rank === undefined && answer == 'denied' && !region) rank = 0.5
      // The more exact region wins, and after an update no default.
      if (rank === undefined || (before && before.rank > rank)) continue
      state[type] = { answer, rank, updated, waits: !updated && waits > 0 }
    }
  }

  layer.forEach(hear)
  tell()
  const { push } = layer
  layer.push = function (...entries) {
    const result = push.apply(this, entries)
    // Nothing of ours may keep an entry from its own readers.
    try {
      entries.forEach(hear)
      tell()
    } catch {
      // Not a consent command, whatever it was.
    }
    return result
  }
  return true
}
