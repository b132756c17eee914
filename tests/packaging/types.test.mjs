import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { install } from './install.mjs'

let installed
before(async () => {
  installed = await install()
})
after(() => installed.remove())

const FLAGS = ['--noEmit', '--strict', '--noUncheckedSideEffectImports', '--target', 'es2022', '--lib', 'es2022,dom', '--types', '']

/** What the compiler complains of, '' for nothing; the declarations themselves are checked as well. */
function complaints(modules, files) {
  const args = [at('node_modules/typescript/bin/tsc'), ...FLAGS, ...modules, ...files]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: join(installed.folder, 'types'), encoding: 'utf8' })
  return status === 0 ? '' : stdout + stderr || `ended with code ${status}`
}

test('types with moduleResolution bundler: what is right compiles, what is wrong does not', () => {
  assert.equal(complaints(['--module', 'esnext', '--moduleResolution', 'bundler'], ['shop.mts']), '')
})

test('types with moduleResolution nodenext, from modules and from CommonJS', () => {
  assert.equal(complaints(['--module', 'nodenext', '--moduleResolution', 'nodenext'], ['shop.mts', 'shop.cts']), '')
})
