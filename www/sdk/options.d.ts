/**
 * What `init()` takes: the options of the tracker and of its parts, each with its default. What is marked "Planned"
 * is reserved: this version notes such an option in debug mode and does without.
 */

import type { CapturedEvent, Choice, Purpose, Stats } from './index.js'

/**
 * `ndjson`, `json-array`: an object an event, for endpoints of your own. `segment`, `rudderstack`: Segment's HTTP API. The
 * others are the products of these names; `otlp` is OpenTelemetry's logs, `pixel` a GET for each event. An endpoint that is a host alone gets the receiver's usual path.
 */
export type Format =
  | 'native' | 'ndjson' | 'json-array' | 'segment' | 'rudderstack' | 'posthog' | 'matomo' | 'piwik-pro' | 'umami' | 'plausible' | 'snowplow'
  | 'otlp' | 'cloudevents' | 'clickhouse' | 'klaviyo' | 'pixel' | 'meta' | 'custom'

// Options
export interface Options {
  /** Where batches go: an absolute path (`/collect`) or an http(s) URL. Without a usable one the tracker does nothing. */
  endpoint: string
  /** Names the site in every batch and keeps trackers apart on one page. Default: none. */
  site?: string
  /**
   * Whose language batches leave in. With any other than the default a part of its own is fetched first, and `compress` does
   * nothing; a format or key that a page can't or must not use is the reason in `ready`. Default `'native'`.
   */
  format?: Format
  /** The public key that the format asks for: write key, project key, website or site id. Secrets are refused. */
  key?: string | number
  /**
   * Of `custom`: a template of one event, an object; required. Of `pixel`: the parameters. Texts stand for what is known
   * where they are `$id`, `$name`, `$t` (ms), `$time` (ISO 8601), `$sent`, `$site`, `$visitor`, `$session`, `$user`, `$url`,
   * `$title`, `$referrer`, `$data`, `$items`, or a field as in `$data.price`; all else goes as it is. Others are refused.
   */
  mapping?: Record<string, unknown>
  /**
   * Several at once, instead of `endpoint`, `format`, `key` and `mapping`: see {@link Destination}. A part, `destinations.js`. What
   * waits for one outlives the page, `queue.bytes` for all of them together. Default none.
   */
  destinations?: Destination[]
  /**
   * Other tools on the page that hear of events in their own calls: `true` is GA4; names in a list; or an object. A part,
   * `forward.js`. Default none.
   */
  forward?: boolean | string | string[] | ForwardOptions
  consent?: ConsentOptions
  batch?: {
    /** Events in a batch at most. Default 20. */
    events?: number
    /** Bytes of a batch at most. Default 49152. */
    bytes?: number
    /** Milliseconds that the first event of a batch waits for others. Default 5000. */
    ms?: number
  }
  queue?: {
    /** Events that wait at most. Default 500. */
    events?: number
    /** Bytes that wait at most, in memory and in local storage. Default 262144. */
    bytes?: number
    /** Hours after which a waiting event is given up. Default 72. */
    hours?: number
  }
  /**
   * What is recorded without a call: a list is exactly what it names, an object changes the default, `false` is nothing.
   * What goes beyond pages and clicks is fetched when all is ready: `behaviour.js`, beside the entry, and from there `vitals.js`,
   * `errors.js`, `impressions.js` and `device.js` for these words, `forms.js` for forms and search, `friction.js` for angry and dead
   * clicks. No value of a field is ever read. Default pages, clicks,
   * outbound, downloads, scroll, engagement.
   */
  capture?: false | CaptureName[] | { [name in CaptureName]?: boolean }
  behaviour?: BehaviourOptions
  /**
   * Carts read from where shops keep them, and `cart()`. Loads `sources.js` from beside the script. What is stored of a cart,
   * once consent is granted, is `cb_`, the site's name and `.cart` in `localStorage`. Default: none.
   */
  cart?: CartOptions
  /**
   * Bodies are gzipped (RFC 1952) as their batch closes, at once, also while the page is being left: about a sixth of the bytes.
   * For endpoints that know gzip by its first two bytes, as the collector does; the content type stays `text/plain`.
   * Fetches a part of 3 KB, `gzip.js`, beside the entry; until it is there, or where it cannot be had (said in debug),
   * bodies go as text. Anything but `true` is no. Default false.
   */
  compress?: boolean
  /**
   * What brought the shopper, as fields of the events that count: `first_touch_…`, `last_touch_…` and `last_non_direct_…`, each
   * with `channel`, `source`, `medium`, `campaign`, further `utm_` parameters by their names, and `at` (ms); `landing_page` and
   * `entry_campaign` of the visit. With `marketing` granted also `click_id` and `click_id_type`; without that nothing from before
   * the visit. Kept in local storage as `cb_`, the site and `.touch`, once there is a yes. Fetches the part `visits.js`, 3 KB,
   * together with the wasm. Default: none.
   */
  attribution?: boolean | AttributionOptions
  /**
   * The domains of a shop that has several, the same list on each: who follows a link from one to another stays the same visitor, in
   * the same session. The link gets the parameter `_cb` as it is followed, only with consent, that to `marketing` included; the
   * other side takes it from a listed page within two minutes, and uses it once there is a yes there. It is in no recorded address.
   * Its seal is a hash that binds it to the host, the browser and the time, no secret: see `www/sdk/linker/token.js`. Links only, no
   * forms. Fetches the part `linker.js`, 1.4 KB, together with the wasm. Default: none.
   */
  linker?: { domains: string[] }
  /**
   * Where ids are kept once consent allows it. What waits to be sent is kept in local storage beside them, so that it outlives the
   * page; `memory` keeps nothing. Default `'cookie'`.
   */
  storage?: 'cookie' | 'local' | 'memory'
  cookie?: {
    /**
     * The domain of the cookie; one that the browser refuses means the page's host alone. Default: the registrable domain
     * (`shop.example` on `www.shop.example`), found by what the browser takes once consent is there, so that all hosts of a shop
     * know one visitor.
     */
    domain?: string
    /** Days; more than 395 are 395. Default 395. */
    days?: number
    /**
     * Where a server of the shop sets the visitor's id as a cookie: a path or URL of the page's own site and scheme (`/collect/id`, where the
     * collector runs with `--visitor-cookie`). Safari keeps for seven days what scripts write, and such a cookie for `days`: who comes
     * back later is the same visitor once there is a yes again, `marketing` included. It is `cb_`, the site and `.id`, is asked for
     * after such a yes, a week later again, and deleted by the page at a no, a withdrawal, `reset()` and `erase()`. `'delete'` takes away what earlier
     * pages have set, and nothing else. Anything else, or `storage: 'memory'`, is said in debug, and no server is asked. Fetches the part
     * `cookie.js`, 1.9 KB, together with the wasm. Default none.
     */
    server?: string
  }
  session?: {
    /** Minutes without an event that end a session. Default 30. */
    idleMinutes?: number
    /** Hours after which a session ends in any case. Default 24. */
    maxHours?: number
  }
  /**
   * The firewall. Before an event is recorded, what looks like an e-mail address, a phone number, a payment card, an IBAN, a
   * JWT or API key, or stands under a name like `password`, is replaced by `[email]`, `[phone]`, `[card]`, `[iban]`,
   * `[token]`, `[id]` or `[removed]`: in URLs, titles, referrers, descriptions of elements and all fields of `track()` and
   * `page()`. The id given to `identify()` is left alone. It is a part of 9 KB, `privacy.js`, beside the entry, and nothing
   * is recorded without it: where it cannot be had, `ready` says so. `false` is the same as `redact: false`.
   */
  privacy?: false | {
    /** Anything but `false` is yes. With `false` nothing is looked at, the lists below included. Default true. */
    redact?: boolean
    /** Fields and query keys whose values are never touched. Names are compared without case, `userId` as `user_id`. Default: none. */
    allow?: string[]
    /** Fields and query keys whose values are always replaced, by `[removed]`. Default: none. */
    deny?: string[]
    /** Countries whose national ids are looked for as well; one that is not known means all. Default: none. */
    nationalIds?: ('US' | 'GB' | 'DE' | 'ES' | 'BR' | 'FR')[]
    /** The text of clicked elements is recorded, at most 100 characters. Default false. */
    text?: boolean
    /** The query keys that keep their values, beside those of campaigns (`utm_…`) and paid clicks; others get `[removed]`. Default: all keep them. */
    queryKeys?: string[]
  }
  /**
   * The share of visitors of whom all is recorded, 0 to 1; of the others orders, refunds, carts and checkout, sign-ups and leads alone.
   * Drawn once a browser (kept as `cb_`, the site and `.sample` once there is a yes). What it concerns carries the rate as `sample_rate`
   * and stands for 1 / `sample_rate` events; what is left out is counted as `filtered`. A value that is no such number records all, and
   * debug says so. Fetches the part `sampling.js`, 1 KB; where it cannot be had, all is recorded, without a rate. Default 1.
   */
  sample?: number
  /**
   * Sees each event once, captured ones too, after the firewall and before it is held, queued or told to subscribers: answers
   * it, changed or not, or null to drop it, which `stats().lost.filtered` counts. `name` and `data` of the answer count, are
   * cleaned by the firewall again and checked; a page view stays one. At once: a promise, anything else, or a throw drops that
   * event, and debug says why. Calls inside it work, but what they track is dropped. From a tag, the name of a global
   * function (`data-before-send`). A part, `filter.js`; nothing is recorded without it. Default none.
   */
  beforeSend?: string | ((event: CapturedEvent) => Pick<CapturedEvent, 'name' | 'data'> | null)
  /**
   * How long a send waits that failed: network, 408, 425, 429, 5xx. The wait is drawn between nothing and a limit that doubles
   * with each failure in a row. Whatever is set, three network failures in a row end it until `online` or the next page. With `destinations` each
   * endpoint waits by itself.
   */
  retry?: {
    /** The limit after the first failure, in milliseconds. Default 1,000. */
    ms?: number
    /** The highest limit, also for what `Retry-After` asks, in milliseconds; less than 1,000 is 1,000. Default 300,000. */
    maxMs?: number
  }
  /**
   * Reasons and unknown options go to the console; without it nothing does. Loads `debug.js` first (14 KB, from beside the entry), with
   * which `reason` in an answer also says what a misspelt field or event was probably meant to be, and where `value` is not what
   * the items come to. Default false.
   */
  debug?: boolean
  /** The wasm file, where it is not beside the script. `cartbeacon/slim` has no other way to find it. */
  wasm?: WasmSource | Promise<WasmSource>
}

