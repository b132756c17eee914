/** The npm package's entry: the wasm lies beside this file, or where the option `wasm` says. */

import { start } from './tracker.js'

// Written out in full here, because bundlers look for exactly this expression to carry the file along.
export const init = (options) => start(options, () => new URL('./cartbeacon.wasm', import.meta.url)).tracker
