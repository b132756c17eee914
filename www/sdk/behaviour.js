/**
 * The part for what shoppers do on a page beside going to it and clicking: links that lead away, files, how far they scroll
 * and how long they are there. It is fetched once all is ready, and gets the parts of what else `capture` names.
 *
 * All listeners are passive, in the capture phase, and read no value of anything. What is decided here is decided in the
 * small modules of behaviour/, which know no page.
 */

import { LEAVE, PAGE, VISIBILITY, VISIBLE } from '../../src/edge/page.js'
import { depth, passed } from './behaviour/depth.js'
import { calm, isIgnored, pathOf } from './behaviour/element.js'
import { TICK, engaged } from './behaviour/engaged.js'
import { linkEvent } from './behaviour/links.js'
import { read } from './behaviour/options.js'

/** Signs of a hand. Scrolling is none: carousels and tickers scroll as well. */
const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove']
/** Scrolling is looked at so often, in ms. */
const SCROLL_MS = 200
/** Less is not told while nothing was scrolled: who comes by comes by. In ms; it is kept for the next time. */
const LEAST = 1000
/** What `reason` is for a page from the back/forward cache: see REASONS in src/edge/page.js. */
const BFCACHE = 3

export const make = (tracker, options, tell) => {
  const closing = new AbortController()
  const listen = (target, names, hear) => {
    for (const name of names) target.addEventListener(name, calm(hear), { capture: true, passive: true, signal: closing.signal })
  }
  const { words, parts, wanted } = read(options, (reason) => tell('debug', JSON.stringify({ reason })))
  const has = (word) => words.includes(word)
  const now = () => performance.now()

  const follow = (event) => {
    const path = pathOf(event)
    if (event.button > 1 || isIgnored(path)) return
    const [name, fields] = linkEvent(path, path[0]?.baseURI, wanted) || []
    if (has(name == 'file_download' ? 'downloads' : name && 'outbound')) tracker.track(name, fields)
  }
  // A middle click is an `auxclick`; one by keyboard is a click.
  if (has('outbound') || has('downloads')) listen(document, ['click', 'auxclick'], follow)

  const time = engaged(now())
  const root = () => wanted.scrollRoot && document.querySelector(wanted.scrollRoot)
  let page = tell.key()
  let href = location.href
  let ofPage, ofRoot, told, hasScrolled, ticking, looking, settling

  const restart = () => {
    ofPage = depth()
    ofRoot = depth()
    told = 0
    hasScrolled = false
    time.clear()
    // A router has drawn the page by then; who leaves earlier passes by.
    clearTimeout(settling)
    settling = setTimeout(calm(look), LEAST - 100)
  }

  const look = () => {
    ofPage.see(document.scrollingElement || document.documentElement)
    const pane = root()
    if (pane) ofRoot.see(pane)
  }
  const farthest = () => (root() ? ofRoot : ofPage).percent()

  const scrolled = () => {
    looking ||= setTimeout(calm(() => {
      looking = 0
      look()
      hasScrolled = true
      const percent = farthest()
      const marks = has('scroll') ? passed(wanted.scrollAt || [90], told, percent) : []
      told = Math.max(told, percent)
      for (const mark of marks) tracker.track('scroll', { percent_scrolled: mark })
    }), SCROLL_MS)
  }

  /** Whether time passes now, and a look now and then while it does. */
  const attend = (isLeaving) => {
    time.set(now(), isLeaving != true && !document.hidden && document.hasFocus())
    if (time.isAtWork(now()))
      ticking ||= setTimeout(calm(() => {
        ticking = 0
        look()
        attend()
      }), TICK)
  }

  const touched = () => {
    const wasAtWork = time.isAtWork(now())
    time.touch(now())
    if (!wasAtWork) attend()
  }

  const report = () => {
    const ms = time.read(now())
    if (!has('engagement') || (ms < LEAST && !hasScrolled)) return
    time.clear()
    hasScrolled = false
    tracker.track('engagement', {
      engagement_time_msec: ms,
      percent_scrolled: ofPage.percent() || undefined,
      root_percent_scrolled: ofRoot.percent() || undefined,
    })
  }

  /** The page is being left for another: what is on screen may be either. */
  const turn = (reason) => {
    if (location.href == href && reason != BFCACHE) return
    href = location.href
    const next = tell.key()
    if (next == page && reason != BFCACHE) return
    page = next
    report()
    clearTimeout(looking)
    looking = 0
    restart()
  }

  const measures = has('engagement') || has('scroll')
  const heed = (what, event, reason) => {
    const isEnd = what == undefined
    if (measures && what == PAGE) turn(reason)
    if (has('engagement')) {
      if (isEnd || what == LEAVE || (what == VISIBILITY && document.hidden)) {
        look()
        report()
      }
      if (isEnd || what == LEAVE || what == VISIBILITY || what == VISIBLE) attend(isEnd || what == LEAVE)
    }
    if (!isEnd) return
    closing.abort()
    for (const timer of [looking, ticking, settling]) clearTimeout(timer)
    tell.heeds.delete(heed)
  }

  ;(tell.heeds ||= new Set()).add(heed)
  if (measures) {
    restart()
    listen(document, ['scroll'], scrolled)
  }
  if (has('engagement')) {
    listen(document, INPUTS, touched)
    listen(window, ['focus', 'blur'], ({ target }) => target == window && attend())
    attend()
  }
  // What the other parts need of this one.
  tell.captured = { words, wanted, follow, touched }

  for (const part of parts) tell.find(part)
}
