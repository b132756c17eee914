/** Gets the wasm from wherever it is and starts it, once per page. What fails is said in words that name the repair. */

import { finish, imports } from '#engine'
import { guard } from './belt.js'

let loading

/**
 * Settles when the functions of `#engine` may be called. `source`: URL, Request, Response, bytes, compiled module, or a
 * promise of one; all trackers of a page share the first one's. Rejects with a reason, a string.
 */
export const load = (source) => (loading ||= instantiate(source))

const instantiate = async (source) => {
  let from = 'wasm'
  try {
    let wasm = await source
    let result
    if (!(wasm instanceof WebAssembly.Module || wasm.byteLength)) {
      from += ' ' + (wasm.url || wasm)
      if (!(wasm instanceof Response)) wasm = await fetch(wasm)
      if (!wasm.ok) throw Error('HTTP ' + wasm.status)
      // Streaming insists on the exact MIME type, which many servers do not send: bytes do as well.
      if (wasm.headers.get('content-type') == 'application/wasm') result = await WebAssembly.instantiateStreaming(wasm, imports())
      else wasm = await wasm.arrayBuffer()
    }
    result ||= await WebAssembly.instantiate(wasm, imports())
    // A module given to `instantiate` makes it answer the instance alone.
    finish(result.instance || result, guard)
  } catch ({ message }) {
    // The words of Chromium, Firefox and WebKit for a page whose CSP forbids wasm; "embedder" is Chromium's before 97.
    throw /unsafe-eval|CSP$|embedder/.test(message) ? "CSP: script-src needs 'wasm-unsafe-eval'" : `${from}: ${message}`
  }
}
