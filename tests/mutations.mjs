// `npm run mutations`: rules broken on purpose, one at a time. The simulated world must notice each, and for the right reason.
// All are compiled into one copy of the crate, under target/, and one is switched on for each run; a rule whose text is no
// longer found is an error. `node tests/mutations.mjs 2` runs the second alone and shows what it said.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandFailed, run } from '../www/tools/exec.mjs'
import { at } from '../www/tools/paths.mjs'
import { Problem, heading, main, step } from '../www/tools/say.mjs'

/**
 * What is changed in src/engine: the file, the text, and what it becomes, where `ON` stands for "this one is switched on";
 * `caught` is what a failing walk says.
 */
const MUTATIONS = [
  {
    rule: 'what was acknowledged is not sent again',
    changes: [['tracker/deliver.rs', 'match status {', 'match if ON && status == 200 && parcel.attempt == 1 { 503 } else { status } {']],
    caught: /came twice|sent again/,
  },
  {
    rule: 'no more bytes are in flight than browsers take',
    changes: [['tracker/deliver.rs', 'IN_FLIGHT.saturating_sub(taken)', 'if ON { IN_FLIGHT } else { IN_FLIGHT.saturating_sub(taken) }']],
    caught: /bytes handed over/,
  },
  {
    rule: 'nothing is sent before a yes: the queue is empty, and there is no permit',
    changes: [
      ['consent/mod.rs', 'self.is_granted().then_some(SendPermit(()))', '(ON || self.is_granted()).then_some(SendPermit(()))'],
      ['consent/mod.rs', 'State::Pending(held) => Ok(held.push', 'State::Pending(held) if !ON => Ok(held.push'],
    ],
    caught: /sent without a yes/,
  },
  {
    rule: 'nothing is stored without a permit, and nobody is remembered after a no',
    changes: [
      ['consent/mod.rs', 'self.is_granted().then_some(StorePermit(()))', '(ON || self.is_granted()).then_some(StorePermit(()))'],
      ['tracker/mod.rs', 'self.identity = Identity::default();', 'if !ON { self.identity = Identity::default(); }'],
    ],
    caught: /stored without a yes|an identity after a no/,
  },
  {
    rule: 'a withdrawal empties the queue',
    changes: [['tracker/mod.rs', 'self.queue.clear()', 'if ON { 0 } else { self.queue.clear() }']],
    caught: /something waits after a no/,
  },
  {
    rule: 'what is lost is counted',
    changes: [['tracker/mod.rs', 'self.losses.add(loss, count);', 'if !ON { self.losses.add(loss, count); }']],
    caught: /do not add up/,
  },
  {
    rule: 'both halves of a refused batch are kept',
    changes: [['tracker/pack.rs', 'self.add(parcel.attempt, parcel.count - half,', 'self.add(parcel.attempt, if ON { 0 } else { parcel.count - half },']],
    caught: /do not add up/,
  },
  {
    rule: 'what a page leaves behind is stored',
    changes: [['tracker/keep.rs', 'event.slot = slot;', 'event.slot = if ON { 7_777 } else { slot };']],
    caught: /missing|room for/,
  },
  {
    rule: 'what is stored is bounded',
    changes: [['tracker/keep.rs', 'what: Kept::Record, slot, room, text: w.out', 'what: Kept::Record, slot, room: if ON { u32::MAX } else { room }, text: w.out']],
    caught: /bytes are stored/,
  },
  {
    rule: 'what was acknowledged is taken off storage',
    changes: [['tracker/keep.rs', 'if self.outbox.records > 0 {', 'if !ON && self.outbox.records > 0 {']],
    caught: /sent again|nobody has sent|came twice|bytes are stored/,
  },
  {
    rule: 'a no empties the storage of all tabs',
    changes: [['tracker/keep.rs', 'self.undo(Kept::All);', 'if !ON { self.undo(Kept::All); }']],
    caught: /stored after a no|without a yes/,
  },
  {
    rule: 'a withdrawal in another tab is one here',
    changes: [['tracker/mod.rs', 'Input::Withdrawn => {', 'Input::Withdrawn if ON => {}\n            Input::Withdrawn => {']],
    caught: /an identity after a no|something waits after a no|stored without a yes|sent without a yes/,
  },
  {
    rule: 'what could not leave is tried again',
    changes: [['tracker/deliver.rs', 'if overdue || self.delivery.waiting().is_some()', 'if !ON && (overdue || self.delivery.waiting().is_some())']],
    caught: /the last event|still has something/,
  },
  {
    rule: 'what is stored names no one who denied marketing',
    changes: [['wire/native.rs', '(if consent.is_minimal() {', '(if !ON && consent.is_minimal() {']],
    caught: /stored after a no to marketing/,
  },
]

