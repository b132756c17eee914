/** What brought a visit, and what is kept of it: tables of cases, those of origins shared with the collector. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { originOf } from '../../www/sdk/visits/origin.js'
import { goThrough } from '../../www/sdk/through.js'
import { ALWAYS } from '../../www/sdk/sampling.js'
import { fieldsOf, isNewCampaign, seen, withoutClicks } from '../../www/sdk/visits/touches.js'

const read = (path) => JSON.parse(readFileSync(at(path), 'utf8'))
const SHOP = 'https://www.shop.example/mugs'
const DAY = 86_400_000

test('parameters, click ids and referrers say what the collector reads in them, too', () => {
  for (const [url, referrer, expected] of read('tests/sdk/origins.json')) {
    const { channel, source, medium, campaign = '' } = originOf(url, referrer) || {}
    assert.deepEqual(channel ? [channel, source, medium, campaign] : null, expected, `${url} from ${referrer}`)
  }
})

test('all nine campaign parameters are read, and every click id of the table with its value', () => {
  const names = 'source medium campaign term content id source_platform creative_format marketing_tactic'.split(' ')
  const origin = originOf(`${SHOP}?${names.map((name) => `utm_${name}=the+${name}`).join('&')}&utm_other=x`, '')
  assert.deepEqual(origin, { channel: 'campaign', ...Object.fromEntries(names.map((name) => [name, `the ${name}`])) })
  const { clicks, date } = read('www/sdk/visits/origins.json')
  assert.match(date, /^\d{4}-\d\d-\d\d$/)
  // Those of all peers together.
  const union = 'gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid fbclid msclkid ttclid twclid li_fat_id igshid epik rdt_cid ScCid qclid irclid irclickid yclid ysclid _kx mc_cid mc_eid ef_id s_kwcid awc cjevent vmcid tblci obclid klar_*'
  assert.deepEqual(clicks.map((line) => line.split(' ')[0]).sort(), union.split(' ').sort())
  for (const line of clicks) {
    const [key, source, medium] = line.split(' ')
    const name = key.replace('*', 'x')
    const origin = originOf(`${SHOP}?${name}=v1`, 'https://news.example/')
    assert.deepEqual([origin.source, origin.medium, origin.click_id_type, origin.click_id], [source, medium, name, 'v1'], line)
  }
})

test('hosts that the shop names are no origin, nor what is below them', () => {
  for (const [host, expected] of [['pay.bank.example', undefined], ['bank.example', undefined], ['notbank.example', 'referral']])
    assert.equal(originOf(SHOP, `https://${host}/`, ['bank.example'])?.channel, expected, host)
  const long = originOf(`${SHOP}?utm_source=${'x'.repeat(500)}`, '')
  assert.equal(long.source.length, 100)
})

/** A day's visit by a campaign, by a site, or directly. */
const by = (source, more) => ({ channel: 'paid', source, medium: 'cpc', campaign: `of ${source}`, ...more })
const site = (source) => ({ channel: 'referral', source, medium: 'referral' })

test('first, last and last non-direct touch, from visit to visit', () => {
  // Visits as `[day, session, arrival]`, and the sources of first, last and last non-direct touch after them.
  const cases = [
    [[[0, 'a', undefined]], [undefined, undefined, undefined]],
    [[[0, 'a', by('ad')]], ['ad', 'ad', 'ad']],
    [[[0, 'a', by('ad')], [1, 'b', undefined]], ['ad', undefined, 'ad']],
    [[[0, 'a', by('ad')], [0, 'a', undefined]], ['ad', 'ad', 'ad']],
    [[[0, 'a', undefined], [1, 'b', by('ad')], [2, 'c', site('blog')], [3, 'd', undefined]], [undefined, undefined, 'blog']],
    [[[0, 'a', by('ad')], [0, 'a', by('mail')]], ['ad', 'mail', 'mail']],
    // What is older than the window is forgotten; the oldest that is known takes the place of the first.
    [[[0, 'a', by('ad')], [20, 'b', by('mail')], [40, 'c', undefined]], ['mail', undefined, 'mail']],
    [[[0, 'a', by('ad')], [31, 'b', undefined]], [undefined, undefined, undefined]],
  ]
  for (const [visits, expected] of cases) {
    let kept
    for (const [day, id, arrival] of visits) kept = seen(kept, { id, at: (1000 + day) * DAY }, arrival, '/', { days: 30 })
    assert.deepEqual([kept.first?.source, kept.last?.source, kept.known?.source], expected, JSON.stringify(visits))
  }
})

