import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { transformSync } from 'esbuild'
import { fresh, heard, openPage } from './page.mjs'

const dataset = { endpoint: '/collect', site: 'shop' }

/** A page with the stub and whatever it called, before the tag's script runs. */
async function stubbed(calls, pageOptions = { dataset }) {
  const page = openPage(pageOptions)
  await fresh('stub.js')
  for (const call of calls) cartbeacon(...call)
  return page
}

test('the stub is at most 500 bytes, and the second of two does nothing', async () => {
  const source = readFileSync(new URL('../../www/sdk/stub.js', import.meta.url), 'utf8')
  const { code } = transformSync(source, { minify: true, target: 'es2020' })
  assert.ok(code.trim().length <= 500, `${code.trim().length} bytes`)
  await stubbed([['page']])
  const first = cartbeacon
  await fresh('stub.js')
  assert.equal(cartbeacon, first)
})

test("the stub's calls are replayed in order with their own time, URL, title and referrer", async () => {
  const opened = Date.now()
  const page = await stubbed([
    ['consent', { analytics: 'granted' }],
    ['track', 'login', { method: 'mail' }],
  ])
  const stub = cartbeacon
  const [, [calledAt]] = cartbeacon.q
  assert.ok(calledAt >= opened && calledAt <= Date.now())
  await new Promise((resolve) => setTimeout(resolve, 5))
  location.pathname = '/elsewhere'
  document.title = 'Elsewhere'
  await fresh('tag.js')
  stub('flush')
  await cartbeacon.tracker.ready
  const [consent, track, flush] = heard(page)
  assert.deepEqual([consent[0], track[0], flush[0]], ['consent', 'track', 'flush'])
  const { id, ...context } = JSON.parse(track[3])
  assert.deepEqual(context, { t: calledAt, url: 'https://shop.test/list?page=2', title: 'List', referrer: 'https://search.test/' })
})

test('data- attributes are the options, and the wasm lies beside the script, in the same version', async () => {
  const page = openPage({ dataset: { ...dataset, batchEvents: '5' }, src: 'https://cdn.test/cb/cartbeacon.js?v=7' })
  await fresh('tag.js')
  assert.deepEqual(await cartbeacon.tracker.ready, { engine: 'wasm' })
  assert.deepEqual(page.engines[0].list.slice(0, 3), ['shop', '', 5])
  assert.deepEqual(page.fetched, ['https://cdn.test/cb/cartbeacon.wasm?v=7'])
})

test('data-wasm names another place', async () => {
  const page = openPage({ dataset: { ...dataset, wasm: '/files/engine.wasm' } })
  await fresh('tag.js')
  await cartbeacon.tracker.ready
  assert.deepEqual(page.fetched, ['/files/engine.wasm'])
})

test('every method is a command, and an unknown one is a reason', async () => {
  const page = openPage({ dataset: { ...dataset, debug: '' } })
  await fresh('tag.js')
  await cartbeacon.tracker.ready
  assert.equal(cartbeacon('track', 'login').accepted, true)
  assert.equal(cartbeacon('stats').accepted, 7)
  assert.equal(typeof cartbeacon('on', 'event', () => {}), 'function')
  const unknown = ['buy', 'constructor', 'ready', undefined, Symbol('x'), { toString: () => assert.fail() }]
  for (const command of unknown)
    assert.deepEqual(cartbeacon(command), { id: '', accepted: false, reason: 'command: unknown' })
  assert.equal(page.warnings[0], 'cartbeacon: command: unknown')
})

test('two tags of one site are one tracker', async () => {
  const page = openPage({ dataset })
  await fresh('tag.js')
  const { tracker } = cartbeacon
  await fresh('tag.js')
  assert.equal(cartbeacon.tracker, tracker)
  await tracker.ready
  assert.ok(cartbeacon('track', 'login').accepted)
  assert.deepEqual([page.engines.length, heard(page).length], [1, 1])
})

test('tags of two sites both hear every command', async () => {
  const page = openPage({ dataset })
  await fresh('tag.js')
  const first = cartbeacon.tracker
  document.currentScript.dataset = { endpoint: '/collect', site: 'other' }
  await fresh('tag.js')
  await Promise.all([first.ready, cartbeacon.tracker.ready])
  cartbeacon('consent', 'withdraw')
  assert.deepEqual(page.engines.map((engine) => engine.calls.at(-1).slice(0, 2)), Array(2).fill(['consent', '']))
})

test('a script that is nobody’s tag does not throw', async () => {
  openPage()
  await fresh('tag.js')
  assert.deepEqual(await cartbeacon.tracker.ready, { engine: 'none', reason: 'endpoint: required' })
})
