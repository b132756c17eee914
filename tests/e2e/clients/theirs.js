// Each vendor's own client on the journey of ours.js, called as its documentation has a shop call it; `origin` is the receiver.
import { AnalyticsBrowser } from '@segment/analytics-next'
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
import * as ecommerce from '@snowplow/browser-plugin-snowplow-ecommerce'
import { newTracker, trackPageView, trackSelfDescribingEvent } from '@snowplow/browser-tracker'
import posthog from 'posthog-js'
import { CHECKOUT, GOODS, MUG, ORDER } from './journey.mjs'

const product = { product_id: MUG.item_id, name: MUG.item_name, brand: MUG.item_brand, category: MUG.item_category, variant: MUG.item_variant, price: MUG.price, quantity: MUG.quantity }
const worth = { currency: GOODS.currency, value: GOODS.value }
const order = { order_id: ORDER.transaction_id, payment_method: ORDER.payment_type, currency: ORDER.currency, revenue: ORDER.value, tax: ORDER.tax, shipping: ORDER.shipping, coupon: ORDER.coupon, products: [product] }

/** Segment's ecommerce spec v2, https://segment.com/docs/connections/spec/ecommerce/v2/; RudderStack's is the same. */
const spec = (client) => {
  client.page()
  client.track('Product Viewed', { ...product, ...worth })
  client.track('Product Added', { ...product, ...worth })
  client.track('Checkout Started', { currency: CHECKOUT.currency, value: CHECKOUT.value, products: [product] })
  client.track('Order Completed', order)
  client.track('gift_wrap_chosen', { paper: 'red' })
}

export const segment = (origin) => {
  const { host } = new URL(origin)
  const delivery = { apiHost: `${host}/v1`, protocol: 'http', deliveryStrategy: { strategy: 'batching', config: { size: 6, timeout: 500 } } }
  const client = AnalyticsBrowser.load({ writeKey: 'WRITE', cdnSettings: { integrations: { 'Segment.io': { apiKey: 'WRITE', ...delivery } } } }, { integrations: { 'Segment.io': delivery } })
  spec(client)
}

export const rudderstack = (origin) => {
  const client = new RudderAnalytics()
  const source = { id: 's', name: 's', writeKey: 'WRITE', enabled: true, config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } }, connections: [], destinations: [], workspaceId: 'w', updatedAt: '2026-01-01T00:00:00Z' }
  client.load('WRITE', origin, { getSourceConfig: () => ({ source, updatedAt: source.updatedAt, isHosted: true }), configUrl: origin, useBeacon: true, beaconQueueOptions: { flushQueueInterval: 500, maxItems: 6 }, logLevel: 'NONE' })
  spec(client)
}

const viaPosthog = (origin) => {
  posthog.init('phc_public', {
    api_host: origin, autocapture: false, capture_pageview: false, capture_pageleave: false, disable_session_recording: true, advanced_disable_flags: true,
    disable_compression: true, opt_out_useragent_filter: true, disable_surveys: true, request_batching: true, request_queue_config: { flush_interval_ms: 500 }, disable_external_dependency_loading: true,
  })
  posthog.capture('$pageview')
  spec({ page: () => {}, track: (name, properties) => posthog.capture(name, properties) })
}

export const snowplow = (origin) => {
  newTracker('sp', origin, { appId: 'shop', encodeBase64: false, postPath: '/com.snowplowanalytics.snowplow/tp2', plugins: [ecommerce.SnowplowEcommercePlugin()], contexts: { session: true, webPage: true } })
  const item = { id: MUG.item_id, name: MUG.item_name, brand: MUG.item_brand, category: MUG.item_category, variant: MUG.item_variant, price: MUG.price, quantity: MUG.quantity, currency: GOODS.currency }
  trackPageView()
  ecommerce.trackProductView(item)
  ecommerce.trackAddToCart({ products: [item], total_value: GOODS.value, currency: GOODS.currency })
  ecommerce.trackCheckoutStep({ step: 1 })
  ecommerce.trackTransaction({
    transaction_id: ORDER.transaction_id, revenue: ORDER.value, currency: ORDER.currency, payment_method: 'card', total_quantity: MUG.quantity, tax: ORDER.tax,
    shipping: ORDER.shipping, discount_code: ORDER.coupon, products: [item],
  })
  trackSelfDescribingEvent({ event: { schema: 'iglu:test.store/gift_wrap_chosen/jsonschema/1-0-0', data: { paper: 'red' } } })
}
export { viaPosthog as posthog }