/** How what `capture` names is captured. A value that makes no sense is said in debug, and the default stands. */
export interface BehaviourOptions {
  /** Hosts that are the shop's as well: links there lead nowhere else. `*.shop.example` is it and all below. Default: none. */
  aliases?: string[]
  /** Endings of files, without a dot. Default: documents, tables, archives, pictures for printing, sound, film, programs. */
  extensions?: string[]
  /** The depths that make a `scroll`, in percent. Default `[90]`. */
  scrollAt?: number[]
  /** A selector of the element that scrolls instead of the page. Its depth makes the `scroll`. Default: the page. */
  scrollRoot?: string
  /** Query keys that hold a search term, before GA4's `q`, `s`, `search`, `query`, `keyword`. Default: none. */
  searchKeys?: string[]
  /** Frames of the page's own origin are watched as if they were in it. Default false. */
  frames?: boolean
  /** A `click` has `click_x` and `click_y`: where on the element it was, 0 to 1 of its width and height. Default false. */
  coordinates?: boolean
}

export interface AttributionOptions {
  /** The events that get the fields, when they are told by `track()`. Default `purchase`, `generate_lead`, `sign_up`. */
  events?: string[]
  /** Days after which a touch is forgotten, 395 at most. Default 30, as the reports of the collector look back. */
  days?: number
  /** Hosts, with all below them, that are no origin: shops of the same owner, payment services beside the known ones. */
  ignore?: string[]
  /**
   * Coming by another campaign, by its parameters or a click id, begins another session. Coming by the same one, by a search
   * or by a link does not. Default false.
   */
  newSession?: boolean
}

