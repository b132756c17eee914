import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import * as esbuild from 'esbuild'
import { chromium } from 'playwright-core'
import { rollup } from 'rollup'
import * as vite from 'vite'
import { browserFlags, requireBrowser } from '../../www/tools/browsers.mjs'
import { install } from './install.mjs'
import { endpoint, serve } from './serve.mjs'
import { visit } from './visit.mjs'

let installed
let browser
before(async () => {
  installed = await install()
  browser = await chromium.launch({ executablePath: requireBrowser().chromium, args: browserFlags })
})
after(async () => {
  await browser?.close()
  installed?.remove()
})

const at = (...parts) => join(installed.folder, ...parts)
const packed = (name) => at('node_modules/cartbeacon/dist', name)

async function visitServed({ folder = installed.folder, path, site = path.split('/')[1], pages, compress }) {
  const { url, batches, close } = await serve(folder, pages)
  try {
    return await visit(browser, url + path, { batches, site, compress })
  } finally {
    await close()
  }
}

const bundle = (project, options) =>
  esbuild.build({ absWorkingDir: at(project), bundle: true, minify: true, outdir: 'built', logLevel: 'silent', ...options })

/** Puts the page of a project beside its bundles. */
function addPage(project, name = 'index.html') {
  copyFileSync(at(project, name), at(project, 'built', name))
}

test('script tag: one line of HTML, no inline code, the wasm found beside the script', async () => {
  const { fetched } = await visitServed({ path: '/script-tag/' })
  assert.deepEqual(fetched, ['/node_modules/cartbeacon/dist/cartbeacon.wasm'])
})

test('script tag with the stub pasted inline, nonce and integrity: the early call is replayed first, parts come too', async () => {
  const nonce = 'dGVzdA'
  const integrity = `sha384-${createHash('sha384').update(readFileSync(packed('cartbeacon.js'))).digest('base64')}`
  const values = { nonce, integrity, stub: readFileSync(packed('stub.js'), 'utf8') }
  const html = readFileSync(at('script-tag-stub/index.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => values[name])
  const { events } = await visitServed({ path: '/script-tag-stub/', pages: { '/script-tag-stub/': { html, nonce } }, compress: true })
  const early = events.find(({ name }) => name === 'login')
  assert.equal(early?.data.method, 'before the script')
  assert.ok(early.t <= events.find(({ name }) => name === 'sign_up').t)
})

test('ES module without a bundler', async () => {
  const { fetched } = await visitServed({ path: '/esm/' })
  assert.deepEqual(fetched, ['/node_modules/cartbeacon/dist/cartbeacon.wasm'])
})

test('esbuild, the wasm copied beside the bundle', async () => {
  await bundle('esbuild', { entryPoints: ['main.js'], format: 'esm' })
  copyFileSync(packed('cartbeacon.wasm'), at('esbuild/built/cartbeacon.wasm'))
  addPage('esbuild')
  await visitServed({ folder: at('esbuild/built'), path: '/', site: 'esbuild', compress: true })
})

test('rollup, the wasm copied beside the bundle: a part is a chunk of its own', async () => {
  const resolve = { name: 'resolve', resolveId: (name) => (name === 'cartbeacon' ? packed('index.js') : null) }
  const made = await rollup({ input: at('esbuild/main.js'), plugins: [resolve] })
  const { output } = await made.write({ dir: at('esbuild/built') })
  assert.deepEqual(output.map(({ fileName }) => fileName.replace(/-.*/, '')).sort(), ['anonymous', 'behaviour', 'clicks', 'cookie', 'debug', 'destinations', 'device', 'errors', 'filter', 'formats', 'formats', 'forms', 'forward', 'friction', 'gzip', 'impressions', 'linker', 'main.js', 'outbox', 'privacy', 'sampling', 'sources', 'visits', 'vitals'])
  copyFileSync(packed('cartbeacon.wasm'), at('esbuild/built/cartbeacon.wasm'))
  addPage('esbuild')
  await visitServed({ folder: at('esbuild/built'), path: '/', site: 'esbuild', compress: true })
})

test('esbuild, a classic script: ready says what is missing', async () => {
  await bundle('esbuild', { entryPoints: ['main.js'], format: 'iife' })
  addPage('esbuild')
  const { url, close } = await serve(at('esbuild/built'))
  const page = await browser.newPage()
  try {
    await page.goto(`${url}/`)
    const ready = await page.evaluate('tracker.ready')
    assert.deepEqual(ready, { engine: 'none', reason: 'wasm: a bundle that is no ES module needs this option, or cartbeacon/inline' })
  } finally {
    await page.close()
    await close()
  }
})

test('esbuild keeps the stub, which is imported for what it does', async () => {
  await bundle('esbuild', { entryPoints: ['stub.js'], format: 'esm' })
  const page = { location: { href: '/' }, document: { title: '', referrer: '' } }
  page.window = page
  runInNewContext(readFileSync(at('esbuild/built/stub.js'), 'utf8'), page)
  assert.equal(page.cartbeacon.q.length, 1)
})

test('vite build, without configuration: the wasm comes along', async () => {
  await vite.build({ root: at('vite'), base: './', configFile: false, logLevel: 'silent', build: { outDir: 'built' } })
  const assets = readdirSync(at('vite/built/assets'))
  assert.equal(assets.filter((name) => /^cartbeacon-.*\.wasm$/.test(name)).length, 1, assets.join(' '))
  await visitServed({ folder: at('vite/built'), path: '/', site: 'vite', compress: true })
})

test('vite dev server, the package excluded from pre-bundling', async () => {
  const batches = []
  const receiver = { name: 'receiver', configureServer: ({ middlewares }) => void middlewares.use(endpoint(batches)) }
  const server = await vite.createServer({ root: at('vite'), logLevel: 'silent', plugins: [receiver], server: { host: '127.0.0.1', port: 0 } })
  try {
    await server.listen()
    await visit(browser, server.resolvedUrls.local[0], { batches, site: 'vite', compress: true })
  } finally {
    await server.close()
  }
})

test('inline: one classic script, nothing else is fetched', async () => {
  await bundle('inline', { entryPoints: ['main.js'], format: 'iife' })
  addPage('inline')
  const { fetched } = await visitServed({ folder: at('inline/built'), path: '/', site: 'inline', compress: true })
  assert.deepEqual(fetched, [])
})

for (const [what, loader] of Object.entries({ url: 'file', bytes: 'binary', module: 'file' })) {
  test(`slim: the host passes the wasm as ${what === 'bytes' ? '' : 'a '}${what}`, async () => {
    await bundle('slim', { entryPoints: [`${what}.js`], format: 'esm', loader: { '.wasm': loader }, publicPath: '/' })
    addPage('slim', `${what}.html`)
    const { fetched } = await visitServed({ folder: at('slim/built'), path: `/${what}.html`, site: `slim-${what}` })
    assert.equal(fetched.length, what === 'bytes' ? 0 : 1)
  })
}
