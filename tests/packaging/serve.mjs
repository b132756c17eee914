// A shop's server: static files of one folder under the strictest CSP that cartbeacon promises to live with, and an
// endpoint that keeps what arrives.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { gunzipSync } from 'node:zlib'

const TYPES = {
  '.html': 'text/html;charset=utf-8',
  '.js': 'text/javascript;charset=utf-8',
  '.wasm': 'application/wasm',
}

/** `nonce` stands for the one number that inline scripts must carry; without it there is no inline script. */
const csp = (nonce) =>
  `default-src 'none'; connect-src 'self'; script-src ${nonce ? `'nonce-${nonce}'` : "'self'"} 'wasm-unsafe-eval'`

/** The endpoint, as middleware: keeps in `batches` what arrives. Browsers ask for an icon as well. */
export const endpoint = (batches) => async (request, response, next) => {
  if (!/^\/(collect|favicon\.ico)$/.test(request.url)) return next()
  const bytes = Buffer.concat(await request.toArray())
  const packed = bytes[0] === 0x1f
  const body = (packed ? gunzipSync(bytes) : bytes).toString()
  if (body) batches.push({ type: request.headers['content-type'], packed, ...JSON.parse(body) })
  response.writeHead(204).end()
}

async function file(folder, path, response) {
  const name = join(folder, normalize(path), path.endsWith('/') ? 'index.html' : '')
  const { size } = await stat(name)
  response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream')
  response.setHeader('content-length', size)
  createReadStream(name).pipe(response)
}

/** Serves `folder` on a free port: `{url, batches, close}`. `pages` are made for the test: path → `{html, nonce?}`. */
export async function serve(folder, pages = {}) {
  const batches = []
  const receive = endpoint(batches)
  const answer = async (request, response) => {
    const { pathname } = new URL(request.url, 'http://shop.test')
    const page = pages[pathname]
    response.setHeader('content-security-policy', csp(page?.nonce))
    if (page) response.setHeader('content-type', TYPES['.html']).end(page.html)
    else await file(folder, pathname, response)
  }
  const server = createServer((request, response) => {
    const fail = (error) => response.writeHead(error.code === 'ENOENT' ? 404 : 500).end(error.message)
    receive(request, response, () => answer(request, response).catch(fail)).catch(fail)
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const close = () => {
    server.closeAllConnections()
    return new Promise((closed) => server.close(closed))
  }
  return { url: `http://127.0.0.1:${server.address().port}`, batches, close }
}
