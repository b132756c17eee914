/**
 * cartbeacon: what shoppers do in a store, delivered in batches, and nothing before consent.
 *
 * The same types serve `cartbeacon`, `cartbeacon/slim` (where the option `wasm` is required), `cartbeacon/inline` and the
 * script tag's `window.cartbeacon`. What is marked "Planned" is reserved: this version notes such an option in debug mode
 * and does without. Options: options.d.ts; events and their fields: events.d.ts.
 */

import type { CommonFields, CustomFields, EventMap, Item } from './events.js'
import type { Destination, DestinationStats, Options, Platform } from './options.js'

export * from './events.js'
export * from './options.js'

/**
 * The tracker for `options.site`, at once; calls made before the wasm is ready wait in order. The same site gets the same
 * tracker, and the first call's options stand. Never throws. Without a `window` (on a server) the tracker does nothing.
 */
export function init(options: Options | (Omit<Options, 'endpoint'> & { destinations: Destination[] })): Tracker

export interface Tracker {
  /** Settles always, never rejects. Asked again after the tracker stopped by an error, it says `none` and why. */
  readonly ready: Promise<Ready>
  /**
   * A page view now. Those of navigation come by themselves: `capture.pages`. Within 500 ms of the page's last one it is
   * refused (`page: counted already`).
   */
  page(fields?: CustomFields): Answer
  /**
   * An event, of the vocabulary (typed and checked) or your own (`[a-z][a-z0-9_]{0,39}`). Never throws, never waits: it is
   * noted as it is, with its time and page, and checked, encoded and stored 100 ms later, with what else came by then. At once
   * where it is an order with a `transaction_id`, where the page is hidden or being left, where another call follows that
   * is no event, where somebody reads the answer, and with `debug`.
   * An event that was accepted is counted in `stats()` until it has arrived or is lost for a reason that has a name.
   */
  track<N extends EventName | (string & {})>(name: N, ...fields: FieldsOf<N>): Answer
  /**
   * The whole cart as it is now: the events that explain the change follow by themselves, with `cart_id`, `cart_count` and
   * `cart_total` after it. The first snapshot in a browser explains nothing. Needs the option `cart` (`{}` will do); what is
   * wrong with a snapshot is said in debug.
   */
  cart(snapshot: CartSnapshot): Answer
  /** The shopper's choices, any subset, or `'withdraw'` for all. A word that is not known is refused and grants nothing. */
  consent(update: ConsentUpdate): Answer
  /**
   * The shop's own id of a customer who logged in, 1 to 256 characters. It leaves only while `marketing` is granted.
   * `traits`: planned.
   */
  identify(userId: string, traits?: CustomFields): Answer
  /** Forgets the visitor and the cart and starts anew, as after a logout on a shared computer. What waits is still sent. */
  reset(): void
  /** Sends what may be sent, without waiting for a full batch. */
  flush(): void
  /** Where every accepted event is. `accepted` is always the sum of the others up to and including `lost`. */
  stats(): Stats
  /** Where the event of that id is (the last one without) and which signal decided consent. */
  explain(id?: string): Explanation
  /**
   * All that this browser keeps for this tracker, as it is kept, by the name of its cookie or key in local storage; an empty
   * object where nothing is. `cb_` and the site is the visit (`1.visitor.session.number.started.last.seq.choices.consented`),
   * after a `reset()` just `0`; the same with `!` the mark that there was a yes, with `!` and more what waits to be sent,
   * with `.cart` the cart (JSON). Cookies that only a server can read are not among it.
   */
  exportData(): { [name: string]: string }
  /** Deletes it, and tells the endpoint to do the same. */
  erase(): void
  /** Calls `subscriber` from now on; returns the function that ends it. What a subscriber throws hurts nobody. */
  on<T extends Topic>(topic: T, subscriber: (notice: Notices[T]) => void): () => void
  /**
   * For order events that a server sends itself; visitor and session are empty where consent is not granted, and the same
   * where `marketing` is not granted.
   */
  ids(): Ids
  /** Takes every listener, timer and observer off the page; `init` afterwards starts a new tracker. */
  shutdown(): void
}

/** `wasm`: at work. `js`: planned. `none`: nothing is recorded, and `reason` says what to repair. */
export interface Ready {
  engine: 'wasm' | 'js' | 'none'
  /** For people, as in `CSP: script-src needs 'wasm-unsafe-eval'` or `endpoint: not a URL`. */
  reason?: string
}

/** What came of a call. The engine hears of an event at the latest when one of these is read; `{ ...answer }` reads them all. */
export interface Answer {
  /** UUID v7 of the event; empty where there is none. */
  id: string
  accepted: boolean
  /** Why it was refused, the field first (`items[2].price: negative`); where it was accepted, a remark, or empty. */
  reason?: string
}

