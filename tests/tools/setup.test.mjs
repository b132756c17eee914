// Set-up's own promises: versions are compared rightly, a second run has nothing to do, and what cannot be done is said.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import http from 'node:http'
import { connect, createServer } from 'node:net'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { compareVersions, wasmBindgenVersion } from '../../www/tools/versions.mjs'
import { proxyFor, textOf } from '../../www/tools/reach.mjs'
import { wasmBindgenPath } from '../../www/tools/cargo-tools.mjs'

const tool = (name) => fileURLToPath(new URL(`../../www/tools/${name}`, import.meta.url))

test('versions are compared by number', () => {
  assert.ok(compareVersions('1.96.0+dfsg1-1~deb12u2', '1.89') > 0)
  assert.ok(compareVersions('1.9.0', '1.10.0') < 0)
  assert.equal(compareVersions('1.89', '1.89.0'), 0)
  assert.ok(compareVersions('1:22.1.8', '19.1.7') > 0)
})

test('wasm-bindgen is of exactly the version in Cargo.lock', () => {
  const version = execFileSync(wasmBindgenPath(), ['--version'], { encoding: 'utf8' })
  assert.equal(version.trim(), `wasm-bindgen ${wasmBindgenVersion()}`)
})

test('a second set-up has nothing to do', () => {
  const output = execFileSync(process.execPath, [tool('setup.mjs'), 'test'], { encoding: 'utf8' })
  assert.doesNotMatch(output, /…/)
  assert.match(output, /wasm compiler/)
})

test('an unknown purpose is refused by name', () => {
  const { status, stderr } = spawnSync(process.execPath, [tool('setup.mjs'), 'nonsense'], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /Unknown: nonsense/)
})

test('a busy port is told before anything is built', async () => {
  const server = createServer()
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address()
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool('start.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, PORT: String(port) },
  })
  server.close()
  assert.equal(status, 1)
  assert.match(stderr, new RegExp(`Port ${port} is in use`))
  assert.equal(stdout, '')
})

test('a port that is none is refused', () => {
  const env = { ...process.env, PORT: '80a' }
  const { status, stderr } = spawnSync(process.execPath, [tool('start.mjs')], { encoding: 'utf8', env })
  assert.equal(status, 1)
  assert.match(stderr, /PORT is “80a”/)
})

/** A server that listens for the test's time; answers its port. */
async function listening(t, server) {
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  t.after(() => server.close())
  return server.address().port
}

/** With these variables and no other proxy. */
async function within(variables, work) {
  const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()])
  const before = names.map((name) => [name, process.env[name]])
  for (const name of names) delete process.env[name]
  Object.assign(process.env, variables)
  try {
    return await work()
  } finally {
    for (const name of names) delete process.env[name]
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value
  }
}

test('the proxy is the one that the environment names for an address', () => {
  const proxy = (address, env) => proxyFor(new URL(address), env)?.href
  const env = { HTTPS_PROXY: 'http://one.test:3128', http_proxy: 'two.test:8080', no_proxy: 'localhost, .inside.test' }
  assert.equal(proxy('https://static.rust-lang.org/x', env), 'http://one.test:3128/')
  assert.equal(proxy('http://shop.test/', env), 'http://two.test:8080/')
  assert.equal(proxy('https://mirror.inside.test/', env), undefined)
  assert.equal(proxy('https://notinside.test/', env), 'http://one.test:3128/')
  assert.equal(proxy('https://shop.test/', {}), undefined)
})

test('what is asked for comes directly, or through the proxy', async (t) => {
  const server = http.createServer((_, response) => response.end('here'))
  const port = await listening(t, server)
  assert.equal(await within({}, () => textOf(`http://127.0.0.1:${port}/`, 2000)), 'here')
  let led = ''
  const proxy = http.createServer().on('connect', ({ url }, client) => {
    led = url
    const there = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(there).pipe(client)
    })
  })
  const at = await listening(t, proxy)
  const text = await within({ http_proxy: `http://127.0.0.1:${at}` }, () => textOf('http://mirror.test/x', 2000))
  assert.deepEqual([text, led], ['here', 'mirror.test:80'])
})

test('a server or a proxy that is silent is given up in time, one that refuses at once', async (t) => {
  const silent = await listening(t, createServer().on('connection', (socket) => t.after(() => socket.destroy())))
  const began = Date.now()
  await assert.rejects(within({}, () => textOf(`http://127.0.0.1:${silent}/`, 300)))
  await assert.rejects(within({ https_proxy: `http://127.0.0.1:${silent}` }, () => textOf('https://static.rust-lang.org/', 300)))
  assert.ok(Date.now() - began < 2000)
  const refusing = await listening(t, http.createServer().on('connect', (_, client) => client.end('HTTP/1.1 403 Forbidden\r\n\r\n')))
  await assert.rejects(within({ https_proxy: `http://127.0.0.1:${refusing}` }, () => textOf('https://static.rust-lang.org/', 5000)), /403/)
})
