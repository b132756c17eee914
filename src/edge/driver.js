// The page's side of the loop: what happens goes into the engine, and what the engine says is done. It decides nothing but when
// the engine hears of an event. The numbers that cross are those of mod.rs.

import {
  EVENTS,
  OUTCOME,
  PAGE,
  REFRESH,
  START,
  UNSTORED,
  VISIBILITY,
  WAKE,
  clean,
  facts,
  firstReason,
  here,
  json,
  mono,
  onScreen,
  open,
  quietly,
  sees,
  send,
  tell,
  watch,
} from './page.js'
import { keep, load } from './store.js'

/** What each tracker has on the page, by the engine's numbers for them. */
const pages = []

/** A record's number among what is kept. */
const RECORD = 2

/** Events that cross together at most; how long what comes after the first is waited for, and a task goes on with all, in ms. */
const TOGETHER = 20
const WAIT = 100
const TASK = 5

/**
 * Notes an event, of which the engine hears a little later: what a handler takes, a shopper waits for. `kind` is 0 for a call of
 * `track()` and 1 for one of `page()`; `told` hears what the engine answers. Nothing waits that is large, or behind many, or in a
 * tab that nobody looks at: it may be gone soon.
 */
export const note = (page, kind, name, fields, context, told) => {
  page._noted.push([told, kind, mono() | 0, [fields, context, name].join('\n'), kind && here()])
  if (document.hidden || fields[9999] || page._noted[1999]) catchUp(page)
  soon(page, WAIT)
}

const soon = (page, ms) => {
  const resume = () =>
    quietly(() => {
      page._soon = 0
      catchUp(page, TASK)
    })
  page._soon ||= setTimeout(resume, ms)
}

/** Has the engine hear of what was noted, or of as much as fits into so many ms. */
export const catchUp = (page, ms = Infinity) => {
  const begun = mono()
  while (page._noted[0]) {
    if (mono() - begun > ms) return soon(page)
    const events = page._noted.splice(0, TOGETHER)
    const texts = events.map(([, kind, at, text, shown]) => {
      page._notify.at = at
      return `${kind}${at}\n` + clean(page._notify, text) + (kind ? facts(page, json(shown)) : '')
    })
    const answers = `${feed(page, EVENTS, texts.join('\n'))}`.split('\n')
    events.forEach(([told], place) => told(answers[place]))
  }
}

/** One input, and all that follows from it, after what was noted; what it is answered. */
export const feed = (page, what, text = '', a = 0, b = 0, c = 0) => {
  if (what && what < OUTCOME) catchUp(page)
  const begun = mono()
  const answer = page._engine(what, text, begun, a, b, c)
  page._spent += mono() - begun
  return answer
}

/** Does what the engine says. */
export const perform = (tracker, what, a, b, text) => {
  const page = pages[tracker]
  if (what < 1) quietly(() => page._isOver || feed(page, WAKE))
  else if (what < 2) {
    const packed = send(page, a, b, text)
    if (packed) feed(page, OUTCOME, '', b, -3, packed)
  } else if (what < 3) tell(page, a, text)
  else if (what < 4) page._engine(REFRESH, onScreen(page) + '\n' + load(page), mono(), 0, 0, 0)
  else if (what > 8) watch(page, 0)
  else if (keep(page, what - 4, a, b, text) && a && what - 4 == RECORD) feed(page, UNSTORED, '', a)
}

/**
 * Attaches a tracker to the page. `engine` is `enter` of api.rs for it, `config` what `configure` in www/sdk/config.js made.
 */
export const attach = (tracker, engine, notify, config) => {
  const page = open((...input) => feed(page, ...input), notify, config)
  pages[tracker] = page
  return Object.assign(page, { _engine: engine, _spent: 0, _noted: [] })
}

/** What a tracker hears first; `named` tells it who logged in before that. */
export const begin = (page, named) => {
  feed(page, START, load(page), sees(page))
  // Before the first page view is recorded.
  named()
  // A tab in the background, which nobody looks at yet.
  if (document.hidden) feed(page, VISIBILITY)
  feed(page, PAGE, facts(page), firstReason())
}
