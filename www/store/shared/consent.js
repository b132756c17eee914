/**
 * The shop's own record of the privacy choice. It is the shop that asks and remembers; the tracker is told on every page
 * and never guesses. No record means no answer yet: nothing is announced, and the tracker keeps holding.
 */

import { slot } from './storage.js'

const kept = slot('consent', null)

export const purposes = [
  { id: 'analytics', name: 'Statistics', text: 'Which pages and products are seen, what is put in the basket and ordered. Helps us to run the shop.' },
  { id: 'marketing', name: 'Marketing', text: 'Lets us tell which of our campaigns brought you here.' },
  { id: 'preferences', name: 'Preferences', text: 'Remembers what you looked at, to show it again on your next visit.' },
]

/** @returns {null | {choice: Record<string, 'granted'|'denied'>, at: number, withdrawn?: boolean}} */
export const record = () => kept.read()

export const all = (answer) => Object.fromEntries(purposes.map(({ id }) => [id, answer]))

/** Keeps the choice and tells the tracker. */
export function choose(choice, consent) {
  kept.write({ choice, at: Date.now() })
  consent(choice)
}

/** Takes back everything: the tracker purges what it holds and stores, the shop remembers the refusal. */
export function withdraw(consent) {
  kept.write({ choice: all('denied'), at: Date.now(), withdrawn: true })
  consent('withdraw')
}

/** Said once on each page, before anything else is tracked. */
export function announce(consent) {
  const known = record()
  if (known) consent(known.choice)
}

/** A page that is already open hears of a choice made elsewhere: in another tab, or while it lay in the back/forward cache. */
export function whenChosenElsewhere(consent, told) {
  const repeat = () => {
    const known = record()
    if (!known) return
    consent(known.withdrawn ? 'withdraw' : known.choice)
    told()
  }
  kept.whenOtherTab(repeat)
  window.addEventListener('pageshow', (event) => event.persisted && repeat())
}
