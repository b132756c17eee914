/** The cart engine: src/engine/cart as a wasm of its own, inside this file as text. Objects in, objects out. */

import text from '#cart-chars'
import { asking, open as instantiate } from '../wasm.js'

let opened

/** A promise of `step`; all trackers of a page share it. */
export const open = () =>
  (opened ||= instantiate(text).then((engine) => {
    const ask = asking(engine, engine.step)
    // Halves of surrogate pairs would become other characters than the ones the engine hands back.
    return (value) => JSON.parse(ask(JSON.stringify(value).replace(/\\ud[89a-f]../g, '\\ufffd')))
  }))
