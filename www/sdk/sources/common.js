/** What the sources share: a seat belt, numbers out of texts, and requests that are heard without being touched. */

/** Nothing that fails in here reaches the shop. */
export const guard = (call) => (...args) => {
  try {
    return call(...args)
  } catch {
    // What could not be read was not there.
  }
}

/** What ../forward.js told other tools carries this, unseen, so that no source of ours reads it back. */
const MARK = Symbol.for('cartbeacon.forwarded')
export const marked = (object) => Object.defineProperty(object, MARK, { value: true })
export const isMarked = (object) => !!object?.[MARK]

const MONEY = ['value', 'price', 'discount', 'tax', 'shipping']

/**
 * A price as shops write it (`1.234,50 €`, `$1,234.50`, `1 234,5`), as decimal text; a number as it is. What stands last of
 * point and comma separates the fraction, unless three digits follow it and it is a comma or stands there twice.
 */
export const decimal = (value) => {
  if (typeof value == 'number') return isFinite(value) ? value : undefined
  // The first number; blanks and apostrophes only between groups of three digits.
  const text = String(value ?? '').match(/-?[.,]?\d+(?:[\s'’]\d{3}(?!\d)|[.,]\d+)*/)?.[0].replace(/[\s'’]/g, '')
  if (!text) return
  const mark = text.match(/[.,](?=[^.,]*$)/)?.[0]
  const parts = text.split(mark || ' ')
  const fraction = parts.length > 1 ? parts.pop() : ''
  const whole = parts.join('').replace(/[.,]/g, '')
  const grouped = fraction.length == 3 && (mark == ',' || parts.length > 1)
  return grouped ? whole + fraction : (whole || '0') + (fraction && '.' + fraction)
}

/** Minor units, as shop systems give them, as decimal text: 1950 of two digits is `19.50`. */
export const minor = (units, digits = 2) => {
  const text = String(Math.abs(Math.round(units))).padStart(digits + 1, '0')
  const at = text.length - digits
  return (units < 0 ? '-' : '') + text.slice(0, at) + (digits ? '.' + text.slice(at) : '')
}

/** Fields that an event may have: money as decimals, items as flat objects, nothing that is empty. */
export const clean = (fields, currency) => {
  const out = flat(fields)
  if (Array.isArray(fields.items)) {
    out.items = fields.items.filter((item) => item && typeof item == 'object').map(flat)
    // The whole event has one; many shops put it on the items alone.
    out.currency ||= out.items.find((item) => item.currency)?.currency
    for (const item of out.items) if (item.quantity !== undefined && !(item.quantity >= 1)) delete item.quantity
  }
  out.currency ||= currency
  if (out.currency) out.currency = String(out.currency).toUpperCase()
  else delete out.currency
  for (const item of out.items || []) if (item.currency) item.currency = String(item.currency).toUpperCase()
  return out
}

const flat = (fields) => {
  const out = {}
  for (const [name, value] of Object.entries(fields)) {
    if (!name || name.length > 40 || value == null || value === '' || typeof value == 'object' || typeof value == 'function') continue
    const known = MONEY.includes(name) ? decimal(value) : typeof value == 'number' && !isFinite(value) ? undefined : value
    if (known !== undefined) out[name] = known
  }
  return out
}

/** The page's own functions, for requests of ours. */
const taps = new Set()
let untap
let own

/** A request of ours to the shop's own server, which no tap hears. */
export const ask = async (url) => {
  const response = await (own || fetch)(url, { credentials: 'same-origin', headers: { accept: 'application/json' } })
  return response.ok ? response.json() : undefined
}

/**
 * Calls `hear(path, body, answer)` for every answered request of the page whose path `wanted` matches: fetch and XHR. The
 * page's request and response are not touched: what is read is a copy. Returns what ends it.
 */
export const tap = (wanted, hear) => {
  const entry = { wanted, hear: guard(hear) }
  taps.add(entry)
  if (!untap) untap = patch()
  return () => {
    taps.delete(entry)
    if (!taps.size && untap()) untap = undefined
  }
}

const pathOf = (url) => new URL(url, location.href).pathname
const heard = (url) => [...taps].filter(({ wanted }) => wanted.test(pathOf(url)))

/** What was posted, as an object where it can be read at once. */
const posted = (body) => {
  if (typeof body == 'string') return body[0] == '{' ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
  return body instanceof FormData || body instanceof URLSearchParams ? Object.fromEntries(body) : {}
}

const patch = () => {
  const { fetch } = window
  own = fetch.bind(window)
  const onAnswer = guard(async (entries, url, body, response) => {
    if (!response.ok) return
    const answer = await response.clone().json().catch(() => {})
    const said = guard(posted)(await body) || {}
    for (const { hear } of entries) hear(pathOf(url), said, answer || {})
  })
  const tapped = function (input, init) {
    const sent = fetch.apply(this, arguments)
    guard(() => {
      const url = input.url || String(input)
      const entries = heard(url)
      if (!entries.length) return
      // Registered before the page's own reader, so that there still is something to copy.
      sent.then((response) => onAnswer(entries, url, init?.body, response)?.catch(() => {}), () => {})
    })()
    return sent
  }
  window.fetch = tapped
  const { open, send } = XMLHttpRequest.prototype
  const urls = new WeakMap()
  const opened = function (method, url) {
    urls.set(this, url)
    return open.apply(this, arguments)
  }
  const sent = function (body) {
    guard(() => {
      const entries = heard(urls.get(this))
      if (!entries.length) return
      const done = guard(() => {
        if (this.status < 200 || this.status > 299) return
        const answer = this.responseType == 'json' ? this.response : guard(JSON.parse)(this.responseText)
        for (const { hear } of entries) hear(pathOf(urls.get(this)), guard(posted)(body) || {}, answer || {})
      })
      this.addEventListener('load', done, { once: true })
    })()
    return send.apply(this, arguments)
  }
  Object.assign(XMLHttpRequest.prototype, { open: opened, send: sent })
  /** False where somebody has wrapped us since: then we stay and listen to nobody. */
  return () => {
    const proto = XMLHttpRequest.prototype
    if (window.fetch != tapped || proto.open != opened || proto.send != sent) return false
    window.fetch = fetch
    Object.assign(proto, { open, send })
    return true
  }
}

/**
 * Calls `hear(form, fields, submitter)` for a form that is posted, after the shop's own listeners have had their say; with
 * `always`, also where one of them keeps the browser from it.
 */
export const onSubmit = (hear, always) => {
  const listen = guard((event) => {
    const { target: form, submitter, defaultPrevented } = event
    if ((defaultPrevented && !always) || form.closest('[data-cb-ignore]')) return
    hear(form, new FormData(form), submitter)
  })
  // On the window, in the bubbling phase: last.
  addEventListener('submit', listen)
  return () => removeEventListener('submit', listen)
}

/** Calls now where the document is read, else when it is. */
export const whenRead = (call) => {
  if (document.readyState != 'loading') call()
  else document.addEventListener('DOMContentLoaded', call, { once: true })
}
