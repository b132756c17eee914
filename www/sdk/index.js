/** The npm package's entry: the wasm lies beside this file, or where the option `wasm` says. */

import { besideThis } from './beside.js'
import { findPart } from './parts.js'
import { start } from './tracker.js'

export const init = (options) => start(options, besideThis, findPart).tracker
