// The command-line tools that come from crates.io: wasm-bindgen, of exactly the version its library has in Cargo.lock,
// wasm-pack for the browser tests, and geckodriver for those in Firefox. They live in cargo's home, one folder per version,
// so that other projects' versions are left alone and a second clone finds them ready.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ask, isExecutable, run, which } from './exec.mjs'
import { at, cargoHome } from './paths.mjs'
import { Problem } from './say.mjs'
import { GECKODRIVER, WASM_PACK, wasmBindgenVersion } from './versions.mjs'

// Tools that run for a second need no optimising: this halves the time they take to build.
const QUICK_BUILD = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
}

// Default features off: they are for downloading, which is never asked of it here.
// Not `--locked`: its lock file has named crates that are no longer to be had.
const wasmBindgen = () => ({
  crate: 'wasm-bindgen-cli',
  bin: 'wasm-bindgen',
  version: wasmBindgenVersion(),
  flags: ['--no-default-features'],
})
const wasmPack = () => ({ crate: 'wasm-pack', bin: 'wasm-pack', version: WASM_PACK, flags: ['--locked'] })
const geckodriver = () => ({ crate: 'geckodriver', bin: 'geckodriver', version: GECKODRIVER, flags: ['--locked'] })

const home = (tool) => join(cargoHome, 'cartbeacon', `${tool.crate}-${tool.version}`)

/** The tool of the wanted version: ours, or the one on the PATH if it happens to be the same. */
function find(tool) {
  const fits = (path) => path && isExecutable(path) && ask(path, ['--version'])?.split(/\s+/)[1] === tool.version
  return [join(home(tool), 'bin', tool.bin), which(tool.bin)].find(fits)
}

function required(tool) {
  const path = find(tool)
  if (!path) throw new Problem(`${tool.bin} ${tool.version} is not installed. Run: node www/tools/setup.mjs`)
  return path
}

export const wasmBindgenPath = () => required(wasmBindgen())
export const wasmPackPath = () => required(wasmPack())
export const geckodriverPath = () => required(geckodriver())
/** Where wasm-bindgen's test runner is: wasm-pack looks for it on the PATH. */
export const wasmBindgenFolder = () => dirname(wasmBindgenPath())

function stepFor(toolOf, name, why) {
  return {
    name,
    why,
    find() {
      const tool = toolOf()
      return find(tool) && tool.version
    },
    async install(onLine) {
      const tool = toolOf()
      const scratch = at('target/tools')
      const env = { ...process.env, ...QUICK_BUILD, CARGO_TARGET_DIR: scratch }
      const args = ['install', tool.crate, '--version', tool.version, '--root', home(tool), '--force', ...tool.flags]
      await run('cargo', args, { env, onLine })
      rmSync(scratch, { recursive: true, force: true })
      if (!find(tool)) throw new Problem(`${tool.bin} was installed, but does not call itself version ${tool.version}.`)
    },
  }
}

export const wasmBindgenStep = stepFor(wasmBindgen, 'wasm-bindgen', 'joins Rust and JavaScript; 1–3 minutes')
export const wasmPackStep = stepFor(wasmPack, 'wasm-pack', 'runs the browser unit tests; 1–3 minutes')
export const geckodriverStep = stepFor(geckodriver, 'geckodriver', 'drives Firefox; 1–3 minutes')