// Consent
/**
 * What each decides: all of `purposes` granted (by default `analytics`), events leave with page, referrer, session, visitor
 * and login id; else nothing leaves. `marketing` not granted: the same without login id and click ids, and the visitor's id is the session's.
 * `preferences` and `sale` are stated in every batch for the receiver.
 */
export type Purpose = 'analytics' | 'marketing' | 'preferences' | 'sale'
export type Choice = 'granted' | 'denied'
/** `source` is for code that passes on what a consent platform says; without it, it is the shop's own word. */
export type ConsentUpdate = ({ [purpose in Purpose]?: Choice } & { source?: 'api' | 'auto' | Platform }) | 'withdraw'
/** `pending`: the shopper has not chosen. `withdrawn`: a yes was taken back, and everything stored is gone. */
export type ConsentState = 'pending' | 'granted' | 'denied' | 'withdrawn'

export interface ConsentReport {
  state: ConsentState
  /** The signal that decided, or `auto` or the platform that is waited for. */
  source: string
  purposes: Purpose[]
  /** The same for each purpose: `{ analytics: 'tcf', sale: 'gpc', … }`. */
  decided: { [purpose in Purpose]: string }
}

// Answers to questions, and what subscribers hear
export interface Stats {
  /** Well-formed events so far. */
  accepted: number
  /** Waiting for the shopper's choice, or for the engine. */
  held: number
  /** Waiting to be sent. */
  queued: number
  /** Sent and not answered yet. */
  inDoubt: number
  /** Taken by the browser, and nobody can know more. */
  handedOver: number
  /** Confirmed by the endpoint. */
  acknowledged: number
  lost: { [reason in LossReason]?: number }
  /** Of bodies, packed ones as they left. */
  bytesSent: number
  batches: number
  /** Milliseconds of the main thread spent in the engine. */
  sdkMs: number
  /** What the firewall replaced since the page was loaded; a page's own URL, title and referrer once as long as they stay. */
  redacted: { [kind in 'email' | 'phone' | 'card' | 'iban' | 'token' | 'id' | 'removed']?: number }
  /** In the order of the option, with which the counters above end at `handedOver`; else missing. */
  destinations?: DestinationStats[]
}

/** `no_engine`: accepted while it was loading, and then it could not. */
export type LossReason =
  | 'consent_denied' | 'withdrawn' | 'queue_full' | 'expired' | 'oversize' | 'rejected' | 'filtered' | 'no_engine'

export interface Explanation {
  /** Missing or empty where there was no event yet. */
  id?: string
  /** A reason of loss where the event is lost; `unknown` for an id that this page knows nothing of. */
  state: 'held' | 'queued' | 'sent' | 'inDoubt' | 'lost' | 'unknown' | LossReason
  /** Why there is no engine, where there is none. */
  reason?: string
  /** Missing until the engine is ready. */
  consent?: ConsentReport
}

export interface Ids {
  visitor: string
  session: string
  consent: ConsentState
}

export type Topic = keyof Notices

export interface Notices {
  /** An event was accepted; `t` is its time, in ms. */
  event: { id: string; t: number; state: string; name: string; data: Record<string, unknown> }
  /** A batch of so many events was sent (`bytes`), or what became of it is known (`status`, 0 where the network failed). */
  batch: { id: string; state: string; events: number; attempt: number; bytes?: number; status?: number }
  /** Events were lost, all for the same reason. */
  loss: { reason: LossReason; count: number }
  /** What may be recorded changed. */
  consent: ConsentReport
  /**
   * The visitor's `n`th session, begun at `started` (ms): told with the first event that this page records in it, so once on
   * each page, and again when another session begins while the page is open, in this tab or another one.
   */
  session: { id: string; n: number; started: number }
}

/** An event as `beforeSend` sees it. */
export interface CapturedEvent {
  name: string
  data: Record<string, unknown>
  /** When it happened, in ms since 1970. */
  t: number
  /** Where it happened. What is changed here is not read. */
  page: { url: string; title: string; referrer: string }
}

// Events: see events.d.ts
export interface CartSnapshot extends CommonFields {
  /** All lines of the cart; none when it is empty. 200 at most. */
  items: Item[]
}

export type EventName = keyof EventMap

/** The fields of `track(name, …)`: required where the event needs some, free for a name of your own. */
export type FieldsOf<N extends string> = N extends EventName
  ? {} extends EventMap[N]
    ? [fields?: EventMap[N]]
    : [fields: EventMap[N]]
  : [fields?: CustomFields]

// The script tag
/**
 * `cartbeacon('track', 'login', { method: 'mail' })`: every method of the tracker by its name. Before the script has
 * loaded, the stub keeps the call and returns nothing.
 */
export interface CommandFunction {
  <C extends Command>(command: C, ...args: Parameters<Tracker[C]>): ReturnType<Tracker[C]> | undefined
  /** There from the moment the script has loaded. */
  readonly tracker?: Tracker
}

export type Command = Exclude<keyof Tracker, 'ready'>

declare global {
  interface Window {
    cartbeacon?: CommandFunction
  }
}
