// What is kept in the browser: the identity, the tail, and the outbox, whose records are the part www/sdk/outbox.js's
// business. Nothing in this file decides anything or throws.

import { WITHDRAWN, nameless, quietly } from './page.js'

export const readCookie = (key, cookies = document.cookie) => cookies.split('; ').find((pair) => pair.startsWith(key + '='))?.slice(key.length + 1)

/** All cookies, as they are in this task: to ask the browser is to wait for another of its processes. */
let cookies
const readOnce = (key) => {
  if (!cookies) queueMicrotask(() => (cookies = 0))
  return readCookie(key, (cookies ||= document.cookie))
}

/** The key of what is kept for a site. Parts add to it: what begins with `!` belongs to the outbox, with `.` to other parts. */
export const keyOf = (site) => 'cb_' + `${site || ''}`.replace(/[^a-z\d-]/gi, '')

/** All that is kept in this browser under a key, by name. */
export const kept = (key) => {
  const all = {}
  const add = ([name, value]) => name.split(/[!.]/)[0] == key && (all[name] = value)
  quietly(() => {
    document.cookie.split('; ').map((pair) => add(pair.split(/=(.*)/)))
    Object.entries(localStorage).map(add)
  })
  return all
}

/** The identity; www/sdk/visits.js has a say about what it begins with. */
export const load = ({ _medium, _key, _notify }) => {
  const text = quietly(() => [readOnce, (key) => localStorage.getItem(key)][_medium]?.(_key)) || ''
  return _notify.stored ? _notify.stored(text) : text
}

/**
 * Stores the identity, and the mark that there is a yes: when that goes, all tabs hear it. With an empty one, what parts keep
 * goes too, but not the mark and the outbox; in its place stays a `0`, or other hosts of the shop, who share the cookie and not
 * the mark, would take it for a withdrawal. With `all` everything goes, wherever an earlier page has put it.
 *
 * A cookie is set for the widest domain that the browser takes: it refuses public suffixes
 * (https://datatracker.ietf.org/doc/html/rfc6265#section-5.3). With the option `cookie.domain` for that, or the host alone.
 */
const keepIdentity = (page, value, slot, room, all) => {
  const { _medium, _key, _days, _notify } = page
  if (!value) {
    value = all || !load(page) ? '' : '0'
    for (const name in kept(_key)) if (all || !name.includes('!')) localStorage.removeItem(name)
  }
  if (value ? _medium < 1 && value != readOnce(_key) : readOnce(_key))
    [].concat(_notify.domain || location.hostname.split('.').map((_, at, all) => all.slice(-2 - at).join('.')), '').some((domain) => {
      document.cookie =
        `${_key}=${value};path=/;domain=${domain};max-age=${value ? Math.min(_days, 395) * 86400 : 0};samesite=lax` + (location.protocol === 'https:' ? ';secure' : '')
      cookies = 0
      return (readOnce(_key) || '') == value
    })
  if (value && _medium == 1) localStorage.setItem(_key, value)
  page._held = value && load(page)
  if (page._held) localStorage.setItem(page._yes, 1)
}

/** Opens the outbox, or leaves its records to other tabs. */
const keepOutbox = (page, text, isOpen) => {
  page._close?.()
  page._close = null
  const opening = (page._opening = {})
  const hear = (what, slot, text) => {
    page._hear(gone(page) ? WITHDRAWN : what, undefined, () => text, slot)
  }
  if (isOpen)
    page._notify.find('outbox').then((open) =>
      quietly(() => {
        // To open is to say that there is a yes.
        if (opening != page._opening) return
        if (gone(page)) page._hear(WITHDRAWN)
        else [page._keep, page._close] = open(page._yes, hear)
      }),
    )
}

/** Has the browser send this once the page is gone, instead of what it was given before; nothing when it is empty, or not in the receiver's words. */
const keepTail = (page, body) => {
  page._tail?.abort()
  page._tail = new AbortController()
  if (body && !page._notify.send) fetchLater(page._url, { method: 'POST', body: nameless(body), signal: page._tail.signal })
}

const keepRecord = (page, text, slot, room) => page._keep(nameless(text), slot, room)

/** In the order of the engine's `Kept`; a record may find no room. */
const KEEPERS = [keepIdentity, keepOutbox, keepRecord, keepTail, keepIdentity]

/** Keeps something or, without a slot, keeps it no longer; whether that failed. Nothing is kept after a no in another tab. */
export const keep = (page, what, slot, room, text) =>
  !quietly(() => !(slot && gone(page) ? page._hear(WITHDRAWN) : KEEPERS[what](page, text, slot, room, what)))

/** Whether what was kept is gone since: the shopper took the yes back while this page could not hear, or on another host of the shop. */
export const gone = (page) => page._held && !load(page)
