/** What a call made before the wasm is ready takes along, so that it can be replayed as if it had not waited. */

import { here } from '../../src/edge/page.js'

/** When and where a call is made: the `context` that the engine reads. */
export const context = () => ({ t: Date.now(), ...here() })

/** A UUID v7 (RFC 9562 §5.7) of `time`, in ms. It has to be unique, not secret. */
export const uuid7 = (time) =>
  time.toString(16).padStart(12, 0).replace(/.{8}/, '$&-') +
  '-7xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => ((Math.random() * 16) | 0).toString(16))

/**
 * The id of an order's event, the same however often, wherever and by whom it is told: FNV-1a of 128 bits
 * (https://datatracker.ietf.org/doc/html/draft-eastlake-fnv) over site, line feed and order id, as UUID v8 (RFC 9562 §5.8).
 */
export const orderId = (site, order) => {
  let hash = 0x6c62272e07bb014262b821756295c58dn
  for (const byte of new TextEncoder().encode(site + '\n' + order))
    hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * 0x1000000000000000000013bn)
  return hash.toString(16).padStart(32, 0).replace(/(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-8$3-8$4-')
}
