/**
 * The part behind the option `linker`: who goes by a link from one domain of the shop to another stays the same visitor, in
 * the same visit. Off unless domains are listed, the same on all of them.
 *
 * A link gets the parameter `_cb` in the moment it is followed, and loses it again, so that nobody copies it; only with
 * consent, and only with that to marketing, without which nobody is known beyond a visit. The other side takes it from a page of a listed domain, less than two minutes
 * old, in memory, and becomes that visitor with its own consent and not before. It is in no address that is recorded.
 */

import { quietly } from '../../src/edge/page.js'
import { kept, keyOf } from '../../src/edge/store.js'
import { makeToken, readToken } from './linker/token.js'
import { goThrough } from './through.js'

const NAME = '_cb'
/** The parameter in an address, as text in JSON may have it. */
const PARAMETER = /([?&])_cb=[\w.-]*(&?)/g

const isUnder = (host, domain) => host == domain || host.endsWith('.' + domain)

export const make = (tracker, { site, linker }, tell) => {
  const domains = [linker.domains ?? linker].flat().map((domain) => String(domain).toLowerCase())
  const isListed = (host) => domains.some((domain) => isUnder(host, domain))
  const browser = navigator.userAgent + navigator.language
  const closing = new AbortController()

  /** Another host that does not share the cookie: listed under another domain than this page's. */
  const isElsewhere = (host) => domains.some((domain) => isUnder(host, domain) && !isUnder(location.hostname, domain))

  const follow = (event) => {
    const link = event.composedPath().find((node) => node.localName == 'a' && node.href)
    if (!link || event.button > 1) return
    const url = new URL(link.href)
    if (!/^https?:$/.test(url.protocol) || !isElsewhere(url.hostname) || tracker.ids().consent != 'granted') return
    const token = makeToken(kept(keyOf(site))[keyOf(site)] || '', Date.now(), url.hostname, browser)
    if (!token) return
    const before = link.getAttribute('href')
    url.searchParams.set(NAME, token)
    link.href = url.href
    // By then the browser has gone, or somebody has kept it.
    setTimeout(() => link.setAttribute('href', before))
  }
  const hear = (event) => quietly(() => follow(event))
  for (const name of ['click', 'auxclick']) document.addEventListener(name, hear, { capture: true, passive: true, signal: closing.signal })

  goThrough(tell, (text, again, inner) => inner(text.includes(NAME) ? text.replace(PARAMETER, (all, mark, next) => (next ? mark : '')) : text, again))

  const token = new URLSearchParams(location.search).get(NAME)
  const from = quietly(() => new URL(document.referrer).hostname) || ''
  const given = token && isListed(from) ? readToken(token, Date.now(), location.hostname, browser) : ''
  if (given) {
    let isFirst = true
    const before = tell.stored
    tell.stored = (text) => {
      const own = (before ? before(text) : text).split('.')
      // The engine begins with what is stored here, a yes above all: then as that visitor, with the consent given here. Where
      // nobody has answered yet it has to ask first, and hears of the visitor with the answer.
      const isBeginning = isFirst
      isFirst = false
      const theirs = given.split('.')
      if (!own[0]) return isBeginning ? '' : given
      return isBeginning ? [...theirs.slice(0, 7), ...own.slice(7)].join('.') : own.join('.')
    }
    // A no is a no to being known from elsewhere, too.
    tracker.on('consent', ({ state }) => state == 'granted' || state == 'pending' || (tell.stored = before))
  }
  // Without anything heard, it is the end.
  ;(tell.heeds ||= new Set()).add((what) => what ?? closing.abort())
}
