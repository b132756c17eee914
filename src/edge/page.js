// What the engine needs of the page and is one line here. Nothing in this file decides anything or throws.

import { clicked } from './click.js'
import { gone, keyOf } from './store.js'

export const quietly = (work) => {
  try {
    return work()
  } catch {
    // Blocked storage, a sandboxed frame, a page that broke its own globals: an ordinary day in a shop.
  }
}

export const mono = () => performance.now()
export const random = (count) => crypto.getRandomValues(new Uint32Array(count))

/** JSON text; lone surrogates, which no decoder takes, become U+FFFD. */
export const json = (value) => JSON.stringify(value).replace(/\\ud[89a-f]../g, '\\ufffd')

/** JSON text without what must not leave, where the part for that is on `tell`; a text that comes `again` is counted once. */
export const clean = (tell, text, again) => (tell.privacy ? tell.privacy(text, again) : text)

/** The page on screen. */
export const here = () => ({ url: location.href, title: document.title.replace(/\s+/g, ' '), referrer: document.referrer })

/** Fragments that are no route (`#/…`, `#!…`), and of the query: campaigns, and keys that the firewall does not let through. */
const SAME = /#(?![/!]).*|&((utm|gad)_[^&#]*|[^&#]+=\[removed]|)(?![^&#])/g
/** What of a URL tells pages apart. */
export const pageKey = (url) => bare(url).replace(/\?/g, '&').replace(SAME, '')
/** What may be said of the page on screen, and that as the engine's `Facts` reads it. */
export const onScreen = (page, text = json(here())) => clean(page._notify, text, 1)
export const facts = (page, text) => onScreen(page, text).replace(/url":"(.*?)"/, (all, url) => all + ',"key":"' + pageKey(url) + '"')

/** Has the parts hear something before the engine does: see PARTS in www/sdk/tracker.js. */
export const heed = (notify, ...heard) => notify.heeds?.forEach((part) => quietly(() => part(...heard)))

// The numbers of what the engine hears, beside the methods of a tracker: see mod.rs.
export const EVENTS = 0
export const LEAVE = 12
export const VISIBILITY = 13
export const PAGE = 14
export const VISIBLE = 15
export const ONLINE = 16
export const OUTCOME = 17
export const OPENED = 18
export const FOUND = 19
export const WITHDRAWN = 20
export const UNSTORED = 21
export const START = 22
export const REFRESH = 23
export const WAKE = 24

/** The browser's words for why a page is on screen, in the order of the engine's reasons. */
const REASONS = ['navigate', 'reload', 'back_forward', 'bfcache', 'prerender', 'push', 'replace', 'discard_restored']
const reason = (word) => Math.max(0, REASONS.indexOf(word == 'traverse' ? 'back_forward' : word))

/** Why the first page is on screen. */
export const firstReason = () => {
  const entry = performance.getEntriesByType('navigation')[0] || {}
  return reason(document.wasDiscarded ? 'discard_restored' : entry.activationStart > 0 ? 'prerender' : entry.type)
}

const on = (target, names, handle) => {
  const handler = (event) => quietly(() => handle(event))
  const options = { capture: true, passive: true }
  for (const name of names) target.addEventListener(name, handler, options)
  return () => names.forEach((name) => target.removeEventListener(name, handler, options))
}

/** Calls `tell(type)` after the URL changed: the Navigation API where present, else a patched history. */
const navigation = (tell) => {
  const api = window.navigation
  if (api) return [on(api, ['currententrychange'], (event) => event.navigationType && tell(event.navigationType))]
  const undo = ['push', 'replace'].map((type) => {
    const name = type + 'State'
    const original = history[name]
    const patched = function () {
      const result = original.apply(this, arguments)
      quietly(() => tell(type))
      return result
    }
    history[name] = patched
    // Somebody may have patched over us: then the chain stays as it is, and `tell` is dead.
    return () => history[name] === patched && (history[name] = original)
  })
  // A router may have taken the original before us: then its page is noticed when somebody comes or goes.
  return [on(window, ['popstate', 'hashchange'], () => tell('traverse')), on(window, ['visibilitychange', 'pagehide'], () => tell('push')), ...undo]
}

/**
 * What Resource Timing tells of a beacon to this endpoint: 2 its status, 1 only that somebody answered, 0 nothing. Who has
 * no such field as `responseStatus` (WebKit) makes no entry at all when nobody answers, of another origin too.
 * https://www.w3.org/TR/resource-timing/#dom-performanceresourcetiming-responsestatus
 */
const canSee = (url) =>
  quietly(() => {
    if (!PerformanceObserver.supportedEntryTypes.includes('resource')) return
    if (!('responseStatus' in PerformanceResourceTiming.prototype)) return 1
    // Not the location's: a sandboxed frame has none.
    return new URL(url).origin === window.origin && 2
  })

/** What was heard last. */
let heard

/**
 * Attaches a tracker to the page: passive listeners in the capture phase for all that the engine wants to hear of.
 * `ear(what, text, a, b, c)` is the engine's, `config` what `configure` in www/sdk/config.js has made.
 */
export const open = (ear, notify, { endpoint, site, storage, 'cookie.days': days, 'privacy.text': withText, 'capture.clicks': withClicks }) => {
  const hear = (what, event, read, ...more) => {
    if (page._isOver) return
    heed(notify, (heard = what), event, ...more)
    ear(what, read?.(), ...more)
  }
  const shown = (word) => hear(PAGE, undefined, () => facts(page), reason(word))
  const leave = (event) => hear(LEAVE, event)
  const seen = (what, event) => {
    if (gone(page)) hear(WITHDRAWN)
    hear(what, event)
  }
  const url = quietly(() => new URL(endpoint, document.baseURI).href) || endpoint
  const page = {
    _hear: hear,
    _notify: notify,
    _url: url,
    _sees: notify.send ? 0 : canSee(url),
    // Beacons whose outcome is due, and how many outcomes there were that could be any of theirs.
    _due: [],
    _any: 0,
    // The cookie (0), local storage (1) or nothing (2).
    _medium: storage,
    _key: keyOf(site),
    // The mark that somebody has said yes here.
    _yes: keyOf(site) + '!',
    _days: days,
    // Ties resource entries to this tracker's beacons.
    _mark: `#cb${random(1)}-`,
    _undo: [
      // First: what leaves with the page has the view of one that was missed.
      ...navigation(shown),
      on(document, ['click'], (event) => page._isOver || clicked(page, event, withText, withClicks)),
      on(document, ['visibilitychange', 'resume'], (event) => seen(VISIBILITY, event)),
      on(document, ['freeze'], leave),
      on(window, ['pagehide'], leave),
      on(window, ['online'], (event) => hear(ONLINE, event)),
      on(window, ['storage'], ({ key, newValue }) => key == page._yes && !newValue && page._held && hear(WITHDRAWN)),
      on(window, ['pageshow'], (event) => {
        if (!event.persisted) return
        seen(VISIBLE, event)
        shown('bfcache')
      }),
    ],
  }
  return page
}

/** Everything off the page again. */
export const close = (page) => {
  watch(page, 0)
  page._undo.forEach((undo) => undo())
  // An answer may still come.
  page._isOver = true
}

/** Whether the status of a beacon to the endpoint can be seen (1), and whether there is `fetchLater` (2). */
export const sees = (page) => (page._sees >> 1) + (window.fetchLater ? 2 : 0)

/** A body, or a record of the outbox, without a yes to marketing: known by the visit's own id, see session.rs. Then no click id leaves either. */
const IS_NAMELESS = /"visitor":"(.{36})","user":null,"session":{"id":"\1"|,(.{36})\t\2\t\t/
/**
 * What advertisers put on addresses to know a click or a reader again, one after the other, to the end of its value; also in an
 * address that is the value of another one, where the signs between are percent-encoded, perhaps more than once.
 */
const CLICK_IDS =
  /([?&#]|%(?:25)*(?:3f|2[36]))(?:(?:\w*cl(?:k|ick)?id|[gw]braid|gclsrc|srsltid|li_fat_id|igshid|epik|(?:rdt_|sc_?|s_kw|vm)cid|mc_eid|_kx|_hsenc|mkt_tok|ef_id|awc|cjevent|tblci|_gl)(?:=|%(?:25)*3d)(?:(?!%(?:25)*2[36])[^&#"\\])*(&|%(?:25)*26)?)+/gi

/** Without click ids. What follows them takes the place of the sign before them if it is as deep inside. */
const bare = (text) => text.replace(CLICK_IDS, (all, mark, next = '') => (next.length == mark.length ? mark : next))
export const nameless = (text) => (IS_NAMELESS.test(text) ? bare(text) : text)

/**
 * Sends a body: `how` is 0 for a beacon (with keepalive fetch behind it), 1 for a keepalive fetch, 2 for a plain one, 3 for
 * an opaque one. Answers how many bytes it was packed into, nothing where it went as it is: what packs comes with the option
 * `compress`, see www/sdk/gzip.js. With another format (www/sdk/foreign.js) the part sends.
 */
export const send = (page, how, send, text) => {
  /** Called once; status -1 is "not taken", -2 "taken, nothing more is known yet", 1000 and more "stored, but for so many". */
  const answer = (status, wait = 0) => page._hear(OUTCOME, undefined, undefined, send, status, wait > 0 ? wait * 1000 : -1)
  // Taken back on another host of the shop, of which nobody tells.
  if (gone(page)) return void (page._hear(WITHDRAWN), answer(-1))
  if (how < 1) watch(page, 1)
  text = nameless(text)
  if (page._notify.send) return void quietly(() => page._notify.send(how, text, answer))
  const packed = quietly(() => page._notify.gzip?.(text))
  const body = packed || text
  // Some browsers hide what they claim to show. Until an outcome was seen, a page on screen sends one beacon and asks itself for the rest.
  const isTrusted = page._trust != 0 || document.hidden || heard == LEAVE
  // The fragment never goes on the wire; it ties the resource entry to the batch.
  if (how < 1 && isTrusted && quietly(() => navigator.sendBeacon(page._url + page._mark + send, body))) {
    page._trust ??= 0
    page._due.push(send)
    page._sees || answer(-2)
  } else
    // Whatever the page has made of `fetch`.
    new Promise((sent) => sent(fetch(page._url, { method: 'POST', body, keepalive: how != 2, mode: how > 2 ? 'no-cors' : 'cors' })))
      .then((response) => {
        // Chromium gives the keepalive quota back only when the body has been read.
        const read = () => answer(response.status || -2, response.headers.get('retry-after'))
        return response.text().then(read, read)
      })
      .catch(() => answer(how < 1 && isTrusted ? -1 : 0))
  return packed?.size
}

/** Watches for the outcome of our beacons. A store page has hundreds of other resources: only while one is due. */
export const watch = (page, on) =>
  quietly(() => {
    if (!on == !page._observer) return
    page._due = []
    page._any = 0
    if (!on) return (page._observer = page._observer.disconnect())
    page._observer = new PerformanceObserver((list) => {
      for (const { name, initiatorType, responseStatus = -2 } of list.getEntries()) {
        const [url, mine] = name.split(page._mark)
        const tell = (send, status) => page._hear(OUTCOME, undefined, undefined, +send, status, -1)
        if (mine) {
          page._trust = 1
          tell(mine, responseStatus)
        }
        // WebKit strips the fragment: nobody can tell which of our beacons it is, so all are answered when as many are.
        else if (url == page._url && initiatorType != 'fetch' && ++page._any == page._due.length)
          for (const send of page._due.splice((page._any = 0))) tell(send, -2)
      }
    })
    page._observer.observe({ type: 'resource' })
  })

/** A topic's place is its bit in `io::Topic`; the last is for www/sdk/filter.js. */
export const TOPICS = ['event', 'batch', 'loss', 'consent', 'session', 'debug', 'ask']

/** Tells subscribers; the topic is one of the engine's bits. */
export const tell = (page, topic, payload) => quietly(() => page._notify(TOPICS[Math.log2(topic)], payload))
