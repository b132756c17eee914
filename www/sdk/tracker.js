/**
 * The tracker a page holds: the same object for the script tag and every npm entry.
 *
 * It decides nothing about events. It turns arguments into text, keeps early calls in order until the wasm is ready, hands
 * each to the engine once, and hands the engine's answers and notices back. Nothing here throws into the page.
 */

import { broken, guard } from './belt.js'
import { here, uuid7 } from './early.js'
import { encode } from './encode.js'
import { load } from './load.js'

/** Every command and its arguments, as the engine takes them and as reasons name them. */
const COMMANDS = {
  page: ['fields'],
  track: ['name', 'fields'],
  cart: ['snapshot'],
  consent: ['consent'],
  identify: ['userId', 'traits'],
  explain: ['id'],
  reset: [],
  flush: [],
  erase: [],
  shutdown: [],
  stats: [],
  exportData: [],
  ids: [],
  on: [],
}
const NAMES = Object.keys(COMMANDS)

/** A topic's place is its bit in `Engine.subscribe`. */
const TOPICS = ['event', 'batch', 'loss', 'consent', 'session', 'debug']
/** More calls than this do not wait for an engine that is still loading; as many as `queue.events` keeps by default. */
const EARLY = 500
const WAITS = 'queued until the engine is ready'

/**
 * The command function of the tracker for `options.site`, made at the first call; its `tracker` is the object style.
 * Copies of this code on one page (tag and npm) find each other by the symbol, so that no visitor counts twice.
 */
export const start = (options, findWasm) => {
  options ||= {}
  const trackers = (globalThis[Symbol.for('cartbeacon')] ||= new Map())
  const site = options.site || options.endpoint
  if (!trackers.has(site)) trackers.set(site, create(options, findWasm, () => trackers.delete(site)))
  return trackers.get(site)
}

const create = ({ wasm, beforeSend, ...options }, findWasm, forget) => {
  const subscribers = TOPICS.map(() => new Set())
  let wanted = 0
  /** Calls before the engine is ready: command, the engine's arguments, context. */
  const early = []
  let engine
  /** Why there is no engine. */
  let gone = ''
  /** Where the events are that were said yes to here; once it is ready, the engine knows better. */
  let where = 'held'
  let accepted = 0

  const trouble = () => gone || broken()
  const enter = guard((command, args) => engine[command](...args))

  const notify = (topic, payload) => {
    for (const subscriber of subscribers[TOPICS.indexOf(topic)])
      try {
        subscriber(payload)
      } catch (error) {
        if (topic != 'debug') notify('debug', error)
      }
  }

  const refuse = (reason) => {
    notify('debug', reason)
    return { id: '', accepted: false, reason }
  }

  const on = (topic, subscriber) => {
    const place = TOPICS.indexOf(topic)
    if (place < 0) refuse('on: unknown topic')
    else {
      subscribers[place].add(subscriber)
      wanted |= 1 << place
      if (engine) enter('subscribe', [wanted])
    }
    return () => subscribers[place]?.delete(subscriber)
  }

  const keep = (command, args, context = here()) => {
    if (early.length >= EARLY) return refuse('queue: full until the engine is ready')
    if (/^(page|track|cart)$/.test(command)) {
      context.id = uuid7(context.t)
      accepted++
    }
    early.push([command, args, context])
    return { id: context.id || '', accepted: true, reason: WAITS }
  }

  /** The engine answers with the event's id and perhaps a remark, with '' where there is no event, or with '!' and a reason. */
  const perform = (command, args, context) => {
    const answer = enter(command, [...args, context ? JSON.stringify(context) : '']) || ''
    if (broken() || answer[0] == '!') return refuse(broken() || answer.slice(1))
    if (answer) accepted++
    if (command == 'shutdown') forget()
    return { id: answer.slice(0, 36), accepted: true, reason: answer.slice(37) }
  }

  /** The answers where there is no engine to ask. `stats` adds up here too. */
  const idle = {
    stats: () => ({
      accepted,
      held: 0,
      queued: 0,
      inDoubt: 0,
      handedOver: 0,
      acknowledged: 0,
      lost: {},
      bytesSent: 0,
      batches: 0,
      sdkMs: 0,
      [where]: where == 'lost' ? { no_engine: accepted } : accepted,
    }),
    explain: (id) => ({ id, state: where, reason: trouble() || WAITS, consent: { state: 'pending', source: '', purposes: [] } }),
    exportData: () => ({}),
    ids: () => ({ visitor: '', session: '', consent: 'pending' }),
  }

  const run = (command, values, context) => {
    if (!NAMES.includes(command)) return refuse('command: unknown')
    if (command == 'on') return on(...values)
    const live = where == 'inDoubt'
    try {
      const args = COMMANDS[command].map((label, place) => encode(values[place], label))
      if (idle[command]) return (live && enter(command, args)) || idle[command](...args)
      return trouble() ? refuse(trouble()) : (live ? perform : keep)(command, args, context)
    } catch (reason) {
      return refuse(reason)
    }
  }

  const open = async () => {
    try {
      const text = JSON.stringify(options)
      if (beforeSend && typeof beforeSend != 'function') throw 'beforeSend: not a function'
      if (typeof document == 'undefined') throw 'no window'
      const Engine = await load(wasm || findWasm())
      guard(() => {
        engine = new Engine(text, notify, beforeSend)
        gone = engine.problem()
        if (gone) return
        engine.subscribe(wanted)
        engine.start()
      })()
      if (trouble()) throw trouble()
      // From here on the engine counts. A call made during the replay, by a subscriber, joins the end of the line.
      accepted = 0
      for (const call of early) perform(...call)
      early.length = 0
      where = 'inDoubt'
    } catch (reason) {
      where = 'lost'
      refuse((gone = String(reason)))
    }
  }

  if (options.debug) on('debug', (what) => console.warn('cartbeacon:', what))
  const opened = open()
  const tracker = {
    /** Settles always, and says `none` for a tracker that has stopped since. */
    get ready() {
      return opened.then(() => (trouble() ? { engine: 'none', reason: trouble() } : { engine: 'wasm' }))
    },
  }
  for (const command of NAMES) tracker[command] = (...values) => run(command, values)
  run.tracker = tracker
  return run
}
