/** The entry without a wasm file: the host passes the option `wasm`, a URL, Request, Response, bytes or compiled module. */

import { findPart } from './parts.js'
import { start } from './tracker.js'

export const init = (options) =>
  start(
    options,
    () => {
      throw 'wasm: the slim entry needs this option'
    },
    findPart,
  ).tracker
