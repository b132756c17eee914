// `npm run lint`: formatting and clippy, natively and for the browser, every warning an error.
import { TARGET } from './compilers.mjs'
import { run } from './exec.mjs'
import { root } from './paths.mjs'
import { heading, main, step } from './say.mjs'
import { setup } from './setup.mjs'
import { requireWasmToolchain } from './wasm-target.mjs'

const DENY = ['--', '-D', 'warnings']

async function lint() {
  await setup('start', 'lint')
  const { clippy, env } = requireWasmToolchain({ lint: true })
  heading('Lints')
  const cargo = (args) => (onLine) => run('cargo', args, { cwd: root, onLine })
  await step('format', 'cargo fmt', cargo(['fmt', '--all', '--check']))
  await step('clippy', 'the host: everything', cargo(['clippy', '--workspace', '--all-targets', ...DENY]))
  const browser = ['clippy', '--package', 'cartbeacon', '--lib', '--target', TARGET, ...DENY]
  await step('clippy wasm', 'the browser: the SDK', (onLine) => run(clippy, browser, { cwd: root, env, onLine }))
}

main(lint)
