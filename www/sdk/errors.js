/**
 * The part behind `errors` of the option `capture`: scripts that fail, and promises that nobody caught, as events. Texts go
 * through the firewall like all others.
 *
 * What failed before this part was there is not known: it is fetched once all else is ready.
 */

/** Different errors of one page; the same again is not told. */
const MOST = 10

/** FNV-1a of 32 bits (https://datatracker.ietf.org/doc/html/draft-eastlake-fnv), as eight hexadecimal digits. */
export const hash = (text) => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x1000193)
  return (hash >>> 0).toString(16).padStart(8, 0)
}

const bare = (url) => url.split(/[?#]/)[0]

/**
 * The frames of a stack as `function@file:line:column`, without what differs between engines and between two loads of the
 * same file: V8 writes `at name (url:1:2)`, the others `name@url:1:2`.
 */
export const frames = (stack) =>
  String(stack || '')
    .split('\n')
    .map((line) => /^\s*(?:at )?(?:async )?(.*?)(?:@|\s*\(|^)?((?:https?|blob|file|webpack):[^\s()]*?):(\d+):(\d+)\)?$/.exec(line))
    .filter(Boolean)
    .map(([, name, url, line, column]) => `${name.replace(/^at /, '').trim()}@${bare(url)}:${line}:${column}`)

/** The fields of a failure; `at` is where the browser says it was. */
export const describe = (error, kind, message, at) => {
  const isError = error instanceof Object && 'message' in error
  const found = frames(isError && error.stack)
  const source = at || found[0]?.replace(/^.*?@/, '')
  const text = String(isError ? error.message : message).slice(0, 300)
  const type = isError ? String(error.name || 'Error').slice(0, 60) : undefined
  return {
    error_type: type,
    error_message: text || undefined,
    error_source: source,
    error_kind: kind,
    // Without a stack the message has to do; numbers in it are often ids.
    error_id: hash(found.length ? `${type}\n${found.join('\n')}` : `${type}\n${source}\n${text.replace(/\d+/g, '0')}`),
  }
}

/** A value that was thrown or rejected with and is no error, as text that says little: it may be anything. */
const plain = (value) => (typeof value == 'string' || typeof value == 'number' ? String(value) : `a ${typeof value}`)

export const make = (tracker, options, tell) => {
  const closing = new AbortController()
  const { signal } = closing
  const told = new Set()

  const say = (fields) => {
    if (told.size >= MOST || told.has(fields.error_id)) return
    told.add(fields.error_id)
    tracker.track('error', fields)
  }
  const hear = (event) => {
    try {
      if (event.type == 'unhandledrejection') say(describe(event.reason, 'rejection', plain(event.reason)))
      // Images and scripts that could not be loaded come as events without a message, and only in the capture phase.
      else if (event instanceof ErrorEvent) {
        const { error, message, filename, lineno, colno } = event
        say(describe(error, 'error', message, filename && `${bare(filename)}:${lineno}:${colno}`))
      }
    } catch {
      // An error with getters that throw.
    }
  }
  for (const name of ['error', 'unhandledrejection']) addEventListener(name, hear, { signal })

  // Another page view of the same document starts anew.
  tracker.on('event', ({ name }) => name == 'page_view' && told.clear())
  const heed = (what) => {
    if (what === undefined) closing.abort()
  }
  ;(tell.heeds ||= new Set()).add(heed)
}
