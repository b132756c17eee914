/**
 * The part behind the option `sample`: of so many visitors everything is recorded, of the others orders and carts alone.
 *
 * Who is drawn is drawn once: the draw is kept as `cb_`, the site and `.sample`, once there is a yes, and goes with everything
 * else; another rate draws anew. It is one bit, so that it tells nobody apart. What is left out never reaches the engine's queue
 * and is counted as `filtered`. What is recorded of who was drawn says the rate, as `sample_rate`: it stands for 1/rate events.
 * Orders and carts have no such field and stand for themselves.
 */

import { quietly } from '../../src/edge/page.js'
import { keyOf } from '../../src/edge/store.js'
import { callViews, goThrough } from './through.js'

/** Fields that the engine counts as `filtered`. */
const DROPPED = '-'
/** The first two lanes of src/engine/vocab.rs. */
export const ALWAYS =
  'purchase refund purchase_error add_to_cart remove_from_cart update_cart clear_cart view_cart add_to_wishlist remove_from_wishlist begin_checkout checkout_step add_shipping_info add_payment_info cart_abandoned cart_restored apply_coupon remove_coupon deny_coupon sign_up generate_lead'.split(' ')

export const make = (tracker, { sample, site, storage }, tell) => {
  const rate = Number(sample)
  if (!(rate >= 0 && rate <= 1) || sample === true) throw 'not from 0 to 1: all is recorded'
  const key = keyOf(site) + '.sample'
  const read = () => (storage != 'memory' && quietly(() => localStorage.getItem(key))) || ''
  const draw = () => Number(Math.random() < rate)
  const [of, kept] = read().split(':')
  let isIn = of == rate ? Number(kept) : draw()
  let wasKept = of == rate

  const keep = () => {
    // Gone since: somebody else is there now.
    if (wasKept && storage != 'memory' && !read()) isIn = draw()
    if (storage != 'memory') quietly(() => localStorage.setItem(key, rate + ':' + isIn))
    wasKept = true
  }
  tracker.on('consent', ({ state }) => state == 'granted' && keep())
  // Told with a visit's first event, and so with a new visitor's.
  tracker.on('session', keep)
  callViews(tracker, tell)

  /** Takes `fields`, `context` and `name`, a line each; or what is no event, `again`. */
  goThrough(tell, (text, again, inner) => {
    const lines = text.split('\n')
    if (again || lines.length < 2 || ALWAYS.includes(lines[lines.length - 1])) return inner(text, again)
    const [fields, ...rest] = lines
    if (!isIn) return [DROPPED, ...rest].join('\n')
    if (fields == DROPPED || fields.includes('"sample_rate"')) return inner(text)
    const more = `"sample_rate":${rate}}`
    return inner([fields.length > 2 ? fields.slice(0, -1) + ',' + more : '{' + more, ...rest].join('\n'))
  })
}
