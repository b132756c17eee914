// `npm test`: sets up what is missing, runs every step of steps.mjs, also after a failure, and ends with a summary and
// one line `N passed, M failed`. `node tests/run.mjs e2e size` runs the named steps alone.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { at } from '../www/tools/paths.mjs'
import { Problem, bold, dim, green, heading, main, note, red, seconds, step } from '../www/tools/say.mjs'
import { setup } from '../www/tools/setup.mjs'
import { MORE_STEPS, STEPS } from './steps.mjs'

const LOGS = at('target/test-logs')

function chosen(names) {
  const all = [...STEPS, ...MORE_STEPS]
  const unknown = names.filter((name) => !all.some((step) => step.name === name))
  if (unknown.length) throw new Problem(`Unknown: ${unknown.join(', ')}. The steps are ${all.map((step) => step.name).join(', ')}.`)
  return names.length ? all.filter((step) => names.includes(step.name)) : STEPS
}

async function attempt({ name, why, own, needs, run }) {
  const started = Date.now()
  const log = `${LOGS}/${name}.log`
  rmSync(log, { force: true })
  const outcome = (count, error) => ({ name, ...count, error, ms: Date.now() - started, log })
  try {
    if (needs) await setup(needs)
    // Steps that announce themselves are not announced twice.
    const count = own ? await run() : (await step(name, why, (onLine) => run({ log, onLine }))).result
    return outcome(count)
  } catch (error) {
    const text = error instanceof Problem ? error.message : error.stack
    console.log(`\n${text}\n`)
    const count = error.count ?? { passed: 0, failed: 0 }
    return outcome({ ...count, failed: Math.max(count.failed, 1) }, error)
  }
}

function summarise(outcomes) {
  heading('Summary')
  for (const { name, passed, failed, error, ms } of outcomes) {
    const mark = error ? red('✗ failed') : green('✓ passed')
    const tests = passed + failed ? `${passed} passed, ${failed} failed` : ''
    console.log(`  ${mark}  ${name.padEnd(12)}${tests.padEnd(26)}${dim(seconds(ms))}`)
  }
  const failing = outcomes.filter(({ error }) => error)
  if (failing.length) note(`whole logs: ${failing.map(({ log }) => log).join('  ')}`)
  const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0)
  return `${sum('passed')} passed, ${sum('failed')} failed`
}

main(async () => {
  const steps = chosen(process.argv.slice(2))
  mkdirSync(LOGS, { recursive: true })
  await setup('test')
  heading('Tests')
  const outcomes = []
  for (const step of steps) outcomes.push(await attempt(step))
  const line = summarise(outcomes)
  writeFileSync(`${LOGS}/result.txt`, `${line}\n`)
  console.log(`\n${outcomes.some(({ error }) => error) ? '' : bold(green('All passed.'))}\n${line}`)
  if (outcomes.some(({ error }) => error)) process.exitCode = 1
})
