// The page's side of the loop: what happens goes into the engine, and what the engine says is done. It decides nothing. The numbers
// that cross are those of mod.rs.

import { OUTCOME, PAGE, REFRESH, START, UNSTORED, VISIBILITY, WAKE, facts, firstReason, mono, onScreen, open, quietly, sees, send, tell, watch } from './page.js'
import { keep, load } from './store.js'

/** What each tracker has on the page, by the engine's numbers for them. */
const pages = []

/** A record's number among what is kept. */
const RECORD = 2

/** One input, and all that follows from it; what it is answered. */
export const feed = (page, what, text = '', a = 0, b = 0, c = 0) => {
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
  return Object.assign(page, { _engine: engine, _spent: 0 })
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
