/** Requests of parts that send by themselves, within what a browser lets them have under way when a page is left. */

/** Longer than a receiver thinks, shorter than the engine waits, in ms. */
const PATIENCE = 25_000
/** Keepalive requests and beacons of a page have 64 KiB together. */
export const KEEPALIVE = 60_000

/**
 * `fetch` as `(url, init, wantsKeepalive) => [response, text]`: with keepalive where that is wanted and its body, a string,
 * still fits into `share` bytes. Rejects where nobody answers.
 */
export const requester = (share) => {
  let flying = 0
  return async (url, init, wantsKeepalive) => {
    const { body = '' } = init
    const bytes = body.length * 3 > share ? new Blob([body]).size : body.length
    const keepalive = wantsKeepalive && flying + bytes < share
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), PATIENCE)
    flying += keepalive ? bytes : 0
    try {
      const response = await fetch(url, { ...init, keepalive, signal: stop.signal })
      // Chromium gives the keepalive quota back only when the body has been read.
      return [response, await response.text().catch(() => '')]
    } finally {
      clearTimeout(timer)
      flying -= keepalive ? bytes : 0
    }
  }
}
