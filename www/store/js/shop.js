/** The plain pages' side of a shop: the tracker is the script tag's command function, moving on is loading a page. */

/** The shop runs on when the tag was blocked: no function, nothing said. */
const call = (...args) => window.cartbeacon?.(...args)

const query = (path, values) => {
  const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString()
  return text ? `${path}?${text}` : path
}

/**
 * What a view needs from the page it is on; `/app/shop.js` is the same for the single-page app.
 * @typedef {typeof shop} Shop
 */
export const shop = {
  track: (name, fields) => call('track', name, fields),
  consent: (update) => call('consent', update),
  identify: (id) => call('identify', id),
  reset: () => call('reset'),
  on: (topic, told) => call('on', topic, told),
  tracker: () => window.cartbeacon?.tracker,

  /** How the tracker started; undefined when it never came. The window's load event waits for the async tag. */
  async whenReady() {
    if (!shop.tracker() && document.readyState !== 'complete') {
      await new Promise((resolve) => { window.addEventListener('load', resolve, { once: true }) })
    }
    return shop.tracker()?.ready
  },

  go: (url, { replace = false } = {}) => (replace ? location.replace(url) : location.assign(url)),

  links: {
    home: () => '/',
    list: (category, sort) => query('/list.html', { category: category === 'all' ? '' : category, sort: sort === 'featured' ? '' : sort }),
    product: (sku) => `/product.html?sku=${encodeURIComponent(sku)}`,
    cart: () => '/cart.html',
    checkout: (step) => `/checkout.html#/${step}`,
    thanks: (order) => `/thank-you.html?order=${encodeURIComponent(order)}`,
    privacy: () => '/privacy.html',
  },
}
