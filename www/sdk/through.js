/** For parts that want a say about what is recorded. */

import { PAGE } from '../../src/edge/page.js'

/**
 * Everything that a page hands in goes through `tell.privacy` on its way into the engine, so that is where the parts stand, one
 * around the other, with the firewall at the heart. It may come later.
 *
 * `say(text, again, inner)` takes what the firewall takes, and passes it on to `inner`, or not.
 */
export const goThrough = (tell, say) => {
  const before = Object.getOwnPropertyDescriptor(tell, 'privacy')
  let firewall = before?.value
  const inner = (text, again) => {
    const next = before?.get ? before.get() : firewall
    return next ? next(text, again) : text
  }
  const through = (text, again) => say(text, again, inner)
  // The firewall is asked for what it counted.
  Object.defineProperty(through, 'redacted', { get: () => (before?.get ? before.get() : firewall)?.redacted })
  Object.defineProperty(tell, 'privacy', {
    configurable: true,
    get: () => through,
    set: (value) => (before?.set ? before.set(value) : (firewall = value)),
  })
}

/**
 * Page views that the engine finds by itself become calls, so that they go through as well; once, however many parts ask. The
 * first is due before the engine takes calls: it goes with the early ones, with its own time.
 */
export const callViews = (tracker, tell) => {
  tell.callsViews ||= tracker.on('ask', ({ t }) => tell.run('track', ['page_view', {}], { t }))
}

/** Answers what `look` sees of the page that an event belongs to when the engine hears of it: the address may have changed since. */
export const shown = (tracker, tell, look) => {
  let seen = look()
  ;(tell.heeds ||= new Set()).add((what) => {
    // All that was noted is of the page before.
    if (what == PAGE) seen = (tracker.ids(), look())
  })
  return () => seen
}
