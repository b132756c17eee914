// A web server in front of the collector, as shops have one: it passes everything on, except what a test tells it to answer
// differently (other headers, another status, a refusal that depends on the body).
import { createServer, request as send } from 'node:http'

export class Front {
  #server
  #behind
  /** By path: `(request, body, bytes) => answer`, an answer, or a promise of one, being any of `{status, headers, body}`; undefined passes it on. */
  rules = new Map()
  origin = ''

  constructor(behind) {
    this.#behind = behind
  }

  async start() {
    this.#server = createServer((request, response) => {
      const chunks = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => this.#answer(request, Buffer.concat(chunks), response))
    })
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.origin = `http://127.0.0.1:${this.#server.address().port}`
    return this
  }

  stop() {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request, body, response) {
    let rule = this.rules.get(request.url.split('?')[0])?.(request, body.toString(), body)
    // What is known at once is answered at once.
    if (rule?.then) rule = await rule
    if (rule?.body !== undefined || rule?.status) {
      response.writeHead(rule.status ?? 200, rule.headers).end(rule.body)
      return
    }
    const { hostname, port } = new URL(this.#behind())
    const { method, url: path, headers } = request
    const onward = send({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, { ...answer.headers, ...rule?.headers })
      answer.pipe(response)
    })
    // Whoever stands behind is gone: so is the connection, as without us.
    onward.on('error', () => response.destroy())
    onward.end(body)
  }
}
