/**
 * A mock of the generated module `#engine`: it records what it is told and answers as the real one would. The real one is
 * tested through the same JavaScript, in browsers, by tests/e2e.
 */

let exports

export const imports = () => ({})
export const finish = (instance) => {
  exports = instance.exports
}

export class Engine {
  constructor(options, notify, beforeSend) {
    Object.assign(this, { options: JSON.parse(options), notify, beforeSend, calls: [] })
    globalThis.engines.push(this)
  }
  problem() {
    return this.options.endpoint ? '' : 'endpoint: required'
  }
  subscribe(topics) {
    this.calls.push(['subscribe', topics])
  }
  start() {
    this.calls.push(['start'])
  }
  /** What a listener or a timer does: enters the wasm without a call of the page. */
  fireTimer() {
    return exports.trap()
  }
}

const EVENT_ID = '01900000-0000-7000-8000-000000000000'
const ANSWERS = {
  track: (name) => (name == 'bad' ? '!items: required' : name == 'rounded' ? EVENT_ID + ' value: rounded' : EVENT_ID),
  page: () => EVENT_ID,
  cart: () => EVENT_ID,
  consent: (update) => (update.includes('maybe') ? '!analytics: neither granted nor denied' : ''),
  identify: () => '',
  reset: () => undefined,
  flush: () => undefined,
  erase: () => undefined,
  shutdown: () => undefined,
  stats: () => ({ accepted: 7 }),
  explain: (id) => ({ id, state: 'queued' }),
  exportData: () => ({ visitor: 'v' }),
  ids: () => ({ visitor: 'v' }),
}
for (const [name, answer] of Object.entries(ANSWERS)) {
  Engine.prototype[name] = function (...args) {
    this.calls.push([name, ...args])
    if (args[0] == 'trap') exports.trap()
    return answer(...args)
  }
}
