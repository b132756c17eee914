/** The cart engine: src/engine/cart as a wasm of its own, inside this file as text. Objects in, objects out. */

import base64 from '#cart-base64'

const instantiate = async () => {
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt()))
  const { memory, input, output, step } = instance.exports
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  return (value) => {
    // Halves of surrogate pairs would become other characters than the ones the engine hands back.
    const bytes = encoder.encode(JSON.stringify(value).replace(/\\ud[89a-f]../g, '\\ufffd'))
    const at = input(bytes.length)
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes)
    const length = step()
    return JSON.parse(decoder.decode(new Uint8Array(memory.buffer, output(), length)))
  }
}

let opened

/** A promise of `step`; all trackers of a page share it. */
export const open = () => (opened ||= instantiate())
