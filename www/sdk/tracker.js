/**
 * The tracker a page holds: the same object for the script tag and every npm entry.
 *
 * It decides nothing about events. It turns arguments into text, keeps early calls in order until the wasm is ready, hands
 * each to the engine once, and hands the engine's answers and notices back. Nothing here throws into the page.
 */

import { broken, guard } from './belt.js'
import * as engine from '#engine'
import { attach, begin, catchUp, feed, note } from '../../src/edge/driver.js'
import { TOPICS, close, facts, heed, json, random } from '../../src/edge/page.js'
import { kept, keyOf } from '../../src/edge/store.js'
import { choices, configure } from './config.js'
import { context as contextOfNow, orderId, uuid7 } from './early.js'
import { encode, short } from './encode.js'
import { load } from './load.js'
import { terms } from './terms.js'

/** A command's place is its number among what the engine hears, where `on` is `subscribe`; what has no number comes last. */
const COMMANDS = 'track page consent identify reset flush erase on shutdown explain ids stats cart exportData'.split(' ')
const IDENTIFY = 3
const RESET = 4
const SUBSCRIBE = 7
const SHUTDOWN = 8

/** How a command's arguments become the engine's, which are text; other commands have none. Throws a reason where they can't. */
const ARGUMENTS = {
  track: (remarks, name, fields) => [short(name), encode(fields, 'fields', remarks)],
  page: (remarks, fields) => ['', encode(fields, 'fields', remarks)],
  consent: (remarks, update) => {
    const said = JSON.parse(encode(update, 'consent', remarks) || '""')
    const [bits, source] = said == 'withdraw' ? [] : choices(said)
    return [source >= 0 ? source * 256 + bits + '' : '']
  },
  identify: (remarks, id) => [encode(id, 'userId', remarks)],
  explain: (remarks, id) => [short(id)],
}

/** In the engine's order. */
const COUNTERS = 'accepted held queued inDoubt handedOver acknowledged lost bytesSent batches sdkMs'.split(' ')
const counters = (list) => Object.fromEntries(COUNTERS.map((name, place) => [name, list[place] || 0]))

/** More calls than this do not wait for an engine that is still loading; as many as `queue.events` keeps by default. */
const EARLY = 500

/** Nothing starts without a part, or only after it was awaited. */
const REQUIRED = 1
const AWAITED = 2

/**
 * The parts that options ask for: the name, when, and whether it is required or awaited. Else nothing waits for it. What cannot be
 * had is said in debug. A part's module exports it as `part`, perhaps a promise, or `make(tracker, options, tell)`; the edge finds
 * it by its name on `tell`, the function that it tells everything. `tell.find(name)` is a promise of another part, `tell.key()`
 * what tells the page on screen from others.
 *
 * What a part puts into the set `tell.heeds` is called as `heed(what, event, number)` with all that the engine hears (the
 * numbers of src/edge/page.js), before the engine does. So what it tracks then is still of the page that is being left, and
 * in what leaves with a page that is being hidden: VISIBILITY (look at `document.hidden`), LEAVE, and PAGE for each change of the
 * address, of which `number` is the reason. All may come twice. Numbers below LEAVE are the commands that are
 * no event, with their first argument as the engine takes it. Without arguments: this is the end, take everything off the page.
 */
export const PARTS = [
  ['gzip', ({ compress }) => compress === true],
  ['privacy', ({ privacy }) => privacy !== false && privacy?.redact !== false, REQUIRED],
  ['sources', ({ cart }) => cart],
  ['formats', ({ format }) => format && format != 'native', REQUIRED],
  ['destinations', ({ destinations }) => destinations, REQUIRED],
  ['filter', ({ beforeSend, before }) => beforeSend || before, REQUIRED],
  ['cookie', ({ cookie }) => cookie?.server, AWAITED],
  ['forward', ({ forward }) => forward, AWAITED],
  ['anonymous', ({ consent }) => consent?.anonymous === true],
  ['debug', ({ debug }) => debug, AWAITED],
  ['visits', ({ attribution }) => attribution, AWAITED],
  ['linker', ({ linker }) => linker, AWAITED],
  ['sampling', ({ sample = 1 }) => sample !== 1, AWAITED],
]
/** What is captured beside pages and clicks: fetched when all is ready. It knows the words. */
const LATE = ['behaviour', ({ capture }) => ![capture].flat().every((word) => /^(pages|clicks|false|)$/.test(word))]

