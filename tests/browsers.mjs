// `npm run test:browsers`: the tests that drive a browser. Today that is Chromium alone; it says so.
import { spawnSync } from 'node:child_process'
import { at } from '../www/tools/paths.mjs'
import { heading, note } from '../www/tools/say.mjs'

heading('Browsers')
note('Chromium: the browser unit tests, and store, SDK and collector end to end.')
note('Firefox and WebKit are not driven yet.')
const { status } = spawnSync(process.execPath, [at('tests/run.mjs'), 'browser', 'build', 'e2e'], { stdio: 'inherit' })
process.exitCode = status ?? 1
