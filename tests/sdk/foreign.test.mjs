// What the part for other receivers' formats does with the answers to one batch, without a browser: the real wasm, requests that this
// file answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chars, openPage } from './page.mjs'

globalThis.formatsChars = chars('formats-all')

const batch = (...ids) => ({
  v: 1, batch: 'b', site: 's', sent: 1_790_000_000_000, visitor: 'v', user: null, session: { id: 'x' }, consent: { state: 'granted', purposes: ['analytics'] },
  pages: [{ id: 'p', url: 'https://shop.test/', title: 'T', referrer: '' }],
  events: ids.map((id, seq) => ({ id, seq, t: 1_790_000_000_000, page: 0, name: 'add_to_cart', data: {} })),
})

/** The part for `format`; `answers` by event: a status, or a status and headers. `send(batch)` is a promise of what the engine hears. */
async function speaking(format, key, answers) {
  openPage()
  globalThis.document.baseURI = 'https://shop.test/'
  const { part } = await import('../../www/sdk/formats-all.js')
  const tell = {}
  const asked = []
  globalThis.fetch = async (url, { body }) => {
    const id = Object.keys(answers).find((id) => (url + body).includes(id))
    asked.push(id)
    if (!answers[id]) throw new TypeError('Failed to fetch')
    const [status, headers] = [answers[id]].flat()
    return new Response('', { status, headers })
  }
  await part({ endpoint: 'https://receiver.test/in', format, key }, tell)
  const send = (batch) => new Promise((heard) => tell.send(1, JSON.stringify(batch), (status, wait) => heard([status, wait])))
  return { send, asked, answers }
}

test('of a batch in several requests only those go again that are asked for, and who was lost before is told when it ends', async () => {
  const { send, asked, answers } = await speaking('klaviyo', 'PUBLIC', {
    'id-stored': 202, 'id-busy': [503, { 'retry-after': '7' }], 'id-refused': 400, 'id-never': 401,
  })
  const all = batch('id-stored', 'id-busy', 'id-refused', 'id-never')
  assert.deepEqual(await send(all), [503, 7])
  assert.deepEqual(asked.splice(0).sort(), ['id-busy', 'id-never', 'id-refused', 'id-stored'])
  // Another batch in between tells of its own alone.
  answers['id-other'] = 202
  assert.deepEqual(await send(batch('id-other')), [200, 0])
  asked.length = 0
  answers['id-busy'] = 202
  assert.deepEqual(await send(all), [1002, 0])
  assert.deepEqual(asked, ['id-busy'])
})

test('what may have arrived where nobody would know it again stays handed over while the rest goes again', async () => {
  const { send, asked, answers } = await speaking('plausible', 'shop.test', { 'id-a': 504, 'id-b': 429 })
  // Plausible has no ids: the addresses tell the events apart.
  const all = batch('id-a', 'id-b')
  all.pages.push({ ...all.pages[0], url: 'https://shop.test/id-b' })
  all.pages[0].url += 'id-a'
  all.events[1].page = 1
  assert.deepEqual(await send(all), [503, 0])
  answers['id-b'] = 202
  assert.deepEqual(await send(all), [-2, 0])
  assert.deepEqual(asked, ['id-a', 'id-b', 'id-b'])
})

test('an answer that never comes is asked for again only where ids are known', async () => {
  const known = await speaking('klaviyo', 'PUBLIC', { 'id-gone': 0 })
  assert.deepEqual(await known.send(batch('id-gone')), [503, 0])
  const unknown = await speaking('umami', '11111111-1111-4111-8111-111111111111', { add_to_cart: 0 })
  assert.deepEqual(await unknown.send(batch('id-gone')), [-2, 0])
})
