// Rust to the files the bundles are made of: `cartbeacon.wasm` with its slimmed glue `engine.js`, and the parts, which have
// no glue; in a folder under target/. cargo → wasm-bindgen → wasm-opt; each tool's reasons for its switches are beside them.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wasmBindgenPath } from './cargo-tools.mjs'
import { TARGET } from './compilers.mjs'
import { run } from './exec.mjs'
import { keepImports, rename, slim, usedExports } from './glue.mjs'
import { at, wasmTargetDir } from './paths.mjs'
import { STD_PARTS } from './versions.mjs'
import { arrange, prune } from './wasm-text.mjs'

const CRATE = 'cartbeacon'

/** The parts of src/parts: each a wasm of its own, and the functions of it that JavaScript calls. */
export const PARTS = {
  cart: ['input', 'output', 'step'],
  debug: ['input', 'output', 'look'],
  formats: ['input', 'output', 'run'],
  'formats-all': ['input', 'output', 'run'],
  gzip: ['input', 'output', 'gzip'],
  privacy: ['room', 'rules', 'clean', 'output'],
}

// The stack's default of 1 MiB would be zeroed memory in every page; the engine's calls are shallow.
const STACK_BYTES = 65_536

// What every browser with reference types has; wasm-opt must neither lose nor add any.
const FEATURES = ['bulk-memory', 'bulk-memory-opt', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext']
  .map((name) => `--enable-${name}`)

/** What cargo is asked for: the parts, and the engine. Alone, since a library that is no `rlib` too is optimised as a whole. */
const ENGINE = ['rustc', '--lib', '--crate-type', 'cdylib', '--no-default-features']
const ALL_PARTS = ['build', ...Object.keys(PARTS).flatMap((name) => ['--bin', name]), '--no-default-features', '--features', 'parts,formats-all']

/**
 * What is a little larger than its call is put in place of it: 140 bytes. What loops count by stays as it is written, instead of
 * an address for each thing they look at: 210. What is known on one way to a place is worked out again, instead of on all
 * ways but that: 100. The last two leave a pass out, and cost no time.
 */
const LLVM = ['-inline-threshold=20', '-disable-lsr', '-enable-pre=false']

/** cargo's arguments and environment for one kind of build; `wanted` says of what. */
function cargoCall(toolchain, dev, [command, ...wanted]) {
  const args = [command, '--package', CRATE, ...wanted, '--target', TARGET]
  const flags = [`-Clink-arg=-zstack-size=${STACK_BYTES}`]
  const env = { ...toolchain.env }
  delete env.RUSTFLAGS
  if (!dev) args.push('--profile', 'release-wasm')
  if (!dev && toolchain.buildStd) {
    // Panics become a bare trap: no messages, no formatting, about a third of the file.
    args.push(`-Zbuild-std=${STD_PARTS.join(',')}`)
    flags.push('-Zunstable-options', '-Cpanic=immediate-abort')
    // Off by default at `opt-level = "z"`; a call that does nothing but call is larger than what it calls: 5 % of the file.
    flags.push('-Zinline-mir=yes')
    // Nobody reads the text that `{:?}` and panic locations would make.
    flags.push('-Zfmt-debug=none', '-Zlocation-detail=none')
    env.RUSTC_BOOTSTRAP = '1'
  }
  // For the engine alone, so that std stays as it is.
  if (!dev && command === 'rustc') args.push('--', ...LLVM.map((flag) => `-Cllvm-args=${flag}`))
  env.CARGO_ENCODED_RUSTFLAGS = flags.join('\x1f')
  return { args, env }
}

async function compile(toolchain, dev, onLine) {
  for (const wanted of [ALL_PARTS, ENGINE]) {
    const { args, env } = cargoCall(toolchain, dev, wanted)
    await run(toolchain.cargo, args, { cwd: at('.'), env, onLine })
  }
  return join(wasmTargetDir, TARGET, dev ? 'debug' : 'release-wasm')
}

async function bind(wasm, out, onLine) {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const args = ['--target', 'web', '--no-typescript', '--omit-default-module-path', '--encode-into', 'always']
  args.push('--remove-producers-section', '--out-name', CRATE, '--out-dir', out, wasm)
  await run(wasmBindgenPath(), args, { onLine })
  return { glue: join(out, `${CRATE}.js`), wasm: join(out, `${CRATE}_bg.wasm`) }
}

const binaryen = (tool, args, options) => run(process.execPath, [at('node_modules/binaryen/bin', tool), ...args], options)

// How an address is aligned is a hint that engines do not need: without, more of the code is alike.
const PLAIN = ['--dealign']
const STRIP = ['--strip-debug', '--strip-producers', '--strip-target-features']

/** Drops the exports nobody calls and all they alone need. */
async function reduce(input, output, exports, scratch) {
  const graph = [
    { name: 'page', root: true, reaches: exports },
    ...exports.map((name) => ({ name, export: name })),
  ]
  const graphFile = join(scratch, 'graph.json')
  writeFileSync(graphFile, JSON.stringify(graph))
  await binaryen('wasm-metadce', [...FEATURES, '-g', '--graph-file', graphFile, input, '-o', output])
}

/** Changes a wasm as text, with or without the names of its functions. */
async function edit(file, scratch, names, change) {
  const text = join(scratch, 'text.wat')
  await binaryen('wasm-dis', [...FEATURES, file, '-o', text])
  writeFileSync(text, change(readFileSync(text, 'utf8')))
  await binaryen('wasm-as', [...FEATURES, ...names, text, '-o', file])
}

/** More than once, since each round finds what the one before laid bare. Flat code with its branches made anew is more alike. */
const SMALLER = '--gufa --flatten --rereloop -Oz --flatten --rereloop -Oz --gufa -Oz'.split(' ')

/** Reduces, optimises and arranges; returns the new names. */
async function optimise(input, output, exports, scratch, onLine) {
  const reduced = join(scratch, 'reduced.wasm')
  await reduce(input, reduced, exports, scratch)
  await edit(reduced, scratch, ['-g'], prune)
  const names = []
  // Large functions are left where they are, even with one caller: brotli finds more alike in smaller ones. The lowest KiB is
  // the far end of the stack, which calls as shallow as these never reach.
  const limits = ['--one-caller-inline-max-function-size=80', '--low-memory-unused']
  const passes = [...limits, ...SMALLER, '--minify-imports-and-exports-and-modules', ...STRIP]
  await binaryen('wasm-opt', [...FEATURES, ...passes, reduced, '-o', output], {
    onLine(line) {
      names.push(line)
      onLine('wasm-opt -Oz')
    },
  })
  // Functions that are alike stand side by side: 280 bytes.
  await edit(output, scratch, [], (text) => arrange(text, readFileSync(output)))
  await binaryen('wasm-opt', [...FEATURES, ...PLAIN, output, '-o', output])
  return JSON.parse(names.slice(names.indexOf('{')).join('\n'))
}

/** A part keeps the names of its exports: they are all the glue it has. */
async function makePart(name, compiled, output, dev, scratch) {
  const wasm = join(compiled, `${name}.wasm`)
  if (dev) return cpSync(wasm, output)
  const reduced = join(scratch, 'reduced.wasm')
  await reduce(wasm, reduced, ['memory', ...PARTS[name]], scratch)
  await binaryen('wasm-opt', [...FEATURES, '--low-memory-unused', ...SMALLER, ...PLAIN, ...STRIP, reduced, '-o', output])
}

/** The part `formats-all` with only these Cargo features of formats, as the file `output`. */
export async function buildFormats(toolchain, features, output) {
  const wanted = ['build', '--bin', 'formats-all', '--no-default-features', '--features', ['parts', 'formats', ...features].join(',')]
  const { args, env } = cargoCall(toolchain, false, wanted)
  await run(toolchain.cargo, args, { cwd: at('.'), env })
  const scratch = `${output}.scratch`
  mkdirSync(scratch, { recursive: true })
  await makePart('formats-all', join(wasmTargetDir, TARGET, 'release-wasm'), output, false, scratch)
  rmSync(scratch, { recursive: true, force: true })
}

/** Makes `engine.js`, `cartbeacon.wasm` and the parts' `<name>.wasm` in `out`. */
export async function buildWasm(toolchain, { dev, out }, onLine) {
  const compiled = await compile(toolchain, dev, onLine)
  const scratch = `${out}.bindgen`
  const bound = await bind(join(compiled, `${CRATE}.wasm`), scratch, onLine)
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  // Our own JavaScript that the Rust code calls; the glue imports it by relative paths.
  if (existsSync(join(scratch, 'snippets'))) cpSync(join(scratch, 'snippets'), join(out, 'snippets'), { recursive: true })
  const [glueFile, wasmFile] = [join(out, 'engine.js'), join(out, 'cartbeacon.wasm')]
  let glue = slim(readFileSync(bound.glue, 'utf8'))
  if (dev) {
    writeFileSync(wasmFile, readFileSync(bound.wasm))
  } else {
    const names = await optimise(bound.wasm, wasmFile, usedExports(glue), scratch, onLine)
    glue = rename(keepImports(glue, names.imports.map(([, name]) => name)), names)
  }
  writeFileSync(glueFile, glue)
  for (const name of Object.keys(PARTS)) await makePart(name, compiled, join(out, `${name}.wasm`), dev, scratch)
  rmSync(scratch, { recursive: true, force: true })
}
