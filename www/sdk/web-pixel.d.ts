/** `cartbeacon/web-pixel`: a Shopify checkout, from inside a web pixel extension. */

import type { Purpose } from './index.js'

export interface PixelOptions {
  /**
   * Where batches go, an https URL. Best of the shop's own domain: from Shopify's sandbox the endpoint has to answer CORS
   * preflights of none, but its answers are read only where it allows the sandbox's origin.
   */
  endpoint: string
  /** As `site` of the storefront's tracker: it names the cookie that both share, and is part of an order's event id. Default: none. */
  site?: string
  /** As `consent.purposes` there: what Shopify must say is allowed. Default `['analytics']`. */
  purposes?: Purpose[]
  /** `'storefront'`: only after a yes that the storefront's tracker has kept as well. Default: Shopify's word is enough. */
  consent?: 'storefront'
  /** As `session.idleMinutes` there. Default 30. */
  idleMinutes?: number
  /** As `session.maxHours` there. Default 24. */
  maxHours?: number
  /** As `cookie.days` there. Default 395. */
  cookieDays?: number
}

/** What Shopify hands to `register`: see `ExtensionApi` of `@shopify/web-pixels-extension`. */
export interface PixelApi {
  readonly analytics: { subscribe(name: string, callback: (event: any) => void): unknown }
  readonly browser: any
  readonly init: { readonly customerPrivacy?: object }
  readonly customerPrivacy?: { subscribe(name: any, callback: (event: any) => void): unknown }
}

/** Records the checkout from now on; nothing is sent or stored before Shopify says that it may be. Never throws. */
export function pixel(api: PixelApi, options: PixelOptions): { settled(): Promise<void> }
