/** What the part `behaviour` decides, without a page. In real ones: tests/e2e/behaviour.test.mjs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heed, pageKey } from '../../src/edge/page.js'
import { depth, passed } from '../../www/sdk/behaviour/depth.js'
import { engaged } from '../../www/sdk/behaviour/engaged.js'
import { linkEvent } from '../../www/sdk/behaviour/links.js'
import { read } from '../../www/sdk/behaviour/options.js'
import { WASM, fresh, openPage } from './page.mjs'

test('engaged time is visible, focused, and near a sign of a hand', () => {
  const S = 1000
  for (const [story, steps, expected] of [
    ['a page that was never seen', [['read', 60]], 0],
    ['the first half minute', [['on', 0], ['ticks', 10]], 10 * S],
    ['nobody touches it: 30 s count', [['on', 0], ['ticks', 100]], 30 * S],
    ['somebody comes back to it after a pause', [['on', 0], ['ticks', 100], ['touch', 103], ['ticks', 108]], 35 * S],
    ['another window is in front for a while', [['on', 0], ['ticks', 4], ['off', 4], ['on', 40], ['ticks', 46]], 10 * S],
    ['coming back is a sign', [['on', 0], ['off', 2], ['on', 100], ['ticks', 110]], 12 * S],
    ['touches while it is not seen', [['on', 0], ['off', 1], ['touch', 2], ['touch', 3], ['read', 4]], 1 * S],
    ['the computer slept an hour and its clock went on', [['on', 0], ['ticks', 10], ['touch', 10], ['touch', 3610], ['ticks', 3612]], 17 * S],
    ['the computer slept and its clock stood still', [['on', 0], ['ticks', 10], ['touch', 10], ['ticks', 12]], 12 * S],
    ['a clock that goes back', [['on', 10], ['read', 5], ['read', 11]], 6 * S],
  ]) {
    const time = engaged(0)
    let at = 0
    for (const [step, second] of steps) {
      if (step == 'on' || step == 'off') time.set(second * S, step == 'on')
      else if (step == 'ticks') for (let tick = at + 5; tick < second; tick += 5) time.read(tick * S)
      else time[step](second * S)
      at = second
    }
    assert.equal(time.read(at * S), expected, story)
  }
})

test('what was told is not told again, and work ends with the last sign', () => {
  const time = engaged(0)
  time.set(0, true)
  assert.equal(time.read(3000), 3000)
  time.clear()
  assert.equal(time.read(4500), 1500)
  assert.deepEqual([29_999, 30_000].map(time.isAtWork), [true, false])
  time.touch(31_000)
  assert.equal(time.isAtWork(60_000), true)
  time.set(60_000, false)
  assert.equal(time.isAtWork(60_000), false)
})

test('depth is of the height that there is now', () => {
  const view = (scrollTop, scrollHeight, clientHeight = 500) => ({ scrollTop, clientHeight, scrollHeight })
  for (const [views, expected] of [
    [[], 0],
    [[view(0, 500)], 100],
    [[view(0, 2000)], 25],
    [[view(0, 2000), view(1000, 2000), view(0, 2000)], 75],
    // A zoomed page ends between two pixels.
    [[view(1499.4, 2000)], 100],
    // More of the list was loaded.
    [[view(1500, 2000), view(1500, 4000)], 50],
    [[view(1500, 2000), view(0, 800)], 100],
    [[view(0, 0, 0)], 0],
  ]) {
    const seen = depth()
    views.forEach(seen.see)
    assert.equal(seen.percent(), expected, JSON.stringify(views))
  }
  assert.deepEqual(passed([25, 50, 75, 90], 25, 90), [50, 75, 90])
  assert.deepEqual(passed([90], 90, 100), [])
})

test('pages are told apart by path, route and the query keys that matter', () => {
  for (const [url, key] of [
    ['https://s/a', 'https://s/a'],
    ['https://s/a?', 'https://s/a'],
    ['https://s/a#part', 'https://s/a'],
    ['https://s/a?page=2#part', 'https://s/a&page=2'],
    ['https://s/#/a', 'https://s/#/a'],
    ['https://s/#/a?x=1', 'https://s/#/a&x=1'],
    ['https://s/#!a', 'https://s/#!a'],
    // Where the visit came from.
    ['https://s/a?utm_source=x&page=2&gclid=1', 'https://s/a&page=2'],
    ['https://s/a?page=2&fbclid=2&gad_source=1', 'https://s/a&page=2'],
    ['https://s/a?utm_source=x#/b?msclkid=2&a=1', 'https://s/a#/b&a=1'],
    ['https://s/a?my_utm_source=x', 'https://s/a&my_utm_source=x'],
    // What the firewall does not let through.
    ['https://s/a?ref=[removed]&q=1', 'https://s/a&q=1'],
    ['https://s/a?q=1&ref=[removed]', 'https://s/a&q=1'],
    ['https://s/a?q=[email]', 'https://s/a&q=[email]'],
  ])
    assert.equal(pageKey(url), key)
})

test('the part is asked for when all is ready, unless only pages and clicks are wanted', async () => {
  const { start } = await (openPage(), fresh('tracker.js'))
  let site = 0
  for (const [capture, expected] of [
    [undefined, true],
    [true, true],
    [{ scroll: false }, true],
    ['pages scroll'.split(' '), true],
    ['engagement', true],
    [['pages', 'clicks'], false],
    ['pages', false],
    [[], false],
    [false, false],
  ]) {
    const asked = []
    // How many engines were at work by then.
    const find = (name) => (asked.push([name, globalThis.engines.length]), Promise.resolve({ part: 1 }))
    const { tracker } = start({ endpoint: '/collect', site: `${++site}`, privacy: false, capture }, () => WASM, find)
    assert.deepEqual(await tracker.ready, { engine: 'wasm' })
    assert.deepEqual(asked, expected ? [['behaviour', site]] : [], JSON.stringify(capture))
  }
})

test('a part hears what the engine hears, before it does, and no error of it comes through', () => {
  const told = []
  const notify = { heeds: new Set([() => { throw Error('a part') }, (...heard) => told.push(heard)]) }
  heed(notify, 5, 'event', 1)
  heed(notify)
  heed({})
  assert.deepEqual(told, [[5, 'event', 1], []])
})

const element = (localName, attributes = {}) => ({ localName, getAttribute: (name) => attributes[name] ?? null })

test('links: away from the shop, to a file, or neither', () => {
  const base = 'https://www.shop.example/list?page=2'
  for (const [attributes, expected, options = {}] of [
    [{ href: '/next' }],
    [{ href: '#top' }],
    [{ href: 'https://shop.example/x' }],
    [{}],
    [{ href: 'mailto:ann@mail.example' }],
    [{ href: 'tel:+4930123456' }],
    [{ href: 'javascript:void 0' }],
    [{ href: 'http://[broken' }],
    [{ href: 'https://pay.example/start?token=s3#x' }, ['outbound_click', 'https://pay.example/start', true]],
    [{ href: '//cdn.example/' }, ['outbound_click', 'https://cdn.example/', true]],
    [{ 'xlink:href': 'https://art.example/' }, ['outbound_click', 'https://art.example/', true]],
    [{ href: 'https://outlet.shop.example/' }, ['outbound_click', 'https://outlet.shop.example/', true]],
    [{ href: 'https://outlet.shop.example/' }, undefined, { aliases: ['*.shop.example'] }],
    [{ href: 'https://www.Shop-B.example/' }, undefined, { aliases: ['shop-b.example'] }],
    [{ href: 'https://evilshop.example/' }, ['outbound_click', 'https://evilshop.example/', true], { aliases: ['*.shop.example'] }],
    [{ href: '/files/Guide%20A.PDF?x=1' }, ['file_download', 'https://www.shop.example/files/Guide%20A.PDF', false, 'Guide A.PDF', 'pdf']],
    [{ href: 'https://cdn.example/a.zip' }, ['file_download', 'https://cdn.example/a.zip', true, 'a.zip', 'zip']],
    [{ href: '/a.step' }],
    [{ href: '/a.step' }, ['file_download', 'https://www.shop.example/a.step', false, 'a.step', 'step'], { extensions: ['step'] }],
    [{ href: '/a.pdf' }, undefined, { extensions: ['step'] }],
    [{ href: '/pdf' }],
    [{ href: '/export?id=7', download: '' }, ['file_download', 'https://www.shop.example/export', false, 'export', undefined]],
    [{ href: 'blob:https://www.shop.example/1', download: 'bill.csv' }, ['file_download', undefined, false, 'bill.csv', 'csv']],
    [{ href: '/50%.pdf' }, ['file_download', 'https://www.shop.example/50%.pdf', false, '50%.pdf', 'pdf']],
  ]) {
    const [name, fields] = linkEvent([element('span'), element('a', attributes)], base, options) || []
    const found = name && [name, fields.link_url, fields.outbound, ...(name == 'file_download' ? [fields.file_name, fields.file_extension] : [])]
    assert.deepEqual(found, expected, JSON.stringify([attributes, options]))
  }
  assert.equal(linkEvent([element('button', { href: 'https://x.example/' })], base, {}), undefined)
})

test('options: which words, which values, and what is said of the others', () => {
  assert.deepEqual([...read({ behaviour: { frames: true }, capture: ['forms', 'search', 'deadClicks'] }).parts], ['forms', 'friction', 'clicks'])
  const standard = ['pages', 'clicks', 'outbound', 'downloads', 'scroll', 'engagement']
  for (const [options, words, ...notes] of [
    [{}, standard],
    [{ capture: true }, standard],
    [{ capture: ['pages', 'scroll'] }, ['pages', 'scroll']],
    [{ capture: 'engagement' }, ['engagement']],
    [{ capture: { scroll: false, downloads: 'no', pages: true } }, ['pages', 'clicks', 'outbound', 'engagement']],
    [{ 'capture.scroll': false }, ['pages', 'clicks', 'outbound', 'downloads', 'engagement']],
    [{ capture: ['scrol', 'toString'] }, [], 'capture.scrol: not an option', 'capture.toString: not an option'],
    [{ behaviour: { colour: 1, scrollAt: [0], aliases: 'a.example' } }, standard, 'behaviour.colour: not an option', 'behaviour.scrollAt: not a possible value'],
  ]) {
    const said = []
    const found = read(options, (note) => void said.push(note))
    assert.deepEqual([found.words, ...said], [words, ...notes], JSON.stringify(options))
  }
  assert.deepEqual(read({ behaviour: { scrollAt: '25', extensions: ['step', 7] } }).wanted, { scrollAt: [25], extensions: ['step', '7'] })
  assert.deepEqual(read({ 'behaviour.aliases': 'a.example b.example'.split(' ') }).wanted, { aliases: ['a.example', 'b.example'] })
})
