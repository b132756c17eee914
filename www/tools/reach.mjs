// A small text from the network, within so many milliseconds or not at all: directly, or through the proxy that the
// environment names. Node's `fetch` knows none, and what does (rustup, cargo) may wait for minutes on one that is silent.
import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import { text } from 'node:stream/consumers'

/** The proxy for an address, as curl understands the environment; SOCKS is not spoken here. */
export function proxyFor({ protocol, hostname }, env = process.env) {
  const named = (name) => env[name.toLowerCase()] || env[name.toUpperCase()]
  const without = (named('no_proxy') ?? '').split(',').map((name) => name.trim().replace(/^\*?\./, '')).filter(Boolean)
  if (without.some((name) => name === '*' || hostname === name || hostname.endsWith(`.${name}`))) return undefined
  const proxy = named(`${protocol.slice(0, -1)}_proxy`) || named('all_proxy')
  if (!proxy) return undefined
  const url = new URL(proxy.includes('://') ? proxy : `http://${proxy}`)
  if (!/^https?:$/.test(url.protocol)) throw new Error(`a proxy of the kind ${url.protocol}`)
  return url
}

/** A request's answer, whatever its kind. */
const answerOf = (request, signal) =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => request.destroy(new Error('no answer in time')))
    request.on('error', reject).on('response', resolve).on('connect', (response, socket) => resolve(Object.assign(response, { socket }))).end()
  })

/** A connection to the address through the proxy, which sees only where it leads. */
async function tunnel(proxy, { hostname, port, protocol }, signal) {
  const path = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
  const login = proxy.username && `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  const headers = { host: path, ...(login && { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }) }
  const module = proxy.protocol === 'https:' ? https : http
  const { hostname: host, port: at } = proxy
  const { statusCode, socket } = await answerOf(module.request({ host, port: at, method: 'CONNECT', path, headers, agent: false }), signal)
  if (statusCode !== 200) throw new Error(`the proxy answered ${statusCode}`)
  return protocol === 'https:' ? tls.connect({ socket, servername: hostname }) : socket
}

/** The text at an address; throws where there is none, or not in time. */
export async function textOf(address, timeoutMs) {
  const signal = AbortSignal.timeout(timeoutMs)
  const url = new URL(address)
  const proxy = proxyFor(url)
  const connection = proxy && (await tunnel(proxy, url, signal))
  const module = url.protocol === 'https:' ? https : http
  const request = module.get(url, connection ? { createConnection: () => connection } : { agent: false })
  try {
    const response = await answerOf(request, signal)
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
    return await text(response)
  } finally {
    request.destroy()
  }
}
