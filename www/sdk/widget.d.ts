/** `cartbeacon/widget`: a footer button for shoppers, to see, change, take back and erase. Styles come with it. */

import type { Choice, Purpose, Tracker } from './index.js'

type Words = {
  [name in
    | 'open' | 'title' | 'pending' | 'granted' | 'denied' | 'withdrawn' | 'absent' | 'browser' | 'platforms' | 'save' | 'saved'
    | 'withdraw' | 'taken' | 'show' | 'nothing' | 'erase' | 'erased' | 'close']?: string
}

/** Each text of the widget; those left out stay English. `{purposes}` in `granted` is what was allowed. */
export interface WidgetTexts extends Words {
  /** Name and description of each purpose. */
  purpose?: { [purpose in Purpose]?: [name: string, about: string] }
}

export interface WidgetOptions {
  /** Where the button goes: an element or a selector. Default `[data-cb-privacy]`. Without it nothing happens. */
  into?: Element | string
  /** What the shopper is asked, in this order. Default analytics, marketing, preferences. */
  purposes?: Purpose[]
  texts?: WidgetTexts
  /**
   * Told the choice instead of the tracker, for a shop that keeps the answer itself; it has to pass it on. After an
   * erasure it is told `'withdraw'`. Default: `tracker.consent`.
   */
  consent?(update: { [purpose in Purpose]?: Choice } | 'withdraw'): void
}

type Used = Pick<Tracker, 'consent' | 'explain' | 'exportData' | 'erase' | 'on'>

/** Returns what takes the widget away again. A function instead of a tracker is asked each time, while none is there yet. */
export function widget(tracker: Used | (() => Used | undefined), options?: WidgetOptions): () => void
