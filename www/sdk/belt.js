/**
 * The seat belt. A trap leaves the wasm half-changed for ever, so after the first one nothing enters it again, and no
 * error of ours reaches the shop: neither from a call of the page nor from a listener or timer of the engine (the glue puts
 * it on those).
 */

let trap = ''
let depth = 0

/** Why the engine may not be entered any more, or ''. */
export const broken = () => trap

/**
 * `enter`, made safe: it never throws, and answers undefined from the first error on.
 * With `inner`, a call from within another one passes the error on, so that the outer one stops as well.
 */
export const guard = (enter, inner) => (...args) => {
  if (trap) return
  depth++
  try {
    return enter(...args)
  } catch (error) {
    trap ||= 'engine: ' + error
    if (inner && depth > 1) throw error
  } finally {
    depth--
  }
}
