/**
 * The part behind the option `consent.anonymous`, the shop's own decision: after a no, events are counted without anybody
 * being known. What leaves is how often which event happened on which page, in one request every few seconds:
 *
 * - no id of a visitor, a session, an event or a request; no time, no title, no fields, nothing about the browser;
 * - the page's address without query and fragment, with `*` for parts that look like a number or an address of somebody;
 * - of the referrer its origin, and only where it is another site's;
 * - without cookies and without a referrer header.
 *
 * Nothing is stored, and nothing is counted before the no: what happened until then waits in memory, as in the engine.
 */

import { shown } from './through.js'

/** How long counts are collected, in ms, and how many different ones. */
const WAIT = 5000
const MOST = 50
/** Parts of a path that may name an order, an account or a person. */
const PERSONAL = /@|%40|\d{5}|[\da-f]{12}/i

const here = () => {
  const { origin, pathname } = location
  const page = origin + pathname.split('/').map((part) => (PERSONAL.test(part) ? '*' : part)).join('/')
  let referrer = ''
  try {
    referrer = new URL(document.referrer).origin
  } catch {
    // Typed in, or not told.
  }
  return { page: page.slice(0, 500), referrer: referrer == origin || referrer == 'null' ? '' : referrer }
}

/** Called once, with the tracker and its options. */
export const make = (tracker, { endpoint, site = '', format = 'native', destinations }, tell) => {
  // Other receivers would want a visitor. Of several destinations it is the first of ours that asks for no purpose of its own.
  if (destinations) ({ endpoint } = [destinations].flat().find((one) => (one.format || 'native') == 'native' && !one.purposes?.length) || {})
  if (format != 'native' || !endpoint) return
  /** What happened before there was a choice. */
  let waiting = []
  const counts = new Map()
  const onScreen = shown(tracker, tell, here)
  let timer

  const send = () => {
    clearTimeout(timer)
    timer = 0
    document.removeEventListener('visibilitychange', send)
    const anonymous = [...counts.values()]
    counts.clear()
    const { source } = tracker.explain().consent || {}
    const body = JSON.stringify({ v: 1, sdk: 'cartbeacon/' + VERSION, site, consent: { state: 'anonymous', source }, anonymous })
    // Whatever the page has made of `fetch`. One try: what could tell two copies apart would be an id.
    new Promise((sent) => sent(fetch(endpoint, { method: 'POST', body, keepalive: true, credentials: 'omit', referrerPolicy: 'no-referrer' }))).catch(() => {})
  }

  const count = (line) => {
    const key = JSON.stringify(line)
    const known = counts.get(key)
    counts.set(key, { ...line, n: known ? known.n + 1 : 1 })
    if (counts.size >= MOST) return send()
    if (timer) return
    timer = setTimeout(send, WAIT)
    document.addEventListener('visibilitychange', send)
  }

  const hear = ({ name, state }) => {
    const line = { name, ...onScreen() }
    if (state == 'consent_denied') count(line)
    else if (state == 'held' && waiting.length < 100) waiting.push(line)
  }

  const settle = (state) => {
    if (state == 'pending') return
    if (state != 'granted') waiting.forEach(count)
    waiting = []
  }

  tracker.on('event', hear)
  tracker.on('consent', ({ state }) => settle(state))
  // The engine was faster: it has told of the first page view already.
  const { consent } = tracker.explain()
  if (consent && consent.state != 'granted') hear({ name: 'page_view', state: consent.state == 'pending' ? 'held' : 'consent_denied' })
}
