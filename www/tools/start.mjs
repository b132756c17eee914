// `npm start`: sets up what is missing, builds, and serves the demo store and the collector on loopback until Ctrl-C.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { build } from '../build.mjs'
import { run } from './exec.mjs'
import { at, dist, root } from './paths.mjs'
import { Problem, bold, dim, heading, main, step } from './say.mjs'
import { setup } from './setup.mjs'

const HOST = '127.0.0.1'
const COLLECTOR = 'cartbeacon-collector'

function wantedPort() {
  const text = process.env.PORT ?? '8080'
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new Problem(`PORT is “${text}”; it must be a number from 1 to 65535.`)
  return port
}

/** Asked before minutes of building, not after. */
function requireFree(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${error.code})`
      reject(new Problem(`Port ${port} ${reason}.\nStop that program, or choose another port: PORT=${port + 1} npm start`))
    })
    probe.listen(port, HOST, () => probe.close(resolve))
  })
}

async function buildCollector() {
  const args = ['build', '--release', '--package', COLLECTOR]
  await step('collector', 'Rust, with SQLite inside; minutes the first time', (onLine) => run('cargo', args, { cwd: root, onLine }))
}

function announce(port) {
  const base = `http://${HOST}:${port}`
  const rows = [
    ['the store', '/', 'plain pages with the script tag'],
    ['', '/app/', 'the same shop as a single-page app'],
    ['live view', '/live', 'events as they come in, and the funnel'],
    ['events', '/events', 'as JSON lines'],
    ['collector', '/collect', 'where the SDK posts'],
    ['the SDK', '/cb/cartbeacon.js', ''],
  ]
  heading('Running')
  for (const [name, path, what] of rows) console.log(`  ${name.padEnd(11)}${bold(base + path).padEnd(52)} ${dim(what)}`)
  console.log(`\n  ${dim('The database is data/cartbeacon.sqlite. Ctrl-C stops.')}`)
}

/** Runs the collector until it ends; Ctrl-C is passed on, so that it can finish what it has accepted. */
function serve(port) {
  const args = ['--port', String(port), '--data', at('data'), '--store', at('www/store'), '--sdk', dist]
  const child = spawn(at('target/release', COLLECTOR), args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      if (!stopping) console.log('\n  stopping …')
      stopping = true
      child.kill('SIGTERM')
    })
  }
  let ready = false
  child.stdout.on('data', (text) => {
    if (!ready && String(text).includes('listening on')) {
      ready = true
      announce(port)
    } else process.stdout.write(text)
  })
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Problem(`The collector did not start: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (stopping || code === 0) resolve()
      else reject(new Problem(`The collector ended with ${signal ?? `code ${code}`}.`))
    })
  })
}

main(async () => {
  const port = wantedPort()
  await requireFree(port)
  await setup('start')
  await build()
  await buildCollector()
  await serve(port)
})
