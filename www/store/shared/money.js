/** Money is whole cents inside the shop; only these three turn it into something else. */

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })

export const currency = 'EUR'

/** For people: €28.00 */
export const show = (cents) => euros.format(cents / 100)

/** For a data attribute: 28.00 */
export const decimal = (cents) => (cents / 100).toFixed(2)

/** For an event: 28. The tracker counts in exact minor units again, so a float cannot spoil a sum. */
export const amount = (cents) => Number(decimal(cents))