/** Each source is off unless it is named. What two of them see of one change counts once. */
export interface CartOptions {
  /** GA4's and Universal Analytics' ecommerce in `dataLayer`, or in the array of that name. */
  dataLayer?: boolean | string
  /** Shopify's Ajax cart API, product pages, lists and searches. Its checkout: `cartbeacon/web-pixel`. */
  shopify?: boolean
  /** WooCommerce, classic and blocks: cart, lists, searches, delivery, payment, orders. */
  woocommerce?: boolean
  /** schema.org as JSON-LD and microdata, and buttons that evidently add to a cart. Searches where the site names its SearchAction. */
  jsonLd?: boolean
  /** ISO 4217, where a source does not say. Default: none, and prices without a currency are refused. */
  currency?: string
  /** Minutes without a change that make a cart abandoned. Default 30. */
  idleMinutes?: number
  /** An order made (`order_created_at`) earlier than so many minutes ago is not told again. Default 1440. */
  orderMinutes?: number
}

export type WasmSource = string | URL | Request | Response | BufferSource | WebAssembly.Module

export interface ConsentOptions {
  /**
   * Until the shopper has chosen: `hold` keeps events in memory, `deny` drops them, an object states choices in advance.
   * Anything else means deny. Default `'hold'`.
   */
  default?: 'hold' | 'deny' | { [purpose in Purpose]?: Choice }
  /** Purposes that must all be granted before anything is stored or sent. Default `['analytics']`. */
  purposes?: Purpose[]
  /** Where the shopper is, as the shop knows it (`'US-CA'`); never guessed here. */
  region?: string
  /**
   * What goes before `default` in a region: that of `US-CA`, else that of `US`. `'grant'` is a yes to every purpose.
   * A word that is not known denies.
   */
  regions?: Record<string, ConsentOptions['default'] | 'grant'>
  /** How long `source: 'auto'` looks for platforms, in ms; time never answers for one. Default 5000. */
  waitMs?: number
  /** The shop's own number in the TCF's Global Vendor List, whose consent is then needed too. Default none. */
  vendor?: number | string
  /**
   * Whether a browser's Global Privacy Control denies `sale`; `'marketing'`: that as well. No yes outvotes it.
   * Default true.
   */
  gpc?: boolean | 'marketing'
  /** Whether a browser's Do Not Track denies everything. Default false. */
  dnt?: boolean
  /**
   * Who says what the shopper chose. Default `'api'`: calls of `consent()`. With any other, everything is held until the part
   * `cartbeacon/consent` (`consent.js`) has heard them: all in a list, or at least one with `auto`. An adapter of your own
   * names who must answer (`consent({ source: 'tcf' })`, one call for each), says that these are all
   * (`consent({ source: 'auto' })`), and passes the answers on (`consent({ source: 'tcf', analytics: 'granted' })`).
   */
  source?: 'auto' | 'api' | Platform | Platform[]
  /** The version of the policy that the shopper is shown, at most 64 bytes; every batch carries it. Default none. */
  policy?: string
  /**
   * After a no, events are counted without anybody being known: their names, and on which page (no query), hour and
   * referring site. No id, field, title or exact time leaves, and nothing is stored. For format `native`; the part
   * `anonymous.js`, in one try. Default false: whether that needs a yes where you are is for you to know.
   */
  anonymous?: boolean
}

