/**
 * What a link to another domain of the shop carries: `1.time.visitor.session.n.started.seq.seal`, numbers in base 36.
 *
 * The seal is a hash, not a signature: a browser can keep no secret, and who reads this file can make one. It binds the rest to
 * the host that is gone to and to this browser's name and language, and the time makes it worthless after two minutes: so a link
 * that is copied, sent to somebody or kept in a log hands nobody over. That it comes from a page of the shop is what the
 * referrer says, which no other page can forge. Google's linker is made alike:
 * https://support.google.com/analytics/answer/10071811
 */

import { orderId } from '../early.js'
import { UUID, read } from '../identity.js'

/** How long a link is good for, and how far two clocks of one browser may be apart, in ms. */
const AGE = 120_000
const APART = 5_000
/** Events that may have been numbered since the identity was stored. */
const AHEAD = 20

const seal = (text, host, browser) => orderId(host + '\n' + browser, text).replace(/-/g, '')

/** Of a stored identity (see src/engine/session.rs); '' where there is none, or none that outlives the visit. */
export const makeToken = (identity, now, host, browser) => {
  const { visitor, session, n, started, seq } = read(identity) || {}
  if (visitor == session) return ''
  const text = ['1', now.toString(36), visitor, session, ...[n, started, seq + AHEAD].map((number) => number.toString(36))].join('.')
  return `${text}.${seal(text, host, browser)}`
}

/** The identity in it as it would be stored, of nobody's consent; '' where it is too old, or of another host or browser. */
export const readToken = (token, now, host, browser) => {
  const at = token.lastIndexOf('.')
  const text = token.slice(0, at)
  const [version, time, visitor, session, ...rest] = text.split('.')
  const [n, started, seq] = rest.map((number) => parseInt(number, 36))
  const age = now - parseInt(time, 36)
  const isGood = version == '1' && age < AGE && age > -APART && UUID.test(visitor) && UUID.test(session) && n > 0 && started > 0 && seq > 0
  if (!isGood || token.slice(at + 1) != seal(text, host, browser)) return ''
  return ['1', visitor, session, n, started, now, seq, 0, 0].join('.')
}
