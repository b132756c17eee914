/** The one tracker of the app, as a shop with a bundler would write it: `import { init } from 'cartbeacon'`. */

import { init } from '/cb/index.js'

export const tracker = init({
  endpoint: '/collect',
  site: 'quern-app',
  capture: ['pages', 'clicks', 'outbound', 'downloads', 'scroll', 'engagement', 'forms', 'rageClicks', 'deadClicks'],
})
