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

/** By their numbers in `call`. */
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
  ['stats', () => '[7,1,2,0,0,3,{"expired":1},900,2,1500e-3]'],
]

/** Starts a tracker, which the page keeps: `page.engines`. */
export const start = (list, notify, document, topics, user) => {
  const engine = {
    list: JSON.parse(list),
    notify,
    document,
    topics,
    user,
    calls: [],
    /** What a listener or a timer does: enters the wasm without a call of the page, through the glue's closures. */
    fireTimer: () => guard(exports.trap, true)(),
  }
  return globalThis.engines.push(engine) - 1
}

export const call = (tracker, method, lines) => {
  const [name, answer] = METHODS[method]
  const [fields, context, ...rest] = lines.split('\n')
  const args = [rest.join('\n'), fields, context]
  globalThis.engines[tracker].calls.push([name, ...args])
  return args[0] == 'trap' ? exports.trap() : answer(...args)
}
