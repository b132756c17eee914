/**
 * The part behind `vitals` of the option `capture`: Core Web Vitals as events, by Google's own library.
 *
 * https://github.com/GoogleChrome/web-vitals: it knows prerendering (from the moment a page is shown), the back/forward cache
 * (a measure anew, under another id) and pages that were hidden. It speaks on the window, in the capture phase, when a page
 * is being hidden: before the tracker, whose last batch takes along what it says.
 */

import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'

/** CLS has no unit and is small; the others are milliseconds. */
const rounded = (value, name) => +value.toFixed(name == 'CLS' ? 4 : 1)

export const make = (tracker, options, tell) => {
  let isOver = false
  /** `id` is one measure of one page: where it comes again, the last one counts. */
  const say = ({ name, value, delta, rating, id, navigationType }) =>
    isOver ||
    tracker.track('web_vital', {
      metric_name: name,
      metric_value: rounded(value, name),
      metric_delta: rounded(delta, name),
      metric_rating: rating,
      metric_id: id,
      navigation_type: navigationType,
    })
  for (const watch of [onTTFB, onFCP, onLCP, onCLS, onINP]) watch(say)
  // The library cannot be switched off.
  const heed = (what) => {
    if (what === undefined) isOver = true
  }
  ;(tell.heeds ||= new Set()).add(heed)
}
