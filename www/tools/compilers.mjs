// The Rust compilers of this machine that could build for the browser, and which of them can already. Two are
// considered: the one on the PATH (rustup's, usually), and the distribution's in /usr. Only looks; installs nothing.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { ask, isExecutable, which } from './exec.mjs'
import { rustupHome, wasmTargetDir } from './paths.mjs'
import { compareVersions, lowestRust } from './versions.mjs'

export const TARGET = 'wasm32-unknown-unknown'

// Debian puts its compiler into /usr/bin; Ubuntu's numbered ones have folders of their own.
const DISTRIBUTION_FOLDERS = ['/usr/bin', ...numberedFolders()]

function numberedFolders() {
  try {
    const names = readdirSync('/usr/lib').filter((name) => /^rust-\d/.test(name))
    return names.sort(compareVersions).reverse().map((name) => `/usr/lib/${name}/bin`)
  } catch {
    return []
  }
}

/** Everything worth knowing of a compiler, or undefined when it is missing or too old. */
function describe(rustc, cargo) {
  const verbose = rustc && cargo && ask(rustc, ['-vV'])
  if (!verbose) return undefined
  const field = (name) => new RegExp(`^${name}: (.+)$`, 'm').exec(verbose)?.[1] ?? ''
  const release = field('release')
  if (compareVersions(release, lowestRust()) < 0) return undefined
  const sysroot = ask(rustc, ['--print', 'sysroot'])
  const folder = dirname(cargo)
  return {
    name: `${verbose.split('\n')[0].replace(/ \(.*/, '')} in ${folder}`,
    id: verbose,
    release,
    llvm: field('LLVM version').split('.')[0],
    host: field('host'),
    rustc,
    cargo,
    folder,
    sysroot,
    targetLib: join(sysroot, 'lib/rustlib', TARGET, 'lib'),
    /** The library's source beside the compiler allows std to be rebuilt, which makes the shipped file a third smaller. */
    buildStd: existsSync(join(sysroot, 'lib/rustlib/src/rust/library/Cargo.toml')),
    clippy: isExecutable(join(folder, 'cargo-clippy')) ? join(folder, 'cargo-clippy') : undefined,
  }
}

export function ownCompiler() {
  return describe(which('rustc'), which('cargo'))
}

export function distributionCompiler() {
  for (const folder of DISTRIBUTION_FOLDERS) {
    const [rustc, cargo] = [join(folder, 'rustc'), join(folder, 'cargo')]
    const found = isExecutable(rustc) && isExecutable(cargo) && describe(rustc, cargo)
    if (found) return found
  }
  return undefined
}

export function hasRustup() {
  return which('rustup') !== undefined
}

/** Has the compiler a standard library for the browser that is really its own? Only compiling tells. */
export function compilesForBrowser(compiler) {
  if (!existsSync(compiler.targetLib)) return false
  const out = join(tmpdir(), `cartbeacon-probe-${process.pid}.rmeta`)
  const args = ['--target', TARGET, '--crate-type', 'lib', '--emit', 'metadata', '-o', out, '-']
  const answer = ask(compiler.rustc, args, { input: 'pub fn probe() -> std::string::String { std::string::String::new() }' })
  rmSync(out, { force: true })
  return answer !== undefined
}

/**
 * The linker for a compiler: `{}` when it brings its own, a path from a rustup toolchain or from the distribution's lld
 * when it does not, undefined when there is none.
 */
export function linkerFor(compiler) {
  const inside = (toolchain) => join(toolchain, 'lib/rustlib', compiler.host, 'bin/rust-lld')
  if (existsSync(inside(compiler.sysroot))) return {}
  if (which('rust-lld')) return {}
  const toolchains = join(rustupHome, 'toolchains')
  const fromRustup = existsSync(toolchains) ? readdirSync(toolchains).map((name) => inside(join(toolchains, name))) : []
  const fromDistribution = [which(`wasm-ld-${compiler.llvm}`), which('wasm-ld')]
  const path = [...fromRustup, ...fromDistribution].find((file) => file && existsSync(file))
  return path && { path }
}

/** How to call cargo for the browser with this compiler, or undefined when it cannot build for it yet. */
export function toolchainOf(compiler) {
  const linker = compiler && linkerFor(compiler)
  if (!linker || !compilesForBrowser(compiler)) return undefined
  return { ...compiler, env: environmentFor(compiler, linker) }
}

export function environmentFor(compiler, linker) {
  const env = { ...process.env, CARGO_TARGET_DIR: wasmTargetDir }
  if (linker.path) env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = linker.path
  if (compiler.rustc !== which('rustc')) {
    // cargo and wasm-pack look for the compiler on the PATH, where rustup's would win.
    env.PATH = [compiler.folder, process.env.PATH].join(delimiter)
    env.RUSTC = compiler.rustc
    env.RUSTDOC = join(compiler.folder, 'rustdoc')
    delete env.RUSTUP_TOOLCHAIN
  }
  return env
}
