// `npm run fuzz`: libFuzzer on the targets of tests/fuzz, half a minute each; `npm run fuzz -- inputs 600` for one, longer.
// What it has learnt stays under target/fuzz/, and so does a find, as a file that the target fails on.
//
// cargo-fuzz (`cargo +nightly fuzz run --fuzz-dir tests/fuzz inputs`) does the same with AddressSanitizer, which needs a
// nightly compiler. The engine forbids unsafe code: for it the coverage is what matters, and any compiler has that.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { run } from '../www/tools/exec.mjs'
import { at } from '../www/tools/paths.mjs'
import { Problem, heading, main, note, step } from '../www/tools/say.mjs'

const TARGETS = [...readFileSync(at('tests/fuzz/Cargo.toml'), 'utf8').matchAll(/^\[\[bin\]\]\nname = "(\w+)"/gm)].map(([, name]) => name)
const SECONDS = 30
const FOLDER = at('target/fuzz')

/** What libFuzzer wants to see of the code: https://llvm.org/docs/SanitizerCoverage.html */
const COVERAGE = ['level=4', 'inline-8bit-counters', 'pc-table', 'trace-compares'].map((what) => `-Cllvm-args=-sanitizer-coverage-${what}`)
const RUSTFLAGS = ['--cfg=fuzzing', '-Cpasses=sancov-module', '-Ccodegen-units=1', ...COVERAGE].join(' ')

/** With a target named, flags do not reach build scripts. */
async function host() {
  let triple
  await run('rustc', ['--version', '--verbose'], { onLine: (line) => { triple ??= /^host: (.*)/.exec(line)?.[1] } })
  return triple
}

async function build(triple, onLine) {
  const args = ['build', '--release', '--locked', '--manifest-path', at('tests/fuzz/Cargo.toml'), '--target', triple, '--target-dir', FOLDER]
  await run('cargo', args, { cwd: at('.'), env: { ...process.env, RUSTFLAGS }, onLine })
}

/** Lets one target run; answers its last line of figures. */
async function fuzz(triple, name, seconds, onLine) {
  const corpus = `${FOLDER}/corpus/${name}`
  mkdirSync(corpus, { recursive: true })
  let figures = ''
  const args = [corpus, `-max_total_time=${seconds}`, '-max_len=4096', '-timeout=20', `-artifact_prefix=${FOLDER}/${name}-`, '-print_final_stats=1']
  await run(`${FOLDER}/${triple}/release/${name}`, args, {
    onLine(line) {
      if (/^#\d+\s.* cov: /.test(line)) figures = line
      onLine(line)
    },
    timeoutMs: (seconds + 120) * 1000,
  })
  const [, runs, cov, ft] = /^#(\d+)\s.* cov: (\d+) ft: (\d+)/.exec(figures)
  return `${Number(runs).toLocaleString('en')} runs, ${cov} edges, ${ft} features, a corpus of ${readdirSync(corpus).length}, nothing found`
}

main(async () => {
  const [wanted, seconds = SECONDS] = process.argv.slice(2)
  if (wanted && !TARGETS.includes(wanted)) throw new Problem(`Unknown: ${wanted}. The targets are ${TARGETS.join(', ')}.`)
  heading('Fuzzing')
  const triple = await host()
  await step('build', 'with coverage', (onLine) => build(triple, onLine))
  for (const name of wanted ? [wanted] : TARGETS) {
    const { result } = await step(name, `${seconds} s`, (onLine) => fuzz(triple, name, Number(seconds), onLine))
    note(result)
  }
})
