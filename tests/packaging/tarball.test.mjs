import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SHIPPED } from '../../www/tools/bundle.mjs'
import { install } from './install.mjs'

let installed
before(async () => {
  installed = await install()
})
after(() => installed.remove())

const manifest = () => JSON.parse(readFileSync(join(installed.folder, 'node_modules/cartbeacon/package.json'), 'utf8'))

test('the tarball holds the files that ship, the licences, the README, package.json, and nothing else', () => {
  const papers = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json']
  assert.deepEqual(installed.files.toSorted(), [...papers, ...SHIPPED.map((name) => `dist/${name}`)].toSorted())
})

test('every subpath and every type in package.json is a file of the tarball', () => {
  const { exports, main, types } = manifest()
  for (const subpath of ['.', './all', './inline', './slim', './cartbeacon.wasm', './gzip.js', './privacy.js', './anonymous.js', './behaviour.js', './clicks.js', './forms.js', './friction.js', './device.js', './errors.js', './impressions.js', './vitals.js', './filter.js', './visits.js', './sampling.js', './linker.js', './cookie.js', './forward.js', './destinations.js', './stub', './consent', './widget', './web-pixel']) assert.ok(exports[subpath], subpath)
  const targets = [main, types, ...Object.values(exports).flatMap((target) => (typeof target === 'string' ? target : Object.values(target)))]
  for (const target of targets) assert.ok(existsSync(join(installed.folder, 'node_modules/cartbeacon', target)), target)
})

test('installing it brings nothing else and runs nothing', () => {
  const { dependencies, peerDependencies, scripts } = manifest()
  assert.deepEqual({ ...dependencies, ...peerDependencies }, {})
  assert.deepEqual(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name)), [])
})
