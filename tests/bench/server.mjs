// The page under test and the endpoint, on two origins (`*.localhost` is loopback in Chromium), and what each run delivered.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dist } from '../../www/tools/paths.mjs'
import { html } from './page.mjs'

const TYPES = { js: 'text/javascript', wasm: 'application/wasm', html: 'text/html;charset=utf-8' }

// The time at which the script begins to run, taken in the script itself.
const CLOCK = 'window.scriptStart=performance.now();'

const files = () => ({
  '/cartbeacon.js': CLOCK + readFileSync(`${dist}/cartbeacon.js`, 'utf8'),
  '/cartbeacon.wasm': readFileSync(`${dist}/cartbeacon.wasm`),
  '/privacy.js': readFileSync(`${dist}/privacy.js`),
  '/batcher.js': CLOCK + readFileSync(new URL('batcher.js', import.meta.url), 'utf8'),
  '/shop.html': html,
})

// A cross-origin isolated page has a clock of 5 µs instead of 100; the endpoint allows itself to be reached from one.
const headers = (origin) => ({
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
  ...(origin && { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', 'timing-allow-origin': origin }),
})

async function receive(request, run) {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  run.requests++
  run.bytes += Buffer.byteLength(body)
  for (const { id, name } of JSON.parse(body).events) {
    if (run.ids.has(id)) run.duplicates++
    run.ids.add(id)
    run[name] = (run[name] ?? 0) + 1
  }
}

/** `{page, endpoint(run), open(run), close}`; `open` answers the object that counts what arrives for that run. */
export async function serve({ sameOrigin }) {
  const runs = new Map()
  const served = files()
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://shop.localhost')
    const [, folder, run] = pathname.split('/')
    response.writeHead(200, { ...headers(request.headers.origin), 'content-type': TYPES[pathname.split('.')[1]] ?? 'text/plain' })
    if (folder === 'collect') await receive(request, runs.get(run))
    response.end(served[pathname])
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address()
  return {
    page: `http://shop.localhost:${port}/shop.html`,
    endpoint: (run) => `http://${sameOrigin ? 'shop' : 'collect'}.localhost:${port}/collect/${run}`,
    open: (run) => runs.set(run, { ids: new Set(), requests: 0, bytes: 0, duplicates: 0 }).get(run),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
