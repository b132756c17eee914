/** What a link carries to another domain of the shop, and what is taken from it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeToken, readToken } from '../../www/sdk/linker/token.js'

const [VISITOR, SESSION] = ['01990000-0000-7000-8000-00000000000a', '01990000-0000-7000-8000-00000000000b']
const NOW = 1_790_000_000_000
const identity = `1.${VISITOR}.${SESSION}.3.${NOW - 60_000}.${NOW - 1000}.7.17.${NOW - 50_000}`
const token = makeToken(identity, NOW, 'two.example', 'Browser/1 de')

test('what is read is the visitor and the visit, and no consent', () => {
  assert.match(token, /^[\w.-]+$/)
  assert.ok(token.length < 160, token)
  assert.equal(readToken(token, NOW + 3000, 'two.example', 'Browser/1 de'), `1.${VISITOR}.${SESSION}.3.${NOW - 60_000}.${NOW + 3000}.27.0.0`)
})

test('nothing is read of what is old, of another host or browser, or was changed', () => {
  const good = [token, NOW, 'two.example', 'Browser/1 de']
  assert.ok(readToken(...good))
  for (const [place, value] of [
    [1, NOW + 120_000],
    [1, NOW - 5_000],
    [2, 'three.example'],
    [3, 'Browser/2 de'],
    [0, token.replace('000a', '000c')],
    [0, token.replace(NOW.toString(36), (NOW + 1).toString(36))],
    [0, token.slice(0, -1)],
    [0, ''],
    [0, '1'],
    [0, '........'],
  ])
    assert.equal(readToken(...good.with(place, value)), '', `${place}: ${value}`)
})

test('nothing is made of what is no identity, or of one that ends with the visit', () => {
  for (const text of ['', '1', '2' + identity.slice(1), identity.replace(VISITOR, SESSION), identity.replace(VISITOR, 'x')])
    assert.equal(makeToken(text, NOW, 'two.example', ''), '', text)
})
