// Snowplow's tracker as its documentation sets it up, in its favour with batches of ten and keepalive.
import { newTracker, trackPageView } from '@snowplow/browser-tracker'
import { SnowplowEcommercePlugin, trackAddToCart } from '@snowplow/browser-plugin-snowplow-ecommerce'
import { LinkClickTrackingPlugin, enableLinkClickTracking } from '@snowplow/browser-plugin-link-click-tracking'
import { ButtonClickTrackingPlugin, enableButtonClickTracking } from '@snowplow/browser-plugin-button-click-tracking'

const { endpoint } = document.currentScript.dataset
newTracker('sp', endpoint, {
  appId: 'bench',
  bufferSize: 10,
  keepalive: true,
  plugins: [SnowplowEcommercePlugin(), LinkClickTrackingPlugin(), ButtonClickTrackingPlugin()],
})
enableLinkClickTracking()
enableButtonClickTracking()
trackPageView()

const product = ({ item_id: id, item_name: name, item_brand: brand, item_category: category, price, quantity }) =>
  ({ id, name, brand, category, price, quantity, currency: 'EUR' })
window.peer = {
  track: ({ currency, value, items }) => trackAddToCart({ currency, total_value: value, products: items.map(product) }),
  page: () => trackPageView(),
}
