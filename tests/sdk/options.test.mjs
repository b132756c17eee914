// options.d.ts tells of the options what config.js makes of them: each number's default, and that it is an option at all.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { fresh } from './page.mjs'

const types = readFileSync(at('www/sdk/options.d.ts'), 'utf8')
/** An interface's text, or that of a group inside one. */
const body = (text, start) => text.slice(text.indexOf(start)).match(/\{\n([\s\S]*?)\n {0,2}\}/)?.[1] ?? ''

test('each number among the options is known, and has the default that its types tell of', async () => {
  const { configure } = await fresh('config.js')
  const given = (options) => {
    const notes = []
    return { list: Object.values(configure({ endpoint: '/collect', ...options }, (note) => notes.push(note))), notes }
  }
  const { list: usual } = given({})
  const options = types.slice(types.indexOf('export interface Options {'))
  let told = 0
  for (const group of ['batch', 'queue', 'session', 'cookie']) {
    for (const [, about, name] of body(options, `  ${group}?: {`).matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(\w+)\?: number/g)) {
      const { list, notes } = given({ [group]: { [name]: 7 } })
      assert.deepEqual(notes, [], `${group}.${name}`)
      const place = list.findIndex((value, place) => value !== usual[place])
      assert.equal(usual[place], Number(about.match(/Default (\d+)\./)?.[1]), `${group}.${name}`)
      told++
    }
  }
  assert.equal(told, 9)
  assert.deepEqual(given({ batch: { event: 7 } }).notes, ['batch.event: not an option'])
})
