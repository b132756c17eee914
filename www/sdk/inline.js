/** The entry with the wasm inside, for hosts and bundlers that can't serve a `.wasm` file. A third heavier on the wire. */

import base64 from '#wasm-base64'
import { findPart } from './parts.js'
import { start } from './tracker.js'

export const init = (options) => start(options, () => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt()), findPart).tracker
