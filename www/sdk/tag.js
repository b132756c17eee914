/** The script tag's entry: options from its `data-` attributes, wasm and parts from beside it, the stub's calls replayed. */

import { read } from './dataset.js'
import { start } from './tracker.js'

const script = document.currentScript || { dataset: {} }
const options = read(script.dataset)
/** Keeps the script's own `?version`, so that a cached old wasm never meets a new script. */
const beside = (file = 'cartbeacon.wasm') => {
  const url = new URL(script.src || location)
  return new URL(file + url.search, url)
}

const run = start(options, beside, (part) => import(beside(part + '.js')))
const before = window.cartbeacon
/** The tag of another site on the same page: it hears every command as well, consent above all. */
const other = before && before.tracker && before.tracker != run.tracker && before

const replay = ([t, url, title, referrer, command, ...args]) => run(command, args, { t, url, title, referrer })

const call = (command, ...args) => {
  if (other) other(command, ...args)
  return run(command, args)
}
call.tracker = run.tracker
// A page may still hold the stub's function, which pushes to `cartbeacon.q`.
call.q = { push: replay }
window.cartbeacon = call
before?.q?.forEach?.(replay)
