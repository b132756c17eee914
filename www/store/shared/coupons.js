/** Coupon codes: one that works, one that is over, one that wants a fuller basket. */

import { show } from './money.js'

const coupons = {
  KILN10: { percent: 10, from: 3000 },
  HARVEST25: { percent: 25, from: 20000 },
  SUMMER: { over: true },
}

/** What people type: any case, spaces around it. */
export const normalise = (text) => text.trim().toUpperCase().slice(0, 24)

/** Empty when the code may be used on a basket of this many cents, else a reason: one word for the event, a sentence for the visitor. */
export function refusal(code, subtotal) {
  const coupon = coupons[code]
  if (!coupon) return { reason: 'unknown', text: 'We do not know this code.' }
  if (coupon.over) return { reason: 'expired', text: 'This code is no longer valid.' }
  if (subtotal < coupon.from) return { reason: 'minimum_not_met', text: `This code is for baskets from ${show(coupon.from)}.` }
  return undefined
}

/** Cents off; nothing when the code is missing or refused. */
export function discountFor(code, subtotal) {
  if (!code || refusal(code, subtotal)) return 0
  return Math.round((subtotal * coupons[code].percent) / 100)
}

export const percentOf = (code) => coupons[code]?.percent