test('a visit keeps the page it began on and the campaign it began with', () => {
  let kept = seen(undefined, { id: 'a', at: DAY }, by('ad'), '/landing', { days: 30 })
  kept = seen(kept, { id: 'a', at: DAY + 1 }, by('mail'), '/later', { days: 30 })
  assert.deepEqual([kept.landing, kept.entry, kept.last.source], ['/landing', 'of ad', 'mail'])
  kept = seen(kept, { id: 'b', at: DAY + 2 }, undefined, '/again', { days: 30 })
  assert.deepEqual([kept.landing, kept.entry], ['/again', ''])
})

test('where marketing is denied nothing is known of earlier visits, and no click id', () => {
  const before = seen(undefined, { id: 'a', at: DAY }, by('ad', { click_id: 'x', click_id_type: 'gclid' }), '/', { days: 30 })
  const after = seen(before, { id: 'b', at: DAY + 1 }, site('blog'), '/two', { days: 30, isVisitOnly: true })
  assert.deepEqual([after.first.source, after.known.source], ['blog', 'blog'])
  assert.ok(!JSON.stringify(withoutClicks(before)).includes('click'))
  const none = seen(before, { id: 'b', at: DAY + 1 }, undefined, '/two', { days: 30, isVisitOnly: true })
  assert.deepEqual([none.first, none.known], [{ at: DAY + 1 }, undefined])
})

test('the fields of an order', () => {
  const kept = seen(undefined, { id: 'a', at: DAY }, by('ad', { term: 'mug', click_id: 'x', click_id_type: 'gclid' }), '/landing', { days: 30 })
  const next = seen(kept, { id: 'b', at: 2 * DAY }, undefined, '/two', { days: 30 })
  const touch = (prefix, at) => ({ [prefix + 'channel']: 'paid', [prefix + 'source']: 'ad', [prefix + 'medium']: 'cpc', [prefix + 'campaign']: 'of ad', [prefix + 'term']: 'mug', [prefix + 'at']: at })
  const click = (prefix) => ({ [prefix + 'click_id']: 'x', [prefix + 'click_id_type']: 'gclid' })
  const direct = { last_touch_channel: 'direct', last_touch_source: '(direct)', last_touch_medium: '(none)', last_touch_at: 2 * DAY, landing_page: '/two' }
  assert.deepEqual(fieldsOf(next, false), { ...touch('first_touch_', DAY), ...direct, ...touch('last_non_direct_', DAY) })
  assert.deepEqual(fieldsOf(next, true), { ...touch('first_touch_', DAY), ...click('first_touch_'), ...direct, ...touch('last_non_direct_', DAY), ...click('last_non_direct_') })
  assert.equal(fieldsOf(kept, false).entry_campaign, 'of ad')
})

test('another campaign is one, a referrer, the same one or none is not', () => {
  const kept = seen(undefined, { id: 'a', at: DAY }, by('ad'), '/', { days: 30 })
  for (const [arrival, expected] of [[by('ad'), false], [by('mail'), true], [site('blog'), false], [undefined, false]])
    assert.equal(isNewCampaign(kept, arrival), expected, JSON.stringify(arrival))
})

test('parts that have a say stand around the firewall, whenever it comes', () => {
  const tell = {}
  const say = (name) => (text, again, inner) => `${name}(${inner(text, again)})`
  goThrough(tell, say('a'))
  goThrough(tell, say('b'))
  assert.equal(tell.privacy('x'), 'b(a(x))')
  tell.privacy = Object.assign((text, again) => `clean(${text}${again ? ' again' : ''})`, { redacted: { email: 1 } })
  assert.equal(tell.privacy('x', 1), 'b(a(clean(x again)))')
  assert.deepEqual(tell.privacy.redacted, { email: 1 })
  const early = { privacy: (text) => `clean(${text})` }
  goThrough(early, say('a'))
  assert.equal(early.privacy('x'), 'a(clean(x))')
})

test('what sampling leaves alone is what is urgent: the first two lanes of the vocabulary', () => {
  const table = readFileSync(at('src/engine/vocab.rs'), 'utf8').match(/const EVENTS[^]*?";/)[0]
  const urgent = [...table.matchAll(/["\n][01]. ([a-z_ ]*)/g)].flatMap(([, names]) => names.split(' '))
  assert.ok(urgent.includes('purchase') && urgent.includes('generate_lead'))
  assert.deepEqual([...ALWAYS].sort(), urgent.sort())
})
