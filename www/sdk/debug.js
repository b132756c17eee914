/**
 * The part behind the option `debug`: what an event's answer says more then. A refusal names the event, and the field that was
 * probably meant (`transaction_id: required (is it transactionId?), in purchase`); what was accepted, but has a name that is nearly a known one, or a `value` that its
 * items do not come to, gets a remark. It is src/engine/catalogue as a wasm of its own.
 */

import text from '#debug-chars'
import { asking, open } from './wasm.js'

let opened

/** What the tracker passes each of the engine's answers through; `track` is the method 0. */
export const make = async () => {
  const look = await (opened ||= open(text).then((engine) => asking(engine, engine.look)))
  return (said, method, name, fields) => {
    try {
      if (method || !said) return said
      const answer = look([fields, name, said].join('\n'))
      // A refusal is told by the tracker.
      if (answer[0] != '!' && answer != said) console.warn('cartbeacon:', name, answer.slice(answer.indexOf(' ') + 1))
      return answer
    } catch {
      return said
    }
  }
}
