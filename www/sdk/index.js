/** The npm package's entry: the wasm lies beside this file, or where the option `wasm` says. */

import { findPart } from './parts.js'
import { start } from './tracker.js'

const besideThis = () => {
  try {
    // Bundlers look for exactly this expression to carry the file along.
    return new URL(WASM, import.meta.url)
  } catch {
    throw 'wasm: a bundle that is no ES module needs this option, or cartbeacon/inline'
  }
}

export const init = (options) => start(options, besideThis, findPart).tracker
