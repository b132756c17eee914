// Where rustup's servers cannot be reached: the distribution's compiler, and its standard library built for the browser
// once from the distribution's own source package and put into that compiler's sysroot, where rustup would have put it.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as apt from './apt.mjs'
import { TARGET, compilesForBrowser, distributionCompiler, environmentFor, linkerFor } from './compilers.mjs'
import { run } from './exec.mjs'
import { at } from './paths.mjs'
import { Problem } from './say.mjs'
import { STD_PARTS_FOR_TESTS, compareVersions, lowestRust } from './versions.mjs'

const NEEDED = 'A Rust compiler with its library source is needed to build for the browser'

/**
 * The distribution's sets of compiler, cargo, library source and clippy, newest first. Debian has a plain set and a
 * newer one kept for browsers (`rustc-web`); Ubuntu has one per version.
 */
function families() {
  const numbered = apt.packagesNamed(/^rustc-1\.\d+$/).map((name) => name.slice('rustc-'.length))
  const sets = [
    { rustc: 'rustc-web', cargo: 'cargo-web', source: 'rust-web-src', clippy: 'rust-web-clippy' },
    { rustc: 'rustc', cargo: 'cargo', source: 'rust-src', clippy: 'rust-clippy' },
    ...numbered.map((n) => ({ rustc: `rustc-${n}`, cargo: `cargo-${n}`, source: `rust-${n}-src`, clippy: `rust-${n}-clippy` })),
  ]
  return sets
    .map((set) => ({ ...set, version: apt.candidate(set.rustc) }))
    .filter((set) => set.version && compareVersions(set.version, lowestRust()) >= 0 && apt.candidate(set.source))
    .sort((a, b) => compareVersions(b.version, a.version))
}

/** Installs what is missing of compiler, source, linker and (for lints) clippy; returns the compiler. */
async function installCompiler({ lint }, onLine) {
  await apt.refreshLists(onLine)
  const ready = () => {
    const compiler = distributionCompiler()
    return compiler?.buildStd && (!lint || compiler.clippy) ? compiler : undefined
  }
  if (!ready()) {
    if (!families().length) await apt.refreshLists(onLine, { anyway: true })
    const [family] = families()
    if (!family) {
      throw new Problem(
        `${NEEDED}, version ${lowestRust()} or newer. rustup's server was not reached, and this distribution has no such packages` +
          ` (on Debian: rustc-web cargo-web rust-web-src).\nWhere rustup works: rustup target add ${TARGET} && rustup component add rust-src`,
      )
    }
    const names = [family.rustc, family.cargo, family.source, ...(lint ? [family.clippy] : [])]
    await apt.install(names, NEEDED, onLine)
  }
  const compiler = ready()
  if (!compiler) throw new Problem(`${NEEDED}; the distribution's packages are installed, yet no fit compiler was found in /usr.`)
  if (!linkerFor(compiler)) {
    const lld = [`lld-${compiler.llvm}`, 'lld'].find((name) => apt.candidate(name)) ?? 'lld'
    await apt.install([lld], 'A linker for WebAssembly is needed', onLine)
  }
  return compiler
}

/** Compiles std for the browser in a scratch crate and returns the paths of its libraries. */
async function buildStd(compiler, onLine) {
  const scratch = at('target/wasm-std')
  const out = join(scratch, 'target')
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(join(scratch, 'src'), { recursive: true })
  writeFileSync(join(scratch, 'Cargo.toml'), '[package]\nname = "scratch"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n')
  writeFileSync(join(scratch, 'src/lib.rs'), '#![no_std]\n')
  const env = {
    ...environmentFor(compiler, linkerFor(compiler)),
    CARGO_TARGET_DIR: out,
    RUSTC_BOOTSTRAP: '1', // -Zbuild-std is not stable yet
    CARGO_PROFILE_RELEASE_DEBUG: '0',
    CARGO_ENCODED_RUSTFLAGS: '-Cembed-bitcode=yes', // so that a build with link-time optimisation can use it
  }
  const args = ['build', '--release', '--target', TARGET, `-Zbuild-std=${STD_PARTS_FOR_TESTS.join(',')}`]
  await run(compiler.cargo, args, { cwd: scratch, env, onLine })
  const deps = join(out, TARGET, 'release/deps')
  const libraries = readdirSync(deps).filter((name) => name.endsWith('.rlib') && !name.startsWith('libscratch'))
  return { scratch, files: libraries.map((name) => join(deps, name)) }
}

/** The whole way; afterwards the distribution's compiler builds for the browser like any other. */
export async function prepareDistribution(want, onLine) {
  const compiler = await installCompiler(want, onLine)
  if (compilesForBrowser(compiler)) return // only clippy or the linker was missing
  const prefix = apt.asRoot()
  if (prefix === undefined) {
    throw new Problem(
      `The standard library for the browser has to be put into ${compiler.targetLib}, which needs root.\n` +
        'Run the same command once as root, or with a sudo that asks no password.',
    )
  }
  const { scratch, files } = await buildStd(compiler, onLine)
  const privileged = (...words) => {
    const [command, ...args] = [...prefix, ...words]
    return run(command, args, { onLine })
  }
  onLine(`copying ${files.length} libraries into ${compiler.targetLib}`)
  // An older compiler's libraries would make every crate ambiguous.
  await privileged('rm', '-rf', compiler.targetLib)
  await privileged('mkdir', '-p', compiler.targetLib)
  await privileged('install', '-m', '644', '-t', compiler.targetLib, ...files)
  rmSync(scratch, { recursive: true, force: true })
}
