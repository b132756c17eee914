// A collector of its own for each test file: the real program on a free port, with a database in a folder that goes when
// the tests have ended. Tests ask the database through `/events` and wait with a deadline, never for a fixed time.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { at, dist } from '../../www/tools/paths.mjs'

/** How long anything may take to happen; a test that waits longer has failed. */
export const DEADLINE = 15_000
const POLL = 40

/** Whichever of the two builds is newer, so that nobody tests yesterday's. */
function program() {
  const built = ['debug', 'release'].map((profile) => at('target', profile, 'cartbeacon-collector')).filter(existsSync)
  assert.ok(built.length, 'no collector: cargo build --package cartbeacon-collector')
  return built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]
}

/** Asks again and again until the answer is truthy; `what` is said, with what there was instead, when it never is. */
export async function until(ask, what, instead = () => '') {
  const end = Date.now() + DEADLINE
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) assert.fail(`${what}: not within ${DEADLINE / 1000} s${instead()}`)
    await pause(POLL)
  }
}

/** Whatever ends the tests, no program of theirs stays behind. */
const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill()))
process.once('SIGTERM', () => process.exit(1))

const names = (events) => events.map(({ name }) => name).join(' ')

export class Collector {
  #options
  #child
  origin = ''

  constructor(options) {
    this.#options = options
  }

  /** Starts it, on the same port as the time before; `more` are further arguments. */
  async start(...more) {
    assert.ok(existsSync(`${dist}/cartbeacon.wasm`), 'no dist/: npm run build')
    const { data, store } = this.#options
    const port = this.origin ? new URL(this.origin).port : '0'
    const args = ['--port', port, '--data', data, '--store', store, '--sdk', dist, '--test-faults', ...more]
    this.#child = spawn(program(), args, { stdio: ['ignore', 'pipe', 'inherit'] })
    running.add(this.#child)
    this.#child.once('exit', () => running.delete(this.#child))
    const lines = createInterface({ input: this.#child.stdout })
    const [line] = await Promise.race([
      once(lines, 'line'),
      once(this.#child, 'exit').then(([code]) => assert.fail(`the collector ended with code ${code}`)),
    ])
    // The test's own process must not wait for what else it prints.
    lines.on('line', () => {})
    this.origin = /http:\S+/.exec(line)[0].replace(/\/$/, '')
  }

  /** Stops it as Ctrl-C would. */
  async stop() {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }

  /** Everything stored, oldest first: one object per line of `/events`. */
  async events(ask = {}) {
    const response = await fetch(`${this.origin}/events?${new URLSearchParams({ limit: 10_000, ...ask })}`)
    assert.equal(response.status, 200)
    return (await response.text()).split('\n').filter(Boolean).map((line) => JSON.parse(line))
  }

  /** The stored events, as soon as `enough(events)` holds. */
  async expect(enough, what) {
    let events
    const ask = async () => enough((events = await this.events()))
    await until(ask, what, () => `, but there are ${events.length} events: ${names(events)}`)
    return events
  }

  /** Waits until these names are stored, however often each, and answers all events of this moment. */
  expectNames(...wanted) {
    return this.expect((events) => {
      const there = events.map(({ name }) => name)
      return wanted.every((name) => {
        const place = there.indexOf(name)
        if (place < 0) return false
        there.splice(place, 1)
        return true
      })
    }, wanted.join(' '))
  }

  /** The figures of the live view, from the first message of its stream. */
  async stats(span = 'day') {
    const stop = new AbortController()
    const response = await fetch(`${this.origin}/live/stream?span=${span}`, { signal: stop.signal })
    let text = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const data = /^event: stats\ndata: (.*)$/m.exec(text)?.[1] ?? /^data: (.*)\nevent: stats$/m.exec(text)?.[1]
      if (!data || !text.includes('\n\n')) continue
      stop.abort()
      return JSON.parse(data)
    }
    return assert.fail('the stream ended before its first figures')
  }

  /** From now on the next `count` posts fail as told; see `collector/src/faults.rs`. */
  async faults(fault) {
    const response = await fetch(`${this.origin}/test/faults`, { method: 'POST', body: JSON.stringify(fault) })
    assert.equal(response.status, 200, await response.text())
  }

  async faultsLeft() {
    return (await (await fetch(`${this.origin}/test/faults`)).json()).remaining
  }
}
