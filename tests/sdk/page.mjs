/** A faked page: the few globals that the SDK touches, and a fresh copy of the SDK for every test. */

import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import { charsOf } from '../../www/tools/chars.mjs'
import { at } from '../../www/tools/paths.mjs'

register('./hooks.mjs', import.meta.url)

/** `(module (func (export "trap") unreachable))` */
export const WASM = Uint8Array.from(
  Buffer.from('0061736d01000000' + '010401600000' + '03020100' + '0708010474726170' + '0000' + '0a05010300000b', 'hex'),
)

export const wasmResponse = (type = 'application/wasm') => new Response(WASM, { headers: { 'content-type': type } })

/** Puts a new page in place; `script` is the tag that runs, `fetched` what the page asked for. */
export function openPage({ dataset, src = 'https://shop.test/cb/cartbeacon.js', answer = () => wasmResponse(), navigator = {} } = {}) {
  const listeners = {}
  /** What happens on the page: `page.fire('online')`. */
  const fire = (name, event = {}) => listeners[name]?.forEach((listener) => listener(event))
  const page = { fetched: [], engines: [], warnings: [], fire }
  const target = {
    addEventListener: (name, listener) => (listeners[name] ??= new Set()).add(listener),
    removeEventListener: (name, listener) => listeners[name]?.delete(listener),
  }
  const location = new URL('https://shop.test/list?page=2')
  Object.assign(globalThis, {
    window: globalThis,
    ...target,
    location,
    navigation: target,
    document: { title: 'List', referrer: 'https://search.test/', ...target, currentScript: dataset && { dataset, src } },
    engines: page.engines,
    fetch: async (url) => {
      page.fetched.push(String(url))
      return answer(url)
    },
    cartbeacon: undefined,
    [Symbol.for('cartbeacon')]: undefined,
  })
  // Newer Nodes have one of their own, which cannot be assigned.
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true })
  console.warn = (...words) => page.warnings.push(words.join(' '))
  return page
}

let copies = 0

/** A part's wasm from the last build, as the bundler gives it to the part. */
export const chars = (name) => charsOf(readFileSync(at(`target/wasm/sdk/${name}.wasm`)))
globalThis.privacyChars = chars('privacy')
globalThis.debugChars = chars('debug')

/** A copy of an entry that nobody has run yet, with all it imports. */
export const fresh = (file) => import(`../../www/sdk/${file}?copy=${++copies}`)

/** A tracker of the npm entry in a new page, and the page, which nobody can watch: it has no listeners. */
export async function openTracker(options, pageOptions) {
  const page = openPage(pageOptions)
  const { init } = await fresh('index.js')
  return { page, init, tracker: init({ endpoint: '/collect', site: 'shop', capture: ['pages', 'clicks'], ...options }) }
}

/** What the engine was called with, beside what each tracker begins with. */
export const heard = ({ engines: [{ calls }] }) => {
  const begun = calls.findIndex(([name]) => name == 'shown') + 1
  return calls.slice(begun).filter(([name]) => name != 'subscribe')
}
