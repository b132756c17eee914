/**
 * The part behind the option `cookie.server`: the visitor's id also in a cookie that a server of the shop has set, since Safari
 * keeps what scripts write for seven days. The handshake, and why it is not `HttpOnly`: www/docs/server-cookie.md.
 *
 * The cookie is `cb_`, the site and `.id`: `visitor.session number.seconds`. It is asked for where the visitor is known beyond a
 * visit, so with a yes to marketing as well. It is read in the moment of such a yes, where the browser has nothing of its own,
 * and goes with a no, a withdrawal, `reset()` and `erase()`, at once and by itself. For an hour after the asking there is a cookie
 * `.ask`: it shows for which domain this browser takes one, and that nobody has to ask again.
 */

import { LEAVE, VISIBLE, quietly } from '../../src/edge/page.js'
import { keyOf, readCookie } from '../../src/edge/store.js'
import { uuid7 } from './early.js'
import { UUID, read } from './identity.js'
import { list } from './standing.js'
import { terms } from './terms.js'

/** Of a tracker's commands: see tracker.js. What a yes is said with is a number: a purpose's bit, or four higher for a no. */
const CONSENT = 2
const RESET = 4
/** In the order of their bits. */
const PURPOSES = ['analytics', 'marketing', 'preferences', 'sale']
const MARKETING = 2
/** What nobody has said; all else was somebody's word. */
const IN_ADVANCE = /^(default|region|auto)$/

const HOUR = 3600
/** How old a cookie gets before it is asked for again, in seconds. */
const WEEK = 168 * HOUR
/** How long after the page was left an answer may still set a cookie, inside the browser, in ms. */
const AFTER = 1000
/** So often one page asks again because what it got was somebody else's by then. */
const MOST = 3

/** Empty where there is none, or the page may not ask. */
const cookieOf = (name) => quietly(() => readCookie(name)) || ''

const write = (name, value, age, domain) =>
  quietly(() => {
    document.cookie = `${name}=${value};path=/;domain=${domain};max-age=${age};samesite=lax` + (location.protocol == 'https:' ? ';secure' : '')
  })

/** Where a cookie may be, the widest first. An address in numbers has no parents. */
const domainsOf = (host) => (/^[\d.]+$|:/.test(host) ? [''] : [...host.split('.').map((_, at, all) => all.slice(-2 - at).join('.')), ''])

const siteOf = (host) => host.split('.').slice(-2).join('.')

