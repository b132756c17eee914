/**
 * The part behind the option `format`: batches leave in another receiver's language.
 *
 * The engine's batch stays native; here it becomes requests, and what they are answered becomes one of the outcomes that the
 * engine knows. Rules and texts are the wasm's (src/engine/wire/formats), sending is this file's.
 */

import { KEEPALIVE, requester } from './request.js'
import { asking, open as instantiate } from './wasm.js'

const RECORD = '\x1e'
const UNIT = '\x1f'
/** Two of those that `Verdict::code` has: what is not a count of refused events. */
const [RETRY, HANDED_OVER] = [-1, -5]

/** `(what, ...texts) => text`, from the wasm as text: see `run` in src/engine/wire/formats. */
const load = async (wasm) => {
  const engine = await instantiate(wasm)
  const ask = asking(engine, engine.run)
  return (what, ...texts) => ask(texts.join(RECORD), what)
}

/** What a page can't or must not speak, by name, and why. */
const REFUSED = {
  'ga4-mp': 'its api_secret is a secret, every visitor could read it; use gtag on the page',
  'meta-capi': 'its access token is a secret, every visitor could read it; send from a server',
  'tiktok-events': 'its access token is a secret, every visitor could read it; send from a server',
  elastic: 'needs an API key, which is a secret; put an endpoint of your own before it',
  kafka: 'no page can prove itself to it; put an endpoint of your own before it',
  loki: 'no page can prove itself to it; put an endpoint of your own before it',
}

/** The smaller of what the shop asked for and what the receiver takes; 0 is no limit of the receiver's. */
const least = (asked, limit) => (limit && !(asked < limit) ? limit : asked)

/**
 * Makes what the tracker calls with its options: a promise of those the engine is to be started with. `tell.send` is set,
 * `(how, text, answer)`: it sends a native batch and calls `answer(status, wait)` once. Rejects with a reason, a string.
 * `further` imports the module that knows more formats.
 */
export const opener = (wasm, further) => {
  const loading = load(wasm)
  return async function open({ format, key, ...options }, tell) {
    if (Object.hasOwn(REFUSED, format)) throw `format: ${format}: ${REFUSED[format]}`
    const run = await loading
    const text = JSON.stringify({ ...options, key })
    const plan = run(0, format, text)
    if (plan == '?') {
      if (!further) throw 'format: not a format of this build'
      return (await (await further()).part)({ format, key, ...options }, tell)
    }
    if (plan[0] == '!') throw plan.slice(1)
    const { url, bytes, events, hours, ms, dedupes } = JSON.parse(plan)
    const { batch, queue } = options
    // What may have arrived goes again only where the receiver knows it by its ids: else nothing may outlive the page.
    const { find } = tell
    tell.knows = dedupes
    if (!dedupes) tell.find = (name) => (name == 'outbox' ? Promise.resolve() : find(name))
    tell.send = sender((what, ...texts) => run(what, format, ...texts), url, text, dedupes, tell.share || KEEPALIVE)
    delete options.mapping
    return {
      ...options,
      batch: { ...batch, bytes: least(batch?.bytes, bytes), events: least(batch?.events ?? 20, events), ms: least(batch?.ms, ms) },
      queue: { ...queue, hours: least(queue?.hours, hours) },
    }
  }
}

const sender = (run, endpoint, options, dedupes, share) => {
  const url = new URL(endpoint, document.baseURI).href
  const apart = new URL(url).origin != location.origin
  const setup = JSON.stringify({ ...JSON.parse(options), url, lang: navigator.language })
  /** Events of batches that go again because of others, by their ids: these need not. 0: stored, 1: lost, 2: handed over. */
  const settled = new Map()
  const post = requester(share)
  /** Milliseconds that the receiver's clock is ahead, as far as it lets itself be read. */
  let skew = 0

  /** One request; a promise of its verdict, and of the seconds to wait. */
  const request = async (how, target, kind, body, events) => {
    // A header of the receiver's own may stand behind the type: no beacon carries it.
    const [type, own] = kind.split('\n')
    // Text needs no preflight and no type of its own; a blob of another type has one.
    const isText = type.startsWith('text/plain')
    if (how < 1 && type && !own && navigator.sendBeacon(target, isText ? body : new Blob([body], { type }))) return [HANDED_OVER]
    const opaque = !type || (how > 2 && isText)
    const init = {
      method: type ? 'POST' : 'GET',
      mode: opaque ? 'no-cors' : 'cors',
      headers: type && !isText ? [['content-type', type], ...(own ? [own.split(': ')] : [])] : [],
      body: type ? body : undefined,
    }
    try {
      let [response, said] = await post(target, init, how < 2)
      if (response.type == 'opaque') return [HANDED_OVER]
      const date = Date.parse(response.headers.get('date'))
      if (date) skew = Math.abs(date - Date.now()) > 5000 ? date - Date.now() : 0
      if (response.headers.get('x-plausible-dropped')) said = 'dropped'
      return [+run(2, response.status, events, said), +response.headers.get('retry-after')]
    } catch {
      // Nothing arrived from a browser that knows it is offline; else it may have, and only some receivers would know it again.
      return [dedupes || navigator.onLine === false ? RETRY : HANDED_OVER]
    }
  }

  return (how, text, answer) => {
    const dying = how < 1
    let ids, refused, requests
    try {
      const batch = JSON.parse(text)
      // A demand to erase: nobody else understands it.
      if (!batch.events) return answer(200)
      ids = batch.events.map(({ id }) => id)
      if (settled.size) {
        batch.events = batch.events.filter(({ id }) => !settled.has(id))
        text = JSON.stringify(batch)
      }
      const now = JSON.stringify({ dying: dying && apart ? 1 : undefined, skew })
      ;[refused, ...requests] = run(1, setup, now, text).split(RECORD)
    } catch {
      return answer(400)
    }
    Promise.all(
      requests.map(async (part) => {
        const [target, type, ids, body] = part.split(UNIT)
        const list = ids.split(',')
        const [verdict, wait] = await request(how, target, type, body, list.length).catch(() => [RETRY])
        return { list, verdict, wait }
      }),
    ).then((all) => {
      const before = ids.map((id) => settled.get(id))
      const said = all.map(({ verdict, list }) => verdict + ' ' + list.length)
      if (before.includes(2)) said.push(HANDED_OVER + ' 0')
      const lost = before.filter((what) => what == 1).length
      const [status, ...marks] = run(3, lost + +refused, said).split(' ')
      // What is settled stays settled when the others go again.
      if (marks.includes('-')) all.forEach(({ list, verdict }, at) => marks[at] == '-' || list.forEach((id, n) => settled.set(id, verdict == HANDED_OVER ? 2 : +(n < marks[at]))))
      else ids.forEach((id) => settled.delete(id))
      answer(+status, Math.max(0, ...all.map(({ verdict, wait }) => (verdict == RETRY && wait) || 0)))
    })
  }
}
