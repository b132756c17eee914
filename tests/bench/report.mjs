// The table: medians and ranges over the rounds, ratios taken within each round.
import { bold, dim, green, heading, red } from '../../www/tools/say.mjs'
import { FIGURES } from './figures.mjs'

const WIDTHS = [52, 9, 23, 23, 21, 21]

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

function short(value) {
  if (!Number.isFinite(value)) return '–'
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 1
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

const range = (values, format = short) => {
  const known = values.filter(Number.isFinite)
  if (!known.length) return '–'
  const [middle, low, high] = [median(known), Math.min(...known), Math.max(...known)].map(format)
  return low === high ? middle : `${middle} [${low}–${high}]`
}

const times = (ratio) => ratio.toFixed(2)

/** `{values, ratios, met, aim}` of one figure: values by contender, one per round; `ratios` ours to the batcher's, `to` ours to each peer's. */
export function evaluate({ key, net, goal, atMost, all }, rounds, peers = []) {
  const of = (name) => rounds.map((round) => round[name][key] - (net ? round.nothing[key] : 0))
  const values = { nothing: rounds.map((round) => round.nothing[key]) }
  for (const name of ['batcher', 'cartbeacon', ...peers]) values[name] = of(name)
  // A net figure near zero is noise, and a ratio to noise says nothing.
  const ratioTo = (name) => values.cartbeacon.map((value, n) => (values[name][n] > 0.05 ? value / values[name][n] : NaN))
  const ratios = ratioTo('batcher')
  const to = Object.fromEntries(peers.map((name) => [name, ratioTo(name)]))
  const known = ratios.filter(Number.isFinite)
  if (goal !== undefined) return { values, ratios, to, aim: `≤ ${goal} ×`, met: known.length ? median(known) <= goal : undefined }
  if (atMost !== undefined) return { values, ratios: [], to, aim: `≤ ${short(atMost)}`, met: median(values.cartbeacon) <= atMost }
  if (all !== undefined) return { values, ratios: [], to, aim: `all ${short(all)}`, met: values.cartbeacon.every((value) => value === all) }
  return { values, ratios, to, aim: '', met: undefined }
}

const line = (cells) => cells.map((cell, n) => (n ? cell.padStart(WIDTHS[n]) : cell.padEnd(WIDTHS[n]))).join('')

/** Prints everything; `rounds` holds, per round, the figures of each contender by name. */
export function print(rounds, peers = []) {
  heading('median [min–max]')
  console.log(`  ${dim(line(['', 'nothing', 'batcher', 'cartbeacon', '÷ batcher']))}   ${dim('goal')}`)
  const verdicts = []
  const table = []
  for (const figure of FIGURES) {
    if (figure.heading) {
      table.push(`\n  ${bold(figure.heading)}`)
      console.log(table.at(-1))
      continue
    }
    const { values, ratios, to, aim, met } = evaluate(figure, rounds, peers)
    const label = [figure.label, figure.unit, figure.net && 'net'].filter(Boolean).join(', ')
    const cells = [label, short(median(values.nothing)), range(values.batcher), range(values.cartbeacon), ratios.length ? range(ratios, times) : '']
    const mark = met === undefined ? ' ' : met ? green('✓') : red('✗')
    console.log(`  ${line(cells)}   ${mark} ${aim}`)
    if (met !== undefined) verdicts.push(met)
    table.push(`  ${line([label, '', ...peers.flatMap((name) => [range(values[name]), range(to[name], times)])])}`)
  }
  console.log(`\n  ${verdicts.filter(Boolean).length} of ${verdicts.length} goals are met.`)
  if (!peers.length) return
  heading('Others on the same page, in the same rounds')
  console.log(`  ${dim(line(['', '', ...peers.flatMap((name) => [name, 'ours ÷ it'])]))}`)
  for (const row of table) console.log(row)
}
