/** The shop's one customer account, for trying out sign-in: no password, no server, an invented person. */

import { slot } from './storage.js'

const kept = slot('account', null)

export const demo = {
  id: 'customer-1042',
  name: 'Ada Brandt',
  address: { name: 'Ada Brandt', email: 'ada@example.com', street: 'Lindenweg 12', postcode: '99084', city: 'Erfurt', country: 'DE' },
}

export const isSignedIn = () => kept.read() === demo.id
export const signIn = () => kept.write(demo.id)
export const signOut = () => kept.remove()