/**
 * The command function of the tracker for `options.site`, made at the first call; its `tracker` is the object style.
 * Copies of this code on one page (tag and npm) find each other by the symbol, so that no visitor counts twice.
 */
export const start = (options, findWasm, findPart) => {
  options ||= {}
  const trackers = (globalThis[Symbol.for('cartbeacon')] ||= new Map())
  const site = options.site || options.endpoint
  if (!trackers.has(site)) trackers.set(site, create(options, findWasm, findPart, () => trackers.delete(site)))
  return trackers.get(site)
}

const create = ({ wasm, ...options }, findWasm, findPart, forget) => {
  const subscribers = TOPICS.map(() => new Set())
  let wanted = 0
  /** Calls before the engine is ready: what `enter` takes. */
  const early = []
  /** What the tracker has on the page, once there is an engine. */
  let page
  /** A promise of the part that knows carts, where an option asks for it. */
  let carts
  /** Why there is no engine. */
  let gone = ''
  /** Where the events are that were said yes to here; once it is ready, the engine knows better. */
  let where = 'held'
  let accepted = 0

  const trouble = () => broken() || gone
  const enter = guard((method, a) => {
    if (method < SUBSCRIBE && page._isOver) return '!tracker: shut down'
    heed(tell, method, a)
    const said = feed(page, method, a)
    if (method == SHUTDOWN) close(page)
    return said
  })
  const settle = guard(() => catchUp(page))

  /** Hands a call to the engine; an event soon, or when somebody looks at what it is answered. */
  const hand = (method, a, b, context, remark) => {
    if (method > 1 || page._isOver) return answer(enter(method, a), remark)
    let said
    note(page, method, a, b, context && json(context), (text) => {
      // An event's id and a field.
      if (/^[^!]+ /.test(text)) text += ": rounded to the currency's minor unit"
      said = answer(tell.debug ? tell.debug(text, method, a, b) : text, remark)
    })
    const get = (field) => (said || settle() || said || answer())[field]
    return {
      get id() {
        return get('id')
      },
      get accepted() {
        return get('accepted')
      },
      get reason() {
        return get('reason')
      },
    }
  }

  /** Keeps a call until the engine is ready, and answers in the engine's way. */
  const keep = (method, a, b, context = contextOfNow()) => {
    if (early.length >= EARLY) return '!queue: full until the engine is ready'
    context.id ||= method < 2 ? uuid7(context.t) : ''
    early.push([method, a, b, context])
    return context.id + ' queued until the engine is ready'
  }

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

  const tellWanted = () => page && feed(page, SUBSCRIBE, '', wanted)

  const on = (topic, subscriber) => {
    const place = TOPICS.indexOf(topic)
    if (place < 0) refuse('on: unknown topic')
    else {
      subscribers[place].add(subscriber)
      wanted |= 1 << place
      tellWanted()
    }
    return () => subscribers[place]?.delete(subscriber)
  }

  /** The engine answers with '!' and a reason, or the event's id, '' where there is none, and perhaps a blank and a remark. */
  const answer = (text = '', remark) => {
    if (trouble() || text[0] == '!') return refuse(trouble() || text.slice(1))
    const [id, ...words] = text.split(' ')
    if (id) accepted++
    return { id, accepted: true, reason: remark || words.join(' ') }
  }

  /** The answers where there is no engine to ask. `stats` adds up here too. */
  const idle = {
    stats: () => ({
      ...counters([accepted]),
      lost: {},
      redacted: {},
      [where]: where == 'lost' ? { no_engine: accepted } : accepted,
    }),
    explain: (id) => ({ id, state: where, reason: trouble() }),
    ids: () => ({ visitor: '', session: '', consent: 'pending' }),
  }

  const run = (command, values, context) => {
    const method = COMMANDS.indexOf(command)
    if (method < 0) return refuse('command: unknown')
    if (method == SUBSCRIBE) return on(...values)
    // What is there is shown, whoever has put it there and whatever works today.
    if (command == 'exportData') return kept(keyOf(options.site))
    const live = where == 'inDoubt'
    try {
      const remarks = []
      let [a = '', b = ''] = ARGUMENTS[command]?.(remarks, ...values) || []
      // By the hook of www/sdk/filter.js: dropped.
      if (tell.inside) b = '-'
      if (idle[command]) {
        const text = live && enter(method, a)
        if (!text || text[0] == '!') return idle[command](a)
        const found = JSON.parse(text)
        return command == 'stats' ? { ...counters([...found, page._spent]), redacted: { ...tell.privacy?.redacted }, ...tell.lanes?.() } : found
      }
      if (command == 'cart') {
        if (!carts) throw 'cart: needs the option cart'
        carts.then((part) => part.cart(...values)).catch(refuse)
        return answer('')
      }
      if (method == SHUTDOWN) {
        heed(tell)
        forget()
        tell.sources?.()
      }
      if (remarks[0]) notify('debug', remarks[0])
      const order = a == 'purchase' && values[1]?.transaction_id
      if (order) context = { ...(context || contextOfNow()), id: orderId(options.site || '', order) }
      if (trouble() || !live) return answer(trouble() || keep(method, a, b, context), remarks[0])
      const said = hand(method, a, b, context, remarks[0])
      // An order is kept before anything else happens.
      if (order || tell.debug) settle()
      return said
    } catch (reason) {
      return refuse(reason)
    }
  }

  const tell = (topic, payload) => notify(topic, JSON.parse(payload))
  tell.run = run
  tell.key = () => JSON.parse(facts({ _notify: tell })).key
  tell.domain = options.cookie?.domain

  /** Puts a part where the edge finds it. A promise of one that must be there. */
  const getPart = ([name, isAsked, isRequired]) => {
    if (!isAsked(options)) return
    const got = findPart(name)
      .then(async ({ part, make }) => (tell[name] = await (make ? make(tracker, options, tell) : part)))
      .catch((error) => {
        throw name + ': ' + error
      })
    if (name == 'sources') carts = got
    const safe = isRequired == REQUIRED ? got : got.catch(refuse)
    return isRequired && safe
  }

  /** How the edge gets the part that is wanted once consent allows it, and a part another. */
  tell.find = (name) => getPart([name, () => true, REQUIRED]).catch(refuse)

  const open = async () => {
    try {
      if (typeof document == 'undefined') throw 'no window'
      await Promise.all([load(wasm || findWasm()), ...PARTS.map(getPart)])
      // Another receiver's format, or several, take their options off and set limits: see foreign.js and destinations.js.
      const ours = (await (tell.destinations || tell.formats)?.(options, tell)) || options
      const notes = []
      const config = configure({ ...ours, consent: terms(ours.consent || {}) }, (reason) => notes.push({ reason }))
      // A page that is only being prepared may never be seen: its calls wait like early ones until it is.
      if (document.prerendering) await new Promise((shown) => document.addEventListener('prerenderingchange', shown, { once: true }))
      // The page view that comes with it is of the one who was named before there was an engine.
      const [method, user] = early.find(([method]) => method == IDENTIFY || method == RESET) || []
      const number = guard(engine.start)(json(Object.values(config)), document, ...random(4))
      page = attach(number, guard((...input) => engine.enter(number, ...input), true), tell, config)
      tellWanted()
      begin(page, () => method == IDENTIFY && enter(IDENTIFY, user))
      if (broken()) throw broken()
      for (const note of notes) notify('debug', note)
      // From here on the engine counts. A call made during the replay, by a subscriber, joins the end of the line.
      accepted = 0
      for (const call of early) hand(...call)
      where = 'inDoubt'
      settle()
      early.length = 0
      getPart(LATE)
    } catch (reason) {
      where = 'lost'
      refuse((gone = String(reason)))
    }
  }

  if (options.debug) on('debug', (what) => console.warn('cartbeacon:', what.reason || what))
  const opened = open()
  const tracker = {
    /** Settles always, and says `none` for a tracker that has stopped since. */
    get ready() {
      return opened.then(() => (trouble() ? { engine: 'none', reason: trouble() } : { engine: 'wasm' }))
    },
  }
  for (const command of COMMANDS) tracker[command] = (...values) => run(command, values)
  run.tracker = tracker
  return run
}
