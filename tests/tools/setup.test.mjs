// Set-up's own promises: versions are compared rightly, a second run has nothing to do, and what cannot be done is said.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { compareVersions, wasmBindgenVersion } from '../../www/tools/versions.mjs'
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
