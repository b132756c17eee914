// `npm run test:browsers`: the tests that drive a browser. All that drive Chromium, then what every browser must do, in
// Firefox and in WebKit, which are installed first where they are missing. A browser that cannot be had has failed.
import { spawnSync } from 'node:child_process'
import { at } from '../www/tools/paths.mjs'

const steps = ['browser', 'build', 'e2e', 'chromium', 'next', 'firefox', 'webkit']
const { status } = spawnSync(process.execPath, [at('tests/run.mjs'), ...steps], { stdio: 'inherit' })
process.exitCode = status ?? 1
