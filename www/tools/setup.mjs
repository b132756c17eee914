// Sets up what a command needs and is not there: `node www/tools/setup.mjs [start|test|firefox|webkit|lint]…`.
// Every step looks first and is skipped when there is nothing to do, so running it again costs well under a second.
// Uses Node's built-ins alone: npm's packages are one of the things it installs.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as apt from './apt.mjs'
import { browserStep, displayStep, firefoxStep, webkitStep } from './browsers.mjs'
import { geckodriverStep, wasmBindgenStep, wasmPackStep } from './cargo-tools.mjs'
import { run, which } from './exec.mjs'
import { at, root } from './paths.mjs'
import { Problem, heading, main, note, present, seconds, step } from './say.mjs'
import { wasmTargetStep } from './wasm-target.mjs'

const rustStep = {
  name: 'rust',
  why: 'the compiler for the collector and the tests',
  find: () => which('cargo') && which('rustc') && 'found',
  install() {
    throw new Problem('Rust is needed: neither cargo nor rustc is on the PATH. See https://rustup.rs, or install your distribution’s packages.')
  },
}

const compilerStep = {
  name: 'c compiler',
  why: 'SQLite is compiled into the collector',
  find: () => which('cc') && 'found',
  async install(onLine) {
    await apt.refreshLists(onLine)
    await apt.install(['gcc', 'libc6-dev'], 'A C compiler is needed, because SQLite is compiled into the collector', onLine)
  },
}

const packagesStep = {
  name: 'npm packages',
  why: 'bundler, optimiser, type checker, browser driver',
  find: () => installedPackagesMatch() && 'as in package-lock.json',
  install: (onLine) => run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root, onLine }),
}

/** npm keeps a copy of the lock file of what it installed; every package this machine can use must be in it. */
function installedPackagesMatch() {
  try {
    const packages = (path) => JSON.parse(readFileSync(at(path), 'utf8')).packages
    const installed = packages('node_modules/.package-lock.json')
    return Object.entries(packages('package-lock.json')).every(
      ([path, { version, optional }]) => path === '' || installed[path]?.version === version || (optional && !installed[path]),
    )
  } catch {
    return false
  }
}

const START = [rustStep, compilerStep, packagesStep, wasmTargetStep, wasmBindgenStep]
const PURPOSES = {
  start: START,
  test: [...START, wasmPackStep, browserStep],
  firefox: [firefoxStep, geckodriverStep],
  webkit: [displayStep, webkitStep],
  lint: [...START],
}

/** Brings everything there that the purposes need. */
export async function setup(...purposes) {
  const started = Date.now()
  const steps = new Set(purposes.flatMap((purpose) => PURPOSES[purpose]))
  const want = { lint: purposes.includes('lint') }
  heading('Set-up')
  for (const { name, why, find, install } of steps) {
    const found = find(want)
    if (found) present(name, found)
    else await step(name, why, (onLine) => install(onLine, want))
  }
  note(`set up in ${seconds(Date.now() - started)}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const purposes = process.argv.slice(2)
  const unknown = purposes.filter((purpose) => !(purpose in PURPOSES))
  main(() => {
    if (unknown.length) throw new Problem(`Unknown: ${unknown.join(', ')}. Known: ${Object.keys(PURPOSES).join(', ')}.`)
    return setup(...(purposes.length ? purposes : ['start']))
  })
}
