/** Puts a view into a plain page: the frame around it, then the view. */

import { markCurrent, wireFrame } from '../shared/view/frame.js'
import { shop } from './shop.js'

export const params = Object.fromEntries(new URLSearchParams(location.search))

let wired = false

/** Shows the view; called again (checkout steps) it starts afresh, with the listeners of the one before gone. */
export function show(view, given = {}) {
  if (!wired) wireFrame(shop)
  const again = wired
  wired = true

  const main = document.querySelector('main')
  // The home page brings its own content; every other page is drawn by its view.
  const root = (!again && main.querySelector(':scope > div')) || document.createElement('div')
  main.replaceChildren(root)
  view(root, shop, given)
  markCurrent()
  if (!again) return
  window.scrollTo(0, 0)
  main.querySelector('h1')?.focus()
}
