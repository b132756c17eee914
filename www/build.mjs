// `npm run build`: cargo → wasm-bindgen → wasm-opt → bundles in dist/ → their sizes. `--dev` leaves out all optimising.
// Each half is skipped when what it is made from has not changed. The halves themselves: tools/wasm-build.mjs, tools/bundle.mjs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SHIPPED, bundle } from './tools/bundle.mjs'
import { fingerprint, isFresh, remember } from './tools/fresh.mjs'
import { at, dist } from './tools/paths.mjs'
import { Problem, heading, main, note, present, step } from './tools/say.mjs'
import { setup } from './tools/setup.mjs'
import { printSizes } from './tools/size.mjs'
import { wasmBindgenVersion } from './tools/versions.mjs'
import { PARTS, buildWasm } from './tools/wasm-build.mjs'
import { requireWasmToolchain } from './tools/wasm-target.mjs'

const CRATE_INPUTS = ['Cargo.toml', 'Cargo.lock', '.cargo', 'src', 'package-lock.json', 'www/tools/wasm-build.mjs', 'www/tools/glue.mjs']
const BUNDLE_INPUTS = ['www/sdk', 'www/tools/bundle.mjs', 'package.json', 'package-lock.json']

async function makeWasm(dev) {
  const toolchain = requireWasmToolchain()
  const name = 'cartbeacon.wasm'
  const out = at('target/wasm', dev ? 'sdk-dev' : 'sdk')
  const parts = Object.keys(PARTS).map((name) => `${name}.wasm`)
  const outputs = ['engine.js', name, ...parts].map((name) => join(out, name))
  const print = fingerprint(CRATE_INPUTS.map((path) => at(path)), [toolchain.id, String(toolchain.buildStd), wasmBindgenVersion()])
  if (isFresh(`${out}.stamp`, print, outputs)) {
    present(name, 'unchanged')
    return out
  }
  if (!dev && !toolchain.buildStd) {
    note('no library source beside this compiler: std is not rebuilt, and the wasm comes out about half as large again')
    note('with rustup: rustup component add rust-src')
  }
  const why = dev ? 'not optimised' : toolchain.buildStd ? 'std and crate for size; a minute the first time' : 'for size'
  await step(name, why, (onLine) => buildWasm(toolchain, { dev, out }, onLine))
  remember(`${out}.stamp`, print)
  return out
}

async function makeBundles(made, dev) {
  const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  const stamp = at('target/wasm/dist.stamp')
  const print = fingerprint([...BUNDLE_INPUTS.map((path) => at(path)), made], [String(dev)])
  if (isFresh(stamp, print, SHIPPED.map((name) => join(dist, name)))) {
    present('dist/', 'unchanged')
    return
  }
  await step('dist/', 'the files that ship', () => bundle(made, { dev, version }))
  remember(stamp, print)
}

/** Builds dist/; set-up must have been done. */
export async function build({ dev = false } = {}) {
  heading(dev ? 'Build, for development' : 'Build')
  await makeBundles(await makeWasm(dev), dev)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    const args = process.argv.slice(2)
    const unknown = args.filter((arg) => arg !== '--dev')
    if (unknown.length) throw new Problem(`Unknown: ${unknown.join(' ')}. The one option is --dev.`)
    await setup('start')
    await build({ dev: args.includes('--dev') })
    await printSizes()
  })
}
