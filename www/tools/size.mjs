// `npm run size`: what every file of dist/ weighs, raw and as sent, against tests/budget.json. Over budget is an error;
// what is not as small yet as it should become is said (`aim`);
// a rise of more than 2 % over the committed figures asks for a line in the change log. `--write` commits the figures of now. Below
// it what each format weighs, as `npm run formats` has measured it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { SHIPPED } from './bundle.mjs'
import { printFormats } from './formats.mjs'
import { at, dist } from './paths.mjs'
import { Problem, bold, dim, green, heading, main, note, red, yellow } from './say.mjs'

const BUDGET = at('tests/budget.json')
const RISE_TO_EXPLAIN = 1.02

// Files that are fetched together are paid for together.
const TOGETHER = {
  'cartbeacon.js + cartbeacon.wasm': ['cartbeacon.js', 'cartbeacon.wasm'],
}

function weigh(file) {
  const bytes = readFileSync(file)
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  })
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli.length }
}

const add = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli })

/** `{name: {raw, gzip, brotli}}` of every shipped file and of those fetched together. */
export function sizes() {
  const missing = SHIPPED.filter((name) => !existsSync(join(dist, name)))
  if (missing.length) throw new Problem(`dist/ lacks ${missing.join(', ')}. Run: npm run build`)
  const single = Object.fromEntries(SHIPPED.map((name) => [name, weigh(join(dist, name))]))
  const joint = Object.entries(TOGETHER).map(([name, files]) => [name, files.map((file) => single[file]).reduce(add)])
  return { ...single, ...Object.fromEntries(joint) }
}

/** Compares with the budget: `{name, …sizes, budget?, last?, over, risen}` per row. */
export function judge(measured, { budget, last }) {
  return Object.entries(measured).map(([name, size]) => ({
    name,
    ...size,
    budget: budget[name],
    last: last[name],
    over: budget[name] !== undefined && size.brotli > budget[name],
    risen: last[name] !== undefined && size.brotli > last[name] * RISE_TO_EXPLAIN,
  }))
}

const number = (n) => (n === undefined ? '' : n.toLocaleString('en'))

function print(rows, aim) {
  heading('Sizes in bytes')
  const columns = ['raw', 'gzip', 'brotli', 'budget', 'left']
  console.log(`  ${''.padEnd(32)}${columns.map((name) => dim(name.padStart(9))).join('')}`)
  for (const row of rows) {
    const left = row.budget === undefined ? undefined : row.budget - row.brotli
    const cells = [row.raw, row.gzip, row.brotli, row.budget, left].map((n) => number(n).padStart(9))
    if (left !== undefined) cells[4] = (row.over ? red : green)(cells[4])
    cells[2] = bold(cells[2])
    console.log(`  ${row.name.padEnd(32)}${cells.join('')}`)
  }
  for (const { name, brotli } of rows.filter(({ name, brotli }) => brotli > aim[name]))
    console.log(`  ${yellow('!')} ${name} is ${number(brotli - aim[name])} above its aim of ${number(aim[name])}`)
  for (const { name, brotli, last } of rows.filter((row) => row.risen)) {
    const percent = ((brotli / last - 1) * 100).toFixed(1)
    console.log(`  ${yellow('!')} ${name} is ${percent} % larger than the committed ${number(last)}: say why in CHANGELOG.md, then npm run size -- --write`)
  }
}

const readBudget = () => JSON.parse(readFileSync(BUDGET, 'utf8'))

/** Prints the table; returns the names that are over budget. */
export function printSizes() {
  const figures = readBudget()
  const rows = judge(sizes(), figures)
  print(rows, figures.aim)
  printFormats()
  return rows.filter((row) => row.over).map((row) => row.name)
}

function write() {
  const { aim, budget } = readBudget()
  const last = Object.fromEntries(Object.entries(sizes()).map(([name, { brotli }]) => [name, brotli]))
  writeFileSync(BUDGET, `${JSON.stringify({ aim, budget, last }, null, 2)}\n`)
  note('tests/budget.json holds the sizes of now')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(() => {
    const over = printSizes()
    if (over.length) throw new Problem(`Over budget: ${over.join(', ')}.`)
    if (process.argv.includes('--write')) write()
  })
}
