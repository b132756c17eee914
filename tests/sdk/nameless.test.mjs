// Where marketing is not granted, no click id leaves in any address, however deep that lies inside another one.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { nameless } from '../../src/edge/page.js'
import { at } from '../../www/tools/paths.mjs'

const ID = '01900000-0000-7000-8000-000000000000'
/** A body with this text in it, of one whose visitor's id is the session's, or not. */
const body = (text, visitor = ID) => `{"visitor":"${visitor}","user":null,"session":{"id":"${ID}","n":1},"pages":[{"url":${JSON.stringify(text)}}]}`
const cleaned = (text) => JSON.parse(nameless(body(text))).pages[0].url

test('click ids go from addresses inside addresses, and nothing else does', () => {
  for (const [given, expected] of [
    ['/?next=%2Fp%3Fgclid%3Dabc', '/?next=%2Fp'],
    ['/?next=%2Fp%3Fgclid%3Dabc%26x%3D1&y=2', '/?next=%2Fp%3Fx%3D1&y=2'],
    ['/?next=%2Fp%3Fa%3D1%26fbclid%3Dabc%26msclkid%3Dd%23top', '/?next=%2Fp%3Fa%3D1%23top'],
    ['/?next=%252Fp%253Fgclid%253Dabc%2526x%253D1&y=2', '/?next=%252Fp%253Fx%253D1&y=2'],
    ['/?next=https%3a%2f%2fs.example%2f%3fGCLID%3dabc%26b%3d2', '/?next=https%3a%2f%2fs.example%2f%3fb%3d2'],
    ['/?gclid=a&next=%3Fwbraid%3D1#_gl=2', '/?next='],
    ['/?q=100%25+gclid&sku=A%3D1', '/?q=100%25+gclid&sku=A%3D1'],
    ['/?q=gclid%3F&lawc=1&page=2', '/?q=gclid%3F&lawc=1&page=2'],
  ])
    assert.equal(cleaned(given), expected, given)
})

test('however deep an address is encoded, what is decoded again has no click id and is otherwise as it was', () => {
  const others = [['a', '1'], ['sku', 'X-2'], ['q', 'red mug']]
  const ids = [['gclid', 'Cj0_x-1'], ['fbclid', 'IwAR.2'], ['_gl', '1*a']]
  let seed = 7
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n
  for (let round = 0; round < 500; round++) {
    const pairs = [...others, ...ids].filter(() => random(2)).sort(() => random(3) - 1)
    const address = (list) => '/p' + (list.length ? '?' + list.map(([name, value]) => name + '=' + encodeURIComponent(value)).join('&') : '')
    const wrap = (text, depth) => (depth ? '/go?to=' + encodeURIComponent(wrap(text, depth - 1)) + '&z=1' : text)
    const depth = random(4)
    assert.equal(cleaned(wrap(address(pairs), depth)), wrap(address(pairs.filter((pair) => others.includes(pair))), depth))
  }
})

test('all that the firewall knows as the id of a click is one here, and what names a campaign is none', () => {
  const [, list] = /const CLICKS: &str = "([^"]+)"/.exec(readFileSync(at('src/engine/privacy/names.rs'), 'utf8'))
  const campaigns = ['gad_source', 'gad_campaignid', 'mc_cid']
  for (const name of [...list.split(/[\s\\]+/), 'msclkid', 'irclickid', 'ttclid'])
    assert.equal(cleaned(`/?a=1&${name}=x`), campaigns.includes(name) ? `/?a=1&${name}=x` : '/?a=1', name)
})

test('where marketing is granted all leaves as it is', () => {
  const text = body('/?gclid=1&next=%3Fgclid%3D2', ID.replace(/0$/, '1'))
  assert.equal(nameless(text), text)
})
