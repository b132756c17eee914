/**
 * What parts share that carry a wasm of their own as text inside their file: one request, and every bundler takes it along.
 *
 * A character of Latin-1 for each byte, none of them a control character of ASCII, and two for the rarest: packed by the server
 * smaller than base64, and in the browser's memory half of what characters beyond Latin-1 would take. It is written by
 * www/tools/chars.mjs.
 */

/** The bytes of such a text. A loop: `Uint8Array.from` would take five times as long, two milliseconds of a page's start. */
export const bytes = (text) => {
  const all = new Uint8Array(text.length)
  let to = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    all[to++] = code > 254 ? text.charCodeAt(++at) + 188 : code - 35
  }
  return all.subarray(0, to)
}

/** A promise of the module; rejects with a reason, a string. */
export const compile = (text) =>
  WebAssembly.compile(bytes(text)).catch(({ message }) => {
    // As in load.js.
    throw /unsafe-eval|CSP$|embedder/.test(message) ? "CSP: script-src needs 'wasm-unsafe-eval'" : message
  })

/** A promise of what it exports. */
export const open = async (text) => (await WebAssembly.instantiate(await compile(text))).exports

/** `ask(text, …)` for a part with the memory of src/parts/memory.rs: its answer to the text, from its function `run`. */
export const asking = ({ memory, input, output }, run) => {
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
  return (text, ...more) => {
    const given = encoder.encode(text)
    const at = input(given.length)
    new Uint8Array(memory.buffer, at, given.length).set(given)
    const length = run(...more)
    return decoder.decode(new Uint8Array(memory.buffer, output(), length))
  }
}
