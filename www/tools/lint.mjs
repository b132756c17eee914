// `npm run lint`: formatting and clippy, natively and for the browser; every warning is an error, and all are shown.
import { TARGET } from './compilers.mjs'
import { run } from './exec.mjs'
import { root } from './paths.mjs'
import { Problem, heading, main, step } from './say.mjs'
import { setup } from './setup.mjs'
import { requireWasmToolchain } from './wasm-target.mjs'

const DENY = ['--', '-D', 'warnings']

const LINTS = [
  { name: 'format', why: 'cargo fmt', args: ['fmt', '--all', '--check'] },
  { name: 'clippy', why: 'the host: everything', args: ['clippy', '--workspace', '--all-targets', ...DENY] },
  { name: 'clippy wasm', why: 'the browser: the SDK', args: ['clippy', '--package', 'cartbeacon', '--lib', '--bins', '--features', 'parts', '--target', TARGET, ...DENY], wasm: true },
]

async function lint() {
  await setup('start', 'lint')
  const { clippy, env } = requireWasmToolchain({ lint: true })
  heading('Lints')
  const failed = []
  for (const { name, why, args, wasm } of LINTS) {
    const check = (onLine) => (wasm ? run(clippy, args, { cwd: root, env, onLine }) : run('cargo', args, { cwd: root, onLine }))
    try {
      await step(name, why, check)
    } catch (error) {
      console.error(`\n${error.message}\n`)
      failed.push(name)
    }
  }
  if (failed.length) throw new Problem(`Not clean: ${failed.join(', ')}.`)
}

main(lint)
