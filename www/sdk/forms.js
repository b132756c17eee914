/**
 * The part for forms and searches: when a form is begun, sent or left, with which field as the last, and what was searched
 * for. No value is read: a term is taken from the address that the search leads to.
 */

import { LEAVE, PAGE } from '../../src/edge/page.js'
import { attribute, calm, fieldName, isIgnored, isSecret, pathOf } from './behaviour/element.js'
import { story } from './behaviour/form.js'
import { everyDocument } from './behaviour/frames.js'
import { termIn } from './behaviour/search.js'

/** A page that goes so soon after a form's data were gathered goes because it was sent, by `form.submit()`. In ms. */
const SENT_MS = 3000
/** What `reason` is where somebody went back, reloaded, or a page came from the cache: the search is not a new one. */
const AGAIN = [1, 2, 3]
const SEARCHES = '[role=search] input[name], search input[name]'

export const make = (tracker, options, tell) => {
  const closing = new AbortController()
  const { signal } = closing
  const { words, wanted } = tell.captured
  const now = () => performance.now()
  let page = tell.key()
  let href = location.href

  /** Forms that were touched, and when data of one were gathered without a `submit`. */
  const stories = new Map()
  const gathered = new WeakMap()

  const about = (form) => {
    const destination = attribute(form, 'action')
    let url
    try {
      url = new URL(destination, form.baseURI)
    } catch {
      // What leads nowhere has no destination.
    }
    return {
      form_id: attribute(form, 'id') || undefined,
      form_name: attribute(form, 'name') || undefined,
      form_destination: url && /^https?:$/.test(url.protocol) ? url.origin + url.pathname : undefined,
    }
  }
  const end = (name, form, known = stories.get(form)) => {
    tracker.track(name, { ...(known?.about || about(form)), ...known?.end(now()) })
  }

  /** Calls `take(form, field)` for an event in a field that may be spoken of. */
  const inField = (take) => (event) => {
    const path = pathOf(event)
    const [field] = path
    const form = field?.form
    // What belongs to a form by its attribute is ignored with that form.
    if (form?.localName != 'form' || [field, form].some((node) => node.closest('[data-cb-ignore]')) || path.some((node) => node.hasAttribute('data-cb-ignore'))) return
    const name = fieldName(field)
    if (name == undefined) return
    // As it is now: a form without a destination goes to the page it is on, whose address may change before it is told.
    if (!stories.has(form)) stories.set(form, { ...story(), about: about(form) })
    take(stories.get(form), name, form)
  }

  const sent = (event) => {
    const [form] = pathOf(event)
    if (form?.localName != 'form' || isIgnored(pathOf(event)) || attribute(form, 'method') == 'dialog') return
    end('form_submit', form)
  }

  const abandon = () => {
    for (const [form, known] of stories) {
      if (known.isBegun()) end(now() - gathered.get(form) < SENT_MS ? 'form_submit' : 'form_abandon', form, known)
      stories.delete(form)
    }
  }

  const attach = (found) => {
    const listen = (name, hear) => found.addEventListener(name, calm(hear), { capture: true, passive: true, signal })
    listen('focusin', inField((known, field) => known.focus(now(), field)))
    listen('focusout', inField((known) => known.focus(now())))
    listen('input', inField((known, field, form) => {
      gathered.delete(form)
      if (known.input(now(), field)) tracker.track('form_start', known.about)
    }))
    listen('invalid', inField((known, field) => known.refuse(field)))
    listen('submit', sent)
    listen('formdata', ({ target }) => gathered.set(target, now()))
  }

  /** What was searched for last here. */
  let term = document.referrer.startsWith(location.origin + '/') ? '?' : ''
  const look = (isNew) => {
    const names = [...document.querySelectorAll(SEARCHES)].filter((field) => /^(search|text|)$/.test(attribute(field, 'type')) && !isSecret(field))
    const keys = [...(wanted.searchKeys || []), ...names.map((field) => attribute(field, 'name'))]
    const found = termIn(location.href, keys)
    // Another page of what the page before found.
    if (term == '?') term = termIn(document.referrer, keys)
    const isSame = found == term
    term = found
    if (found && isNew && !isSame) tracker.track('search', { search_term: found })
  }

  const heed = (what, event, reason) => {
    if (what == undefined) closing.abort()
    else if (what == PAGE) {
      if (location.href == href) return
      href = location.href
      const next = tell.key()
      if (next == page) return
      page = next
      abandon()
      // When the engine has heard of it too.
      if (words.includes('search')) queueMicrotask(calm(() => look(!AGAIN.includes(reason))))
      return
    }
    if (what == LEAVE || what == undefined) abandon()
    if (what == undefined) tell.heeds.delete(heed)
  }

  ;(tell.heeds ||= new Set()).add(heed)
  if (words.includes('forms')) everyDocument(wanted.frames, signal, attach)
  if (words.includes('search')) look(/^(navigate|prerender)$/.test(performance.getEntriesByType('navigation')[0]?.type ?? 'navigate'))
}
