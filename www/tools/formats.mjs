// `npm run formats`: what each format adds to the part that has all, in bytes of wasm with brotli; a Cargo feature left out each
// time. That is a build for each, so `npm run size` shows what was measured last: `--write` commits it, with a fingerprint of what
// it was measured from. `npm run formats -- segment klaviyo` writes dist/formats.js with only those features, for shops that host it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { bundleFormats } from './bundle.mjs'
import { fingerprint } from './fresh.mjs'
import { at } from './paths.mjs'
import { Problem, heading, main, note, yellow } from './say.mjs'
import { setup } from './setup.mjs'
import { buildFormats } from './wasm-build.mjs'
import { requireWasmToolchain } from './wasm-target.mjs'

const WEIGHTS = at('tests/formats/weights.json')
/** What the part is made of, and by. */
const INPUTS = ['Cargo.toml', 'src/engine/json.rs', 'src/engine/money.rs', 'src/engine/text.rs', 'src/engine/wire/formats', 'src/heap.rs']
  .concat(['formats-all', 'memory', 'translator'].map((name) => `src/parts/${name}.rs`), 'www/tools/wasm-build.mjs')

/** The features, from the one list there is. */
export function features() {
  const line = /^formats-all = \[(.*)\]$/m.exec(readFileSync(at('Cargo.toml'), 'utf8'))[1]
  return line.split(',').map((name) => name.trim().slice(1, -1))
}

const output = at('target/wasm/formats-own.wasm')
const weigh = () => brotliCompressSync(readFileSync(output)).length

function madeFrom() {
  const { devDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  return fingerprint(INPUTS.map((path) => at(path)), [devDependencies.binaryen])
}

/** The lines that tell of weights as `tests/formats/weights.json` has them: what is over the aim, and whether they are of now. */
export function tell({ aim, compiler, print, all, formats }, now) {
  const line = (name, bytes, more = '') => `  ${name.padEnd(16)}${bytes.toLocaleString('en').padStart(9)}${more}`
  const over = (bytes) => (bytes > aim ? yellow(`  ${(bytes - aim).toLocaleString('en')} above the aim of ${aim.toLocaleString('en')}`) : '')
  const lines = Object.entries(formats).map(([name, bytes]) => line(name, bytes, over(bytes)))
  const isOld = print !== now && `  ${yellow('!')} their source has changed since they were measured: npm run formats -- --write`
  return [line('all', all, `  by ${compiler}`), ...lines, isOld].filter(Boolean)
}

/** Prints what each format weighed when it was last measured. */
export function printFormats() {
  if (!existsSync(WEIGHTS)) return
  heading('Formats: bytes of wasm that each adds to formats-all.js, with brotli')
  for (const line of tell(JSON.parse(readFileSync(WEIGHTS, 'utf8')), madeFrom())) console.log(line)
}

async function measure(toolchain) {
  const all = features()
  const formats = {}
  await buildFormats(toolchain, all, output)
  const whole = weigh()
  for (const one of all) {
    await buildFormats(toolchain, all.filter((name) => name !== one), output)
    formats[one] = whole - weigh()
    note(`${one}: ${formats[one]}`)
  }
  return { aim: 1024, compiler: toolchain.name.replace(/ in .*/, ''), print: madeFrom(), all: whole, formats }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    const [all, asked] = [features(), process.argv.slice(2)]
    const chosen = asked.filter((word) => word !== '--write')
    const unknown = chosen.filter((name) => !all.includes(name))
    if (unknown.length) throw new Problem(`Unknown: ${unknown.join(', ')}. The features are ${all.join(', ')}.`)
    await setup('start')
    const toolchain = requireWasmToolchain()
    if (!chosen.length) {
      const measured = await measure(toolchain)
      if (asked.length) writeFileSync(WEIGHTS, `${JSON.stringify(measured, null, 2)}\n`)
      heading('Formats: bytes of wasm that each adds to the part that has all, with brotli')
      for (const line of tell(measured, measured.print)) console.log(line)
      return
    }
    await buildFormats(toolchain, chosen, output)
    await bundleFormats(output)
    note(`dist/formats.js has ${chosen.join(', ')}: ${weigh()} bytes of wasm with brotli`)
  })
}
