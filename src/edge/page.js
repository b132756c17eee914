// What the engine needs of the page and is one line here. Nothing in this file decides anything or throws.

const quietly = (work) => {
  try {
    return work()
  } catch {
    // Blocked storage, a sandboxed frame, a page that broke its own globals: an ordinary day in a shop.
  }
}

export const wall = () => Date.now()
export const mono = () => performance.now()
export const seed = () => crypto.getRandomValues(new Uint32Array(4))

/** JSON text; lone surrogates, which no decoder takes, become U+FFFD. */
const json = (value) => JSON.stringify(value).replace(/\\ud[89a-f]../g, '\\ufffd')

/** URL, title and referrer, escaped as in JSON, a line each. */
export const facts = () => [location.href, document.title.replace(/\s+/g, ' '), document.referrer].map((text) => json(text).slice(1, -1)).join('\n')

/** Why the first page is on screen; empty while it is only being prepared. */
export const reason = () => {
  const entry = performance.getEntriesByType('navigation')[0] || {}
  return document.prerendering ? '' : entry.activationStart > 0 ? 'prerender' : entry.type || 'navigate'
}

/** The elements under an event, innermost first, as far up as ten. */
export const path = (event) => {
  const list = []
  for (const node of event.composedPath()) {
    if (node.nodeType !== 1 || list.length > 9) continue
    const get = (name) => node.getAttribute(name) || undefined
    const data = {}
    for (const { name, value } of node.attributes) if (name.startsWith('data-cb-')) data[name.slice(8)] = value
    const tag = node.localName
    list.push({
      tag,
      id: get('id'),
      role: get('role'),
      name: get('name'),
      href: get('href'),
      type: get('type'),
      autocomplete: get('autocomplete'),
      // The text of anything large is not what was clicked.
      text: node.childElementCount < 4 && !/^(input|select|textarea|body)$/.test(tag) ? node.textContent.trim().slice(0, 100) : undefined,
      data,
    })
  }
  return json(list)
}

const on = (target, names, handler) => {
  const options = { capture: true, passive: true }
  for (const name of names) target.addEventListener(name, handler, options)
  return () => names.forEach((name) => target.removeEventListener(name, handler, options))
}

/** Passive listeners in the capture phase for all that the driver wants to hear of; answers how to take them off. */
export const listen = (handler) => {
  const undo = [
    on(document, ['click', 'visibilitychange', 'freeze', 'resume', 'prerenderingchange'], handler),
    on(window, ['pagehide', 'pageshow', 'online'], handler),
  ]
  return () => undo.forEach((f) => f())
}

/** Calls `tell(type)` after the URL changed: the Navigation API where present, else a patched history. */
export const navigation = (tell) => {
  const api = window.navigation
  if (api) return on(api, ['currententrychange'], (event) => event.navigationType && tell(event.navigationType))
  const undo = ['push', 'replace'].map((type) => {
    const name = type + 'State'
    const original = history[name]
    const patched = function () {
      const result = original.apply(this, arguments)
      tell(type)
      return result
    }
    history[name] = patched
    // Somebody may have patched over us: then the chain stays as it is, and `tell` is dead.
    return () => history[name] === patched && (history[name] = original)
  })
  const traverse = () => tell('traverse')
  undo.push(on(window, ['popstate', 'hashchange'], traverse))
  return () => undo.forEach((f) => f())
}

/** Whether Resource Timing shows the status of a beacon to this endpoint. */
export const sees = (endpoint) =>
  !!quietly(
    () =>
      new URL(endpoint, location.href).origin === location.origin &&
      'responseStatus' in PerformanceResourceTiming.prototype &&
      PerformanceObserver.supportedEntryTypes.includes('resource'),
  )

/**
 * Sends a body: `how` is 0 for a beacon (with keepalive fetch behind it), 1 for a keepalive fetch, 2 for a plain one.
 * `answer(send, status, retryAfterMs)` is called once; status -1 is "not taken", -2 "taken, nothing more is known yet".
 */
export const send = (url, body, how, mark, send, answer) => {
  let refused
  if (how < 1) {
    // The fragment never goes on the wire; it ties the resource entry to the batch.
    if (quietly(() => navigator.sendBeacon(url + mark + send, body))) return answer(send, -2, -1)
    refused = true
  }
  const failed = () => answer(send, refused ? -1 : 0, -1)
  const request = quietly(() => fetch(url, { method: 'POST', body, keepalive: how < 2 }))
  if (!request) return failed()
  request.then((response) => {
    const wait = Number(response.headers.get('retry-after'))
    // Chromium gives the keepalive quota back only when the body has been read.
    response.text().then(
      () => answer(send, response.status, wait > 0 ? wait * 1000 : -1),
      () => answer(send, response.status, -1),
    )
  }, failed)
}

/** Watches for the outcome of marked beacons until the function returned is called. */
export const watch = (mark, answer) => {
  const observer = new PerformanceObserver((list) => {
    for (const { name, responseStatus } of list.getEntries()) {
      const at = name.lastIndexOf(mark)
      if (at > 0) answer(+name.slice(at + mark.length), responseStatus, -1)
    }
  })
  observer.observe({ type: 'resource' })
  return () => observer.disconnect()
}

export const load = (medium, key) =>
  quietly(() =>
    medium ? localStorage.getItem(key) : document.cookie.split('; ').find((pair) => pair.startsWith(key + '='))?.slice(key.length + 1),
  ) || undefined

const cookie = (key, value, days) =>
  (document.cookie = `${key}=${value};path=/;max-age=${days * 86400};samesite=lax` + (location.protocol === 'https:' ? ';secure' : ''))

export const save = (medium, key, value, days) =>
  quietly(() => (medium ? localStorage.setItem(key, value) : cookie(key, value, days)))

export const erase = (medium, key) => quietly(() => (medium ? localStorage.removeItem(key) : load(0, key) && cookie(key, '', 0)))
