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

/** By what they are. */
const EVENTS = [
  ['track', (name) => (name == 'bad' ? '!items: required' : name == 'rounded' ? EVENT_ID + ' value' : EVENT_ID)],
  ['page', () => EVENT_ID],
]
/** By their numbers; those that are not here answer nothing. */
const METHODS = {
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
  12: ['leave'],
  13: ['visibility'],
  14: ['shown'],
  15: ['visible'],
  16: ['online'],
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
    /** When events happened, by the page's clock, and how often any came. */
    times: [],
    crossings: 0,
    tell: (topic, payload) => perform(number, TELL, 1 << TOPICS.indexOf(topic), 0, payload),
    send: (body) => perform(number, SEND, 0, 1, body),
  }
  return globalThis.engines.push(engine) - 1
}

const hear = (tracker, [name, answer = () => ''], ...args) => {
  const { calls, isBroken } = globalThis.engines[tracker]
  calls.push([name, ...args])
  if (isBroken || args[0] == 'trap') exports.trap()
  return answer(...args)
}

export const enter = (tracker, what, text, mono, a) => {
  if (what > 0) return hear(tracker, METHODS[what] ?? ['other'], ...(what == 7 ? [String(a)] : [text, '', '']))
  // Events are four lines each: what it is and the clock, its fields, context and name.
  // What ends a page view is the page on screen.
  const engine = globalThis.engines[tracker]
  const answers = []
  engine.crossings++
  for (const lines = text.split('\n'); lines.length; ) {
    const [[kind, ...time], fields, context, name] = lines.splice(0, 4)
    if (!context) engine.times.push(Number(time.join('')))
    answers.push(hear(tracker, EVENTS[kind], kind == 1 ? '' : name, fields, context))
  }
  return answers.join('\n') + '\n'
}
