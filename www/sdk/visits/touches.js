/**
 * First touch, last touch, and last touch that was not direct: what is kept of them from visit to visit, and the fields that
 * an order gets. Nothing here knows a page, a clock or storage.
 *
 * What is kept: `{ first, last, known, session, landing, entry }`, where `known` is the last touch that was not direct, and
 * `session`, `landing` and `entry` are the id, the landing page's path and the campaign of the visit that it was kept in. A
 * touch is what originOf() answers, with `at` in ms; a direct one has nothing else.
 */

const DIRECT = { channel: 'direct', source: '(direct)', medium: '(none)', campaign: '' }
const FIELDS = ['channel', 'source', 'medium', 'campaign', 'term', 'content', 'id', 'source_platform', 'creative_format', 'marketing_tactic']

/** What is left of it after `days`. Of a first touch that is too old the oldest one that is known takes the place. */
const recent = (kept, since) => {
  const fresh = (touch) => (touch?.at >= since ? touch : undefined)
  const known = fresh(kept.known)
  const last = fresh(kept.last)
  return { ...kept, known, last, first: fresh(kept.first) || known || last }
}

const sameCampaign = (a, b) => ['source', 'medium', 'campaign'].every((name) => (a?.[name] || '') == (b?.[name] || ''))

/** Whether an arrival by a campaign is by another one than that of the visit under way. */
export const isNewCampaign = (kept, arrival) => arrival?.campaign != null && !sameCampaign(arrival, kept?.last)

/**
 * What is kept once a page belongs to the visit `session` (`{ id, at }`): of an `arrival`, or of none where the page only goes
 * on. `isVisitOnly`: nothing may tie two visits together.
 */
export const seen = (before, session, arrival, landing, { days, isVisitOnly }) => {
  const isSame = before?.session == session.id
  const kept = isSame || !isVisitOnly ? recent(before || {}, session.at - days * 86_400_000) : {}
  const touch = arrival ? { ...arrival, at: session.at } : isSame ? undefined : { at: session.at }
  if (!touch) return kept
  return {
    first: kept.first || touch,
    last: touch,
    known: arrival ? touch : kept.known,
    session: session.id,
    landing: isSame ? kept.landing : landing,
    entry: isSame ? kept.entry : arrival?.campaign || '',
  }
}

/** The fields of an event; click ids only where `hasClicks` says that they may be told. */
export const fieldsOf = ({ first, last, known, landing, entry }, hasClicks) => {
  const fields = {}
  const put = (prefix, touch) => {
    if (!touch) return
    const { at, click_id, click_id_type, ...origin } = touch
    for (const name of FIELDS) if ((origin.source == null ? DIRECT : origin)[name]) fields[prefix + name] = (origin.source == null ? DIRECT : origin)[name]
    fields[prefix + 'at'] = at
    if (hasClicks && click_id) Object.assign(fields, { [prefix + 'click_id']: click_id, [prefix + 'click_id_type']: click_id_type })
  }
  put('first_touch_', first)
  put('last_touch_', last)
  put('last_non_direct_', known)
  if (landing) fields.landing_page = landing
  if (entry) fields.entry_campaign = entry
  return fields
}

/** The same without click ids, for who did not agree to marketing. */
export const withoutClicks = (kept) => {
  const plain = (touch) => {
    if (!touch) return
    const { click_id, click_id_type, ...rest } = touch
    return rest
  }
  return { ...kept, first: plain(kept.first), last: plain(kept.last), known: plain(kept.known) }
}
