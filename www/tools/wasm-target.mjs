// The compiler for the browser: finds one that is ready, or makes one ready. rustup's own where its server answers,
// else the distribution's. `wasmToolchain()` is the one way in which all else calls cargo for wasm32.
import { TARGET, distributionCompiler, hasRustup, ownCompiler, toolchainOf } from './compilers.mjs'
import { run } from './exec.mjs'
import { textOf } from './reach.mjs'
import { Problem } from './say.mjs'
import { prepareDistribution } from './wasm-std.mjs'

const ANSWER_MS = 4_000
const DOWNLOAD_MS = 300_000

/**
 * The ready toolchain: `{name, cargo, rustc, clippy, env, buildStd}`, or undefined. One with library source is preferred.
 * With `lint`, only one that has clippy will do.
 */
export function wasmToolchain({ lint = false } = {}) {
  const fit = (toolchain) => toolchain && (!lint || toolchain.clippy)
  const own = toolchainOf(ownCompiler())
  if (fit(own) && own.buildStd) return own
  const distribution = toolchainOf(distributionCompiler())
  if (fit(distribution) && distribution.buildStd) return distribution
  return [own, distribution].find(fit)
}

export function requireWasmToolchain(want) {
  const toolchain = wasmToolchain(want)
  if (!toolchain) throw new Problem('No Rust compiler here builds for the browser yet. Run: node www/tools/setup.mjs')
  return toolchain
}

/** Does rustup's server answer, and as itself? A gateway's friendly error page must not pass for it. */
async function rustupServerAnswers() {
  const server = process.env.RUSTUP_DIST_SERVER ?? 'https://static.rust-lang.org'
  try {
    return /^[0-9a-f]{64}\b/.test(await textOf(`${server}/dist/channel-rust-stable.toml.sha256`, ANSWER_MS))
  } catch {
    return false
  }
}

async function addByRustup(onLine) {
  const own = ownCompiler()
  if (!hasRustup() || !own?.sysroot.includes('toolchains')) return false
  onLine('asking whether rustup’s server can be reached')
  if (!(await rustupServerAnswers())) {
    onLine('rustup’s server does not answer: taking the distribution’s compiler')
    return false
  }
  try {
    await run('rustup', ['target', 'add', TARGET], { onLine, timeoutMs: DOWNLOAD_MS })
    // The source lets the build make std small; without it the build works and is larger.
    await run('rustup', ['component', 'add', 'rust-src'], { onLine, timeoutMs: DOWNLOAD_MS })
  } catch (error) {
    onLine(`rustup could not: ${error.message.split('\n')[1]?.trim()}`)
  }
  return toolchainOf(ownCompiler()) !== undefined
}

export const wasmTargetStep = {
  name: 'wasm compiler',
  why: 'Rust’s standard library for the browser; about a minute where it is built from source',
  find(want) {
    const toolchain = wasmToolchain(want)
    return toolchain && `${toolchain.name}${toolchain.buildStd ? ' with library source' : ''}`
  },
  async install(onLine, want) {
    if (await addByRustup(onLine)) return
    await prepareDistribution(want, onLine)
  },
}
