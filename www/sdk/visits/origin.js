/**
 * What brought a visit: the campaign parameters of the page's address, else a click id, else the referrer. The collector's
 * reports decide the same from what every page view carries (collector/src/touch.rs), by the same table.
 *
 * The nine parameters are Google's: https://support.google.com/analytics/answer/10917952
 */

import origins from './origins.json' with { type: 'json' }

const LONGEST = 100
const UTM = origins.utm.split(' ')
const CLICKS = origins.clicks.map((line) => line.split(' '))

/** The channel that a campaign's medium names; the first that fits. */
const CHANNELS = [
  ['email', /mail|newsletter/],
  ['affiliate', /affiliate|partner/],
  ['display', /display|banner|cpm/],
  ['paid', /cpc|ppc|paid|retarget/],
  ['social', /social/],
  ['shopping', /shopping/],
  ['search', /organic/],
  ['referral', /referral/],
]
const channelOf = (medium) => CHANNELS.find(([, words]) => words.test(medium.toLowerCase()))?.[0] || 'campaign'

const hostOf = (address) => {
  try {
    // Schemes of apps have no host for `URL` in every browser.
    return new URL(address.replace(/^[\w-]+:\/\//, 'https://')).hostname.replace(/^www\./, '')
  } catch {
    return ''
  }
}

const isUnder = (host, other) => host == other || host.endsWith('.' + other)

/** Whether the labels of `name` stand in `host` as whole labels: `google` is in `www.google.co.uk`, not in `notgoogle.com`. */
const isOf = (host, name) => ('.' + host + '.').includes('.' + name + '.')

/**
 * `{ channel, source, medium, campaign, … }`, the other campaign parameters by their names, and of a click id its parameter
 * and value as `click_id_type` and `click_id`; a referrer has no `campaign`, not even an empty one. Nothing where the shopper came directly, from the shop itself, from paying, or
 * from a host that is one of `ignored` or below.
 */
export const originOf = (address, referrer, ignored = []) => {
  const page = new URL(address)
  const value = (name) => (page.searchParams.get(name) || '').trim().slice(0, LONGEST)
  const said = {}
  for (const name of UTM) if (value('utm_' + name)) said[name] = value('utm_' + name)
  const keys = [...page.searchParams.keys()]
  const find = ([key]) => keys.find((name) => (key.endsWith('*') ? name.startsWith(key.slice(0, -1)) : name == key) && value(name))
  const click = CLICKS.find(find)
  const clicked = click && { click_id_type: find(click), click_id: page.searchParams.get(find(click)).slice(0, 512) }
  const { source = '', medium = '', campaign = '' } = said
  if (source || medium || campaign) return { channel: channelOf(medium), ...said, source, medium, campaign, ...clicked }
  if (click) return { channel: channelOf(click[2]), ...said, source: click[1], medium: click[2], campaign, ...clicked }
  const [from, own] = [hostOf(referrer || ''), hostOf(address)]
  if (!from || isUnder(from, own) || isUnder(own, from) || ignored.some((host) => isUnder(from, host))) return
  const [channel, kind] = origins.hosts.find(([, , names]) => names.split(' ').some((name) => isOf(from, name))) || ['referral', 'referral']
  return channel == 'payment' ? undefined : { channel, source: from, medium: kind }
}
