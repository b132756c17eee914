// `npm run formats`: what each format adds to the part that has all, in bytes of wasm with brotli; a Cargo feature left out each
// time. `npm run formats -- segment klaviyo` writes dist/formats.js with only those features, for shops that host it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { bundleFormats } from './bundle.mjs'
import { at } from './paths.mjs'
import { Problem, heading, main, note } from './say.mjs'
import { setup } from './setup.mjs'
import { buildFormats } from './wasm-build.mjs'
import { requireWasmToolchain } from './wasm-target.mjs'

/** The features, from the one list there is. */
function features() {
  const line = /^formats-all = \[(.*)\]$/m.exec(readFileSync(at('Cargo.toml'), 'utf8'))[1]
  return line.split(',').map((name) => name.trim().slice(1, -1))
}

const output = at('target/wasm/formats-own.wasm')
const weigh = () => brotliCompressSync(readFileSync(output)).length

async function measure(toolchain, all) {
  await buildFormats(toolchain, all, output)
  const whole = weigh()
  heading('Formats: bytes of wasm with brotli')
  console.log(`  ${'all'.padEnd(16)}${String(whole).padStart(7)}`)
  for (const one of all) {
    await buildFormats(toolchain, all.filter((name) => name !== one), output)
    console.log(`  ${one.padEnd(16)}${String(whole - weigh()).padStart(7)}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    const all = features()
    const chosen = process.argv.slice(2)
    const unknown = chosen.filter((name) => !all.includes(name))
    if (unknown.length) throw new Problem(`Unknown: ${unknown.join(', ')}. The features are ${all.join(', ')}.`)
    await setup('start')
    const toolchain = requireWasmToolchain()
    if (!chosen.length) return measure(toolchain, all)
    await buildFormats(toolchain, chosen, output)
    await bundleFormats(output)
    note(`dist/formats.js has ${chosen.join(', ')}: ${weigh()} bytes of wasm with brotli`)
  })
}
