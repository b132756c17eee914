/** The heart on every product: a list of article numbers kept in this browser. */

import { findProduct } from './catalogue.js'
import { slot } from './storage.js'

const kept = slot('wishlist', [])

export const has = (sku) => kept.read().includes(sku)
export const saved = () => kept.read().map(findProduct).filter(Boolean)

/** Answers whether it is on the list now. */
export function toggle(sku) {
  const list = kept.read()
  const wanted = !list.includes(sku)
  kept.write(wanted ? [...list, sku] : list.filter((each) => each !== sku))
  return wanted
}
