/** The app's side of a shop: the tracker is the npm entry's object, moving on is a new history entry. */

import { go } from './router.js'
import { tracker } from './tracker.js'

/** @type {import('../js/shop.js').Shop} */
export const shop = {
  track: (name, fields) => tracker.track(name, fields),
  consent: (update) => tracker.consent(update),
  identify: (id) => tracker.identify(id),
  reset: () => tracker.reset(),
  on: (topic, told) => tracker.on(topic, told),
  tracker: () => tracker,
  whenReady: () => tracker.ready,
  go,

  links: {
    home: () => '/app/',
    list: (category = 'all', sort) => `/app/c/${category}${sort && sort !== 'featured' ? `?sort=${sort}` : ''}`,
    product: (sku) => `/app/p/${encodeURIComponent(sku)}`,
    cart: () => '/app/cart',
    checkout: (step) => `/app/checkout/${step}`,
    thanks: (order) => `/app/thank-you/${encodeURIComponent(order)}`,
    privacy: () => '/app/privacy',
  },
}
