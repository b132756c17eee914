import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WASM, fresh, openPage, openTracker, wasmResponse } from './page.mjs'

/** What `ready` says for a server that gives this answer. */
async function readyFor(answer) {
  const { tracker } = await openTracker({ wasm: '/cb/cartbeacon.wasm' }, { answer })
  tracker.track('login')
  const ready = await tracker.ready
  if (ready.engine == 'none') {
    assert.deepEqual(tracker.track('login'), { id: '', accepted: false, reason: ready.reason })
    assert.deepEqual([tracker.stats().accepted, tracker.stats().lost], [1, { no_engine: 1 }])
  }
  return ready
}

/** Runs `work` with a browser's function replaced. */
async function withInstead(object, name, replacement, work) {
  const original = object[name]
  object[name] = replacement
  try {
    return await work()
  } finally {
    object[name] = original
  }
}

test('the wasm is compiled while it arrives', async () => {
  const streamed = []
  const { instantiateStreaming } = WebAssembly
  const spy = (response, imports) => (streamed.push(response), instantiateStreaming.call(WebAssembly, response, imports))
  const ready = await withInstead(WebAssembly, 'instantiateStreaming', spy, () => readyFor(() => wasmResponse()))
  assert.deepEqual(ready, { engine: 'wasm' })
  assert.equal(streamed.length, 1)
})

test('a wrong MIME type is no obstacle', async () => {
  for (const type of ['text/html', 'application/octet-stream', 'application/wasm; charset=utf-8'])
    assert.deepEqual(await readyFor(() => wasmResponse(type)), { engine: 'wasm' }, type)
})

test('a missing file says so', async () => {
  const ready = await readyFor(() => new Response('', { status: 404 }))
  assert.deepEqual(ready, { engine: 'none', reason: 'wasm /cb/cartbeacon.wasm: HTTP 404' })
})

test('a page in place of the file says so', async () => {
  const { reason } = await readyFor(() => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }))
  assert.match(reason, /^wasm \/cb\/cartbeacon\.wasm: .*magic word/)
})

test('a file out of reach says so', async () => {
  const ready = await readyFor(() => {
    throw new TypeError('Failed to fetch')
  })
  assert.deepEqual(ready, { engine: 'none', reason: 'wasm /cb/cartbeacon.wasm: Failed to fetch' })
})

test('a CSP without wasm says which word it needs, in every browser', async () => {
  for (const words of [
    "WebAssembly.instantiateStreaming(): Compiling or instantiating WebAssembly module violates the following Content " +
      "Security policy directive because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
    'call to WebAssembly.instantiateStreaming() blocked by CSP',
    "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script",
    'WebAssembly.instantiate(): Wasm code generation disallowed by embedder',
  ]) {
    const refuse = async () => {
      throw new WebAssembly.CompileError(words)
    }
    const ready = await withInstead(WebAssembly, 'instantiateStreaming', refuse, () => readyFor(() => wasmResponse()))
    assert.deepEqual(ready, { engine: 'none', reason: "CSP: script-src needs 'wasm-unsafe-eval'" })
  }
})

test('a browser without WebAssembly says so', async () => {
  const original = globalThis.WebAssembly
  delete globalThis.WebAssembly
  const ready = await readyFor(() => wasmResponse()).finally(() => (globalThis.WebAssembly = original))
  assert.deepEqual(ready, { engine: 'none', reason: 'wasm: WebAssembly is not defined' })
})

test('slim takes the wasm in any shape, and says when it got none', async () => {
  const [url, module] = ['https://x.test/x.wasm', await WebAssembly.compile(WASM)]
  for (const wasm of [url, new URL(url), new Request(url), wasmResponse(), WASM, WASM.buffer, module, Promise.resolve(module)]) {
    openPage()
    const { init } = await fresh('slim.js')
    assert.deepEqual(await init({ endpoint: '/collect', wasm }).ready, { engine: 'wasm' })
  }
  openPage()
  const { init } = await fresh('slim.js')
  const ready = await init({ endpoint: '/collect' }).ready
  assert.deepEqual(ready, { engine: 'none', reason: 'wasm: the slim entry needs this option' })
})

test('inline brings it along, and npm finds it beside itself', async () => {
  let page = openPage()
  const inline = await fresh('inline.js')
  assert.deepEqual(await inline.init({ endpoint: '/collect' }).ready, { engine: 'wasm' })
  assert.deepEqual(page.fetched, [])
  page = openPage()
  const npm = await fresh('index.js')
  await npm.init({ endpoint: '/collect' }).ready
  assert.match(page.fetched[0], /\/sdk\/cartbeacon\.wasm$/)
})
