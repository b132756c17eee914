/**
 * A mock of the generated module `#engine`: it records what it is told and answers as the real one does. The real one is
 * tested through the same JavaScript, in browsers, by tests/e2e.
 */

import { perform } from '../../src/edge/driver.js'

let exports

export const imports = () => ({})
export const finish = (instance) => (exports = instance.exports)

const EVENT_ID = '01900000-0000-7000-8000-000000000000'
const SEND = 1
const TELL = 2

/** By their numbers; those that are not here answer nothing. */
const METHODS = {
  0: ['track', (name) => (name == 'bad' ? '!items: required' : name == 'rounded' ? EVENT_ID + ' value' : EVENT_ID)],
  1: ['page', () => EVENT_ID],
  2: ['consent', (update) => (update.includes('maybe') ? '!analytics: neither granted nor denied' : '')],
  3: ['identify'],
  4: ['reset'],
  5: ['flush'],
  6: ['erase'],
  7: ['subscribe'],
  8: ['shutdown'],
  9: ['explain', (id) => JSON.stringify({ id, state: 'queued' })],
  10: ['ids', () => '{"visitor":"v"}'],
  11: ['stats', () => '[7,1,2,0,0,3,{"expired":1},900,2]'],
  14: ['shown'],
  22: ['start'],
}
const TOPICS = ['event', 'batch', 'loss', 'consent', 'session', 'debug', 'ask']

/** Starts a tracker, which the page keeps: `page.engines`. */
export const start = (list, document, ...words) => {
  const number = globalThis.engines.length
  const engine = {
    list: JSON.parse(list),
    words,
    calls: [],
    tell: (topic, payload) => perform(number, TELL, 1 << TOPICS.indexOf(topic), 0, payload),
    send: (body) => perform(number, SEND, 0, 1, body),
  }
  return globalThis.engines.push(engine) - 1
}

export const enter = (tracker, what, text, mono, a) => {
  const [name, answer = () => ''] = METHODS[what] ?? ['other']
  // An event's fields, context, and last its name.
  const [fields, context, ...rest] = what < 2 ? text.split('\n') : ['', '', text]
  // What ends a page view is the page on screen.
  const args = what == 7 ? [String(a)] : [what == 1 ? '' : rest.join('\n'), fields, context]
  const { calls, isBroken } = globalThis.engines[tracker]
  calls.push([name, ...args])
  if (isBroken || args[0] == 'trap') exports.trap()
  return answer(...args)
}
