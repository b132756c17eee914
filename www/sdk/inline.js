/** The entry with the wasm inside, for hosts and bundlers that can't serve a `.wasm` file. */

import text from '#wasm-chars'
import { findPart } from './parts.js'
import { start } from './tracker.js'
import { bytes } from './wasm.js'

export const init = (options) => start(options, () => bytes(text), findPart).tracker
