import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { install } from './install.mjs'

let installed
before(async () => {
  installed = await install()
})
after(() => installed.remove())

const INERT = {
  answers: [false, false, false, false],
  accepted: 0,
  reached: [],
  ids: { visitor: '', session: '', consent: 'pending' },
  ready: { engine: 'none', reason: 'no window' },
}

/** Runs a script of the project to its end: it must come to one by itself, quietly. */
function answers(script) {
  const flags = ['--unhandled-rejections=strict', '--disable-warning=ExperimentalWarning']
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, join(installed.folder, 'server', script)], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: '' }, script)
  return JSON.parse(stdout)
}

test('imported on a server, every entry is an inert no-op and keeps no process alive', () => {
  assert.deepEqual(answers('import.mjs'), [INERT, INERT, INERT])
})

test('the same from CommonJS by import()', () => {
  assert.deepEqual(answers('dynamic.cjs'), [INERT])
})

test('the same from CommonJS by require()', { skip: !process.features.require_module && 'this Node cannot require modules' }, () => {
  assert.deepEqual(answers('require.cjs'), [INERT])
})

test('the same in a worker thread', () => {
  assert.deepEqual(answers('worker.mjs'), [INERT])
})