/** Who may answer beside `consent()` calls; the most restrictive answer wins, purpose by purpose. */
export type Platform = 'tcf' | 'gpp' | 'google' | 'shopify' | 'wordpress'

export interface ForwardOptions {
  /** `gtag()`, else `dataLayer`. A text is one measurement id (`'G-…'`; `true`: all that the page has configured) or the name of another `dataLayer`. */
  ga4?: boolean | string
  /** Web Extend's `ScarabQueue`; `'commands'` leaves `go` to the page. */
  emarsys?: boolean | 'commands'
  /** Meta's `fbq()`, and TikTok's `ttq`: their standard events, under our event id. */
  meta?: boolean
  tiktok?: boolean
  /** Purposes that must be granted beside the site's; events wait for a choice, 100 at most. Default `'marketing'`. */
  purposes?: Purpose | Purpose[]
  /** Only these. Default: all but what GA4 measures by itself. */
  events?: string | string[]
}

export interface Destination {
  endpoint: string
  /** Default `'native'`. */
  format?: string
  key?: string
  /** For the formats `custom` and `pixel`. */
  mapping?: Record<string, unknown>
  /**
   * Purposes that must be granted for this one, beside those of `consent.purposes`, without which nothing is recorded at all. While
   * nobody has said, events wait; where one is denied nothing is requested, and `lost.consent_denied` counts them. Default none.
   */
  purposes?: Purpose | Purpose[]
  /** Only these events, by name. Default all. */
  events?: string | string[]
}

/** What became of the events that were meant for a destination. */
export interface DestinationStats extends Omit<Stats, 'sdkMs' | 'redacted' | 'destinations'> {
  endpoint: string
  format: string
}

export type CaptureName =
  | 'pages' | 'clicks' | 'outbound' | 'downloads' | 'forms' | 'scroll'
  | 'engagement' | 'search' | 'vitals' | 'errors' | 'impressions' | 'device' | 'rageClicks' | 'deadClicks'