/** Reads which is switched on, once. */
const SWITCH = `
/// Whether a mutation is switched on.
pub fn is_on(mutation: usize) -> bool {
    static ON: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *ON.get_or_init(|| std::env::var("MUTATION").ok().and_then(|text| text.parse().ok()).unwrap_or(0)) == mutation
}
`

/** What the crate and its simulated world are made of. Cargo wants to see the collector as well. */
const SOURCES = ['Cargo.toml', 'Cargo.lock', 'src', 'tests/simulation.rs', 'tests/common', 'tests/bench/engine.rs']
  .concat(['Cargo.toml', 'src/lib.rs', 'src/main.rs'].map((name) => `collector/${name}`))
const COPY = at('target/mutations')
/** A broken rule shows itself within the first thousands; without one, so many steps must pass. */
const STEPS = 200_000

const filesIn = (path) =>
  statSync(at(path)).isDirectory() ? readdirSync(at(path)).flatMap((name) => filesIn(join(path, name))) : [path]

/** The file with every mutation that is made to it, each behind its switch. */
function mutated(path, text) {
  if (path === 'src/engine/mod.rs') return text + SWITCH
  MUTATIONS.forEach(({ rule, changes }, index) => {
    for (const [file, from, to] of changes) {
      if (path !== join('src/engine', file)) continue
      const times = text.split(from).length - 1
      if (times !== 1) throw new Problem(`“${rule}”: ${path} has this ${times} times, not once: ${from}`)
      text = text.replace(from, () => to.replaceAll('ON', `crate::engine::is_on(${index + 1})`))
    }
  })
  return text
}

/** Files keep their time as long as they stay the same: cargo then has nothing to do. */
function copy() {
  const paths = SOURCES.flatMap(filesIn)
  for (const path of paths) {
    const target = join(COPY, path)
    const text = mutated(path, readFileSync(at(path), 'utf8'))
    if (existsSync(target) && readFileSync(target, 'utf8') === text) continue
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
  const stale = ['src', 'tests'].flatMap((folder) => readdirSync(join(COPY, folder), { recursive: true }).map((name) => join(folder, name)))
  for (const path of stale) if (!existsSync(at(path))) rmSync(join(COPY, path), { recursive: true, force: true })
}

const CARGO = ['test', '--quiet', '--package', 'cartbeacon', '--test', 'simulation']

/** Walks with one mutation switched on, or none: what the failing walk said, '' when all is well. */
async function walk(mutation, io) {
  const env = { ...process.env, CARGO_TARGET_DIR: join(COPY, 'target'), RUST_BACKTRACE: '0', MUTATION: String(mutation), CARTBEACON_STEPS: String(STEPS) }
  try {
    await run('cargo', CARGO, { ...io, cwd: COPY, env, timeoutMs: 15 * 60_000 })
    return ''
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const said = error.tail.join('\n')
    if (!said.includes('panicked at')) throw error
    return said
  }
}

/** All of them, or the one with that number; answers how many were noticed. */
export async function mutations(io = {}, only) {
  copy()
  const well = await walk(0, io)
  if (well) throw new Problem(`The simulated world does not hold without any mutation:\n${well}`)
  const count = { passed: 0, failed: 0 }
  const missed = []
  for (const [index, { rule, caught }] of MUTATIONS.entries()) {
    if (only && only !== index + 1) continue
    io.onLine?.(rule)
    const said = await walk(index + 1, io)
    if (only) console.log(said)
    const isCaught = caught.test(said)
    count[isCaught ? 'passed' : 'failed']++
    if (!isCaught) missed.push(`“${rule}” was broken, and ${said ? `something else was noticed:\n${said}` : 'nobody noticed'}`)
  }
  if (missed.length) throw Object.assign(new Problem(missed.join('\n')), { count })
  return count
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    heading('Mutations')
    await step('mutations', 'rules broken on purpose', (onLine) => mutations({ onLine }, Number(process.argv[2]) || undefined))
  })
}
