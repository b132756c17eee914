/** What a call made before the wasm is ready takes along, so that it can be replayed as if it had not waited. */

import { here } from '../../src/edge/page.js'

/** When and where a call is made: the `context` that the engine reads. */
export const context = () => ({ t: Date.now(), ...here() })

/** A UUID v7 (RFC 9562 §5.7) of `time`, in ms. It has to be unique, not secret. */
export const uuid7 = (time) =>
  time.toString(16).padStart(12, 0).replace(/.{8}/, '$&-') +
  '-7xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => ((Math.random() * 16) | 0).toString(16))
