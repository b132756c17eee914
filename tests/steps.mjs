// The steps of `npm test`: what each runs and how many tests its output reports. run.mjs runs them.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { build } from '../www/build.mjs'
import { requireBrowser } from '../www/tools/browsers.mjs'
import { wasmBindgenFolder, wasmPackPath } from '../www/tools/cargo-tools.mjs'
import { run } from '../www/tools/exec.mjs'
import { at, root } from '../www/tools/paths.mjs'
import { Problem } from '../www/tools/say.mjs'
import { printSizes } from '../www/tools/size.mjs'
import { requireWasmToolchain } from '../www/tools/wasm-target.mjs'
import { mutations } from './mutations.mjs'

const HALF_AN_HOUR = 30 * 60_000
/** A test file that takes longer hangs. */
const FILE_MS = 5 * 60_000

/** Collects the counts that cargo's and Node's runners print, while passing the lines on. */
function counting(onLine) {
  const count = { passed: 0, failed: 0 }
  const read = (line) => {
    const cargo = /^test result: \w+\. (\d+) passed; (\d+) failed/.exec(line)
    if (cargo) {
      count.passed += Number(cargo[1])
      count.failed += Number(cargo[2])
    }
    const node = /^ℹ (pass|fail) (\d+)$/.exec(line)
    if (node) count[node[1] === 'pass' ? 'passed' : 'failed'] += Number(node[2])
    onLine(line)
  }
  return { count, read }
}

/** Runs a test command; its failure carries what was counted until then. */
async function tested(command, args, { env, log, onLine }) {
  const { count, read } = counting(onLine)
  try {
    await run(command, args, { cwd: root, env, log, onLine: read, timeoutMs: HALF_AN_HOUR })
  } catch (error) {
    throw Object.assign(error, { count })
  }
  if (count.passed === 0) throw new Problem('The command succeeded, but ran no test.')
  return count
}

function filesIn(folder, pattern) {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => pattern.test(name)).sort().map((name) => join(folder, name))
}

function nodeTests(folder, variables) {
  return (io) => {
    const files = filesIn(at('tests', folder), /\.test\.mjs$/)
    if (!files.length) throw new Problem(`tests/${folder}/ has no *.test.mjs`)
    const args = ['--test', '--test-concurrency=1', `--test-timeout=${FILE_MS}`, '--test-reporter=spec', ...files]
    return tested(process.execPath, args, { ...io, env: { ...process.env, ...variables } })
  }
}

/** With a collector, built as the native tests build it, so that it is mostly there already. */
const endToEnd = (folder, variables) => async (io) => {
  await run('cargo', ['build', '--package', 'cartbeacon-collector'], { ...io, cwd: root, timeoutMs: HALF_AN_HOUR })
  return nodeTests(folder, variables)(io)
}

/** The tests that every browser must pass, in one of them. */
const across = (browser) => endToEnd('cross', { TESTED_BROWSER: browser })

/** The test files that need a browser say so in their first attribute; the others run natively. */
function browserTests() {
  const files = filesIn(at('tests'), /\.rs$/).filter((file) => readFileSync(file, 'utf8').includes('#![cfg(target_arch = "wasm32")]'))
  if (!files.length) throw new Problem('tests/ has no *.rs with #![cfg(target_arch = "wasm32")]')
  return files.map((file) => file.replace(/.*\/|\.rs$/g, ''))
}

function wasmPack(io) {
  const { env } = requireWasmToolchain()
  const { chromedriver } = requireBrowser()
  const args = ['test', '--headless', '--chrome', '--chromedriver', chromedriver, '--mode', 'no-install', root]
  for (const name of browserTests()) args.push('--test', name)
  const path = [wasmBindgenFolder(), env.PATH].join(delimiter)
  return tested(wasmPackPath(), args, { ...io, env: { ...env, PATH: path, WASM_BINDGEN_TEST_TIMEOUT: '120' } })
}

/** The hand-written types, and every TypeScript file of the tests that uses them. */
async function types(io) {
  const sources = readdirSync(at('tests'), { recursive: true })
    .filter((name) => /(?<!\.d)\.ts$/.test(name) && !name.includes('node_modules'))
    .map((name) => at('tests', name))
    .filter((file) => statSync(file).isFile())
  const files = [at('www/sdk/index.d.ts'), ...sources]
  const flags = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom', '--types', 'node']
  await run(process.execPath, [at('node_modules/typescript/bin/tsc'), ...flags, ...files], { ...io, cwd: root })
  return { passed: files.length, failed: 0 }
}

async function sizeBudget() {
  const { budget } = JSON.parse(readFileSync(at('tests/budget.json'), 'utf8'))
  const over = printSizes()
  const count = { passed: Object.keys(budget).length - over.length, failed: over.length }
  if (over.length) throw Object.assign(new Problem(`Over budget: ${over.join(', ')}.`), { count })
  return count
}

export const STEPS = [
  {
    name: 'native',
    why: 'unit, property and simulation tests, collector',
    run: (io) => tested('cargo', ['test', '--workspace'], io),
  },
  { name: 'mutations', why: 'rules broken on purpose, and who notices', run: mutations },
  { name: 'browser', why: 'wasm-pack, headless Chromium', run: wasmPack },
  { name: 'build', why: 'dist/', own: true, run: () => build().then(() => ({ passed: 0, failed: 0 })) },
  { name: 'sdk', why: 'the shipped JavaScript alone', run: nodeTests('sdk') },
  { name: 'e2e', why: 'store, SDK and collector in real Chromium', run: endToEnd('e2e') },
  { name: 'stores', why: 'a journey in stores of each shop system', run: endToEnd('stores') },
  { name: 'chromium', why: 'delivery in Chromium, driven by WebDriver', run: across('chromium') },
  { name: 'packaging', why: 'npm pack, bundler, server, script tag', run: nodeTests('packaging') },
  { name: 'tools', why: 'set-up, build and size commands', run: nodeTests('tools') },
  { name: 'types', why: 'index.d.ts and those who use it', run: types },
  { name: 'size', why: 'against tests/budget.json', own: true, run: sizeBudget },
]

/** The further steps of `npm run test:browsers`; what each `needs` is set up first. */
export const MORE_STEPS = [
  { name: 'next', why: "page views in shops with Next.js's app router and SvelteKit", run: endToEnd('routers') },
  { name: 'firefox', why: 'delivery in Firefox', needs: 'firefox', run: across('firefox') },
  { name: 'webkit', why: 'delivery in WebKitGTK', needs: 'webkit', run: across('webkit') },
]
