/**
 * The options of the group `consent` as the engine takes them: with the word for the shopper's own region, that of `US`
 * where there is none for `US-CA`, with `gpc` and `dnt` only where this browser says so, and without what is for
 * parts.
 */
export const terms = ({ region = '', regions, gpc = true, dnt, vendor, waitMs, anonymous, ...rest }) => {
  const { globalPrivacyControl, doNotTrack } = navigator
  rest.region = regions?.[region] || regions?.[region.split('-')[0]]
  if (rest.region) delete rest.default
  if (globalPrivacyControl && gpc) rest.gpc = { sale: 'denied', marketing: gpc != true ? 'denied' : undefined }
  if (doNotTrack == 1 && dnt) rest.dnt = 'deny'
  return rest
}
