// The page under test and the endpoint, on two origins (`*.localhost` is loopback in Chromium), and what each run delivered.
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { dist } from '../../www/tools/paths.mjs'
import { html } from './page.mjs'
import { eventsIn } from './peers.mjs'

const TYPES = { js: 'text/javascript', wasm: 'application/wasm', html: 'text/html;charset=utf-8' }

// The time at which the script begins to run, taken in the script itself; behind the hint to compile, which counts only where
// it comes first.
const CLOCK = 'window.scriptStart=performance.now();'
const clocked = (script) => script.replace(/^(\/\/#.*\n)?/, (hint) => hint + CLOCK)

const shipped = () => readdirSync(dist).filter((name) => /\.(js|wasm)$/.test(name)).map((name) => [`/${name}`, readFileSync(`${dist}/${name}`)])

const files = (peers) => ({
  ...Object.fromEntries(shipped()),
  '/cartbeacon.js': clocked(readFileSync(`${dist}/cartbeacon.js`, 'utf8')),
  '/batcher.js': clocked(readFileSync(new URL('batcher.js', import.meta.url), 'utf8')),
  ...Object.fromEntries(Object.entries(peers).map(([name, { text }]) => [`/peer/${name}.js`, clocked(text)])),
  '/shop.html': html,
})

// A cross-origin isolated page has a clock of 5 µs instead of 100; the endpoint allows itself to be reached from one.
const headers = (origin) => ({
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
  ...(origin && {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'content-type',
    'timing-allow-origin': origin,
  }),
})

async function receive(request, run) {
  const bytes = await buffer(request)
  // What peers fetch before they send.
  if (request.method !== 'POST' || !bytes.length) return
  run.requests++
  run.bytes += bytes.length
  for (const { id, name } of eventsIn(String(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes))) {
    if (run.ids.has(id)) run.duplicates++
    run.ids.add(id)
    run[name] = (run[name] ?? 0) + 1
  }
}

/** `{page, endpoint(run), open(run), close}`; `open` answers the object that counts what arrives for that run. */
export async function serve({ sameOrigin, peers }) {
  const runs = new Map()
  const served = files(peers)
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
