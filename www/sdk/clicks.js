/**
 * The part for more about clicks: those in frames of the same origin, as if they were in the page, and where on its element each
 * was. By the options `behaviour.frames` and `behaviour.coordinates`.
 */

import { clicked } from '../../src/edge/click.js'
import { calm } from './behaviour/element.js'
import { everyDocument } from './behaviour/frames.js'

/** Signs of a hand, as in behaviour.js. */
const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove']

/** How far along `whole`, from 0 to 1, to a thousandth; what hangs out of an element is at its edge. */
const share = (part, whole) => (whole > 0 ? Math.round(Math.min(Math.max(part / whole, 0), 1) * 1000) / 1000 : 0)

export const make = (tracker, options, tell) => {
  const closing = new AbortController()
  const { words, wanted, follow, touched } = tell.captured
  const where = ({ clientX, clientY }, node) => {
    const { left, top, width, height } = node.getBoundingClientRect()
    return { click_x: share(clientX - left, width), click_y: share(clientY - top, height) }
  }
  const withText = options.privacy?.text === true || options['privacy.text'] === true

  /** What the engine's own ear hears of the page itself. Nothing is replaced here: `track` does that. */
  const click = (event) =>
    clicked({ _notify: { where: tell.where, run: (command, values) => tracker.track(...values) } }, event, withText, words.includes('clicks'))

  if (wanted.coordinates) tell.where = where
  everyDocument(wanted.frames, closing.signal, (found) => {
    if (found == document) return
    const listen = (names, hear) => {
      for (const name of names) found.addEventListener(name, calm(hear), { capture: true, passive: true, signal: closing.signal })
    }
    listen(['click'], click)
    if (words.includes('outbound') || words.includes('downloads')) listen(['click', 'auxclick'], follow)
    if (words.includes('engagement')) listen(INPUTS, touched)
  })

  const heed = (what) => {
    if (what != undefined) return
    closing.abort()
    delete tell.where
    tell.heeds.delete(heed)
  }
  tell.heeds.add(heed)
}