export const make = (tracker, options, tell) => {
  const { site = '', storage = 'cookie', cookie, consent = {} } = options
  // The rest of the SDK need not know it.
  options.cookie = { ...cookie, server: undefined }
  const key = keyOf(site)
  const ID = key + '.id'
  const ASK = key + '.ask'
  const domains = domainsOf(location.hostname)

  const remove = (...names) => {
    for (const name of names) if (cookieOf(name)) [tell.domain, ...domains].some((domain) => domain != null && (write(name, '', 0, domain), !cookieOf(name)))
  }
  if (cookie.server == 'delete') return remove(ID, ASK)

  const url = quietly(() => new URL(cookie.server, document.baseURI))
  if (typeof cookie.server != 'string' || !url) throw 'not a URL'
  if (url.protocol != location.protocol) throw "not of this page's scheme"
  if (siteOf(url.hostname) != siteOf(location.hostname)) throw "not of this page's site"
  if (!/^(cookie|local)$/.test(storage)) throw 'storage: nothing may be kept'

  const needed = [...new Set([...list(consent.purposes ?? 'analytics'), 'marketing'])]
  const mask = needed.reduce((bits, purpose) => bits | (1 << PURPOSES.indexOf(purpose)), 0)
  const { region, gpc, dnt, source = 'api', default: said } = terms(consent)

  /** What was said yes to here, as bits; and whether the cookie may be read now: a yes is being heard. */
  let yes = 0
  let mayRead = source == 'api' && !dnt && !gpc?.marketing && (region == 'grant' || needed.every((purpose) => (region || said)?.[purpose] == 'granted'))
  /** Whether all that is needed is granted. */
  let isAllowed = false
  /** Of the requests that are under way. */
  let leaving = new AbortController()
  /** The one for who is here now. */
  let flight
  let timer
  let asked = 0
  /** The widest domain that the browser takes a cookie for. */
  let widest

  /** Who this browser may know beyond a visit: what the tracker keeps, with the yes to it, is the truth for all tabs. */
  const own = () => {
    const known = read(storage == 'local' ? quietly(() => localStorage.getItem(key)) : cookieOf(key))
    return known && known.choices & MARKETING ? known : undefined
  }

  /** Away with what came for somebody who is nobody now, or somebody else. */
  const tidy = () => {
    const [kept] = cookieOf(ID).split('.')
    const isOther = kept && kept != own()?.visitor
    if (isOther) remove(ID, ASK)
    return isOther
  }

  /** What is under way is not given up: nobody could tell then whether its answer still sets a cookie, and when. */
  const drop = () => {
    clearTimeout(timer)
    flight = undefined
    remove(ID, ASK)
  }

  const probe = () => {
    const tried = storage == 'local' ? [''] : [tell.domain, ...domains].filter((domain) => domain != null)
    widest = tried.find((domain) => (write(ASK, 1, HOUR, domain), cookieOf(ASK)))?.replace(/^\./, '')
    const isTaken = widest ? ('.' + url.hostname).endsWith('.' + widest) : widest == '' && url.hostname == location.hostname
    if (!isTaken && widest != null) tell('debug', JSON.stringify({ reason: "cookie: no cookie of that host is this page's" }))
    return isTaken
  }

  const ask = async (isAgain) => {
    const { visitor, n } = own() || {}
    const [kept, , issued] = cookieOf(ID).split('.')
    const isFresh = kept == visitor && Math.abs(Date.now() / 1000 - issued) < WEEK
    if (!isAllowed || flight || !visitor || isFresh || (isAgain ? ++asked > MOST : cookieOf(ASK) || !probe())) return
    const mine = (flight = {})
    const { signal } = leaving
    const body = JSON.stringify({ v: 1, site, visitor, n, domain: widest || undefined, days: /^[1-9]\d{0,8}$/.test(cookie.days) ? Math.min(cookie.days, 395) : 395 })
    try {
      // Whatever the page has made of `fetch`. Without keepalive: who is gone cannot delete what comes.
      const { ok, status } = await fetch(url, { method: 'POST', body, credentials: 'include', redirect: 'error', signal })
      if (!ok) tell('debug', JSON.stringify({ reason: 'cookie: answered ' + status }))
    } catch {
      // The page is left, or nobody there: in an hour again.
    }
    if (flight == mine) flight = undefined
    // By now the browser has taken the cookie, and somebody may have said no, here or where this page could not hear it.
    if (tidy()) later(true)
    if (signal.aborted) setTimeout(tidy, AFTER)
  }
  const later = (isAgain) => {
    clearTimeout(timer)
    timer = setTimeout(ask, 0, isAgain === true)
  }

  const before = tell.stored
  tell.stored = (text) => {
    const known = before ? before(text) : text
    const may = mayRead
    mayRead = false
    if (known || !may) return known
    const [visitor, n] = cookieOf(ID).split('.')
    // A visit that ended long ago: the next event begins another one, of the same visitor.
    return UUID.test(visitor) && /^[1-9]\d{0,8}$/.test(n) ? ['1', visitor, uuid7(Date.now()), n, 0, 0, 0, 0, Date.now()].join('.') : known
  }

  tracker.on('consent', ({ state, purposes, decided }) => {
    const missing = needed.filter((purpose) => !purposes.includes(purpose))
    isAllowed = state == 'granted' && !missing.length
    if (isAllowed) later()
    else if (state == 'withdrawn' || (state != 'pending' && missing.some((purpose) => !IN_ADVANCE.test(decided[purpose])))) drop()
  })
  tracker.on('session', later)

  ;(tell.heeds ||= new Set()).add((what, update) => {
    if (what == RESET) drop()
    if (what == VISIBLE) {
      tidy()
      later()
    }
    if (what == CONSENT) {
      yes = (yes | update) & ~(update >> 4) & 15
      mayRead = update && (yes & mask) == mask && !gpc?.marketing
    }
    if (what != null && what != LEAVE) return
    // What the page does not see the end of, the next one asks for.
    if (flight) remove(ASK)
    leaving.abort()
    leaving = new AbortController()
    if (what == null) isAllowed = false
  })
}
