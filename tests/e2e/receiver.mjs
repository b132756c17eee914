// Somebody else's endpoint: another origin that answers as it is told and remembers what came.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { until } from './collector.mjs'

export class Receiver {
  /** Every request but preflights: `{method, path, type, body, at}`. */
  requests = []
  /** Preflights. */
  preflights = 0
  /** Whether it lets in whatever a client asks for, with credentials. */
  open = false
  /** What it answers; `(request, count)` to `{status, body, headers, drop, wait}`, the last in ms. */
  answer = () => ({})
  #server = createServer(async (request, response) => {
    const { origin } = request.headers
    // As most of them do: any origin, without credentials.
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type, revision', 'access-control-expose-headers': 'date, retry-after' }
    if (this.open) {
      const asked = request.headers['access-control-request-headers'] ?? '*'
      Object.assign(cors, { 'access-control-allow-origin': origin ?? '*', 'access-control-allow-credentials': 'true', 'access-control-allow-headers': asked })
    }
    // A browser sends again by itself what broke on a connection that was used before.
    response.shouldKeepAlive = false
    if (request.method === 'OPTIONS') {
      this.preflights++
      return response.writeHead(204, cors).end()
    }
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const one = { method: request.method, path: request.url, type: request.headers['content-type'], origin, revision: request.headers.revision, body, at: Date.now() }
    this.requests.push(one)
    const { status = 200, body: said = '', headers = {}, drop, wait } = this.answer(one, this.requests.length)
    if (wait) await new Promise((done) => setTimeout(done, wait))
    if (drop) return request.socket.destroy()
    response.writeHead(status, { ...cors, ...headers }).end(said)
  })

  async start() {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.origin = `http://127.0.0.1:${this.#server.address().port}`
    return this
  }

  stop() {
    this.#server.closeAllConnections()
    return new Promise((ended) => this.#server.close(ended))
  }

  /** The requests, as soon as `enough(requests)` holds. */
  async expect(enough, what) {
    await until(() => enough(this.requests), what, () => `, but: ${this.requests.map(({ path, body }) => `${path} ${body.slice(0, 300)}`).join('\n')}`)
    return this.requests
  }
}
