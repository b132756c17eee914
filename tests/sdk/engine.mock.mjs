/**
 * A mock of the generated module `#engine`: it records what it is told and answers as the real one does. The real one is
 * tested through the same JavaScript, in browsers, by tests/e2e.
 */

let exports, guard

export const imports = () => ({})
export const finish = (instance, belt) => {
  exports = instance.exports
  guard = belt
}

const EVENT_ID = '01900000-0000-7000-8000-000000000000'

/** By their numbers in `Engine.call`. */
const METHODS = [
  ['track', (name) => (name == 'bad' ? '!items: required' : name == 'rounded' ? EVENT_ID + ' value: rounded' : EVENT_ID)],
  ['page', () => EVENT_ID],
  ['consent', (update) => (update.includes('maybe') ? '!analytics: neither granted nor denied' : '')],
  ['identify', () => ''],
  ['reset', () => ''],
  ['flush', () => ''],
  ['erase', () => ''],
  ['subscribe', () => ''],
  ['shutdown', () => ''],
  ['explain', (id) => JSON.stringify({ id, state: 'queued' })],
  ['ids', () => '{"visitor":"v"}'],
  ['stored', () => '1.v'],
]

export class Engine {
  constructor(options, notify, document, topics) {
    Object.assign(this, { options: JSON.parse(options), notify, document, topics, calls: [] })
    globalThis.engines.push(this)
  }
  call(method, ...args) {
    const [name, answer] = METHODS[method]
    this.calls.push([name, ...args])
    if (!this.options.endpoint) return '!endpoint: required'
    return args[0] == 'trap' ? exports.trap() : answer(...args)
  }
  stats() {
    return { accepted: 7 }
  }
  /** What a listener or a timer does: enters the wasm without a call of the page, through the glue's closures. */
  fireTimer() {
    return guard(exports.trap, true)()
  }
}
