// tests/schema/purposes.md, the table of what leaves and what is stored by purpose, against the schema of the wire, a real
// browser's requests and its storage.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { until } from './collector.mjs'
import { pages, tags } from './world.mjs'

const DOCUMENT = readFileSync(at('tests/schema/purposes.md'), 'utf8')

/** The document's table whose first column has that title: by column, what stands in which row. */
function table(title) {
  const lines = DOCUMENT.split(`| ${title} |`)[1].split('\n\n')[0].split('\n')
  const columns = lines[0].split('|').map((cell) => cell.trim()).filter(Boolean)
  const rows = lines.slice(2).filter(Boolean).map((line) => line.split('|').map((cell) => cell.trim()).filter(Boolean))
  const named = rows.map(([name, ...cells]) => [name.replace(/`/g, ''), cells])
  return Object.fromEntries(columns.map((column, place) => [column, Object.fromEntries(named.map(([name, cells]) => [name, cells[place]]))]))
}

/** Every member inside a value by its path; what a shop names itself (fields, reasons of losses) is one. */
function paths(value, path = '') {
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => paths(one, `${path}[]`)))]
  if (!value || typeof value != 'object' || /^lost$|data$/.test(path)) return [path.replace(/^consent\.purposes\[\]$/, 'consent.purposes')]
  return Object.entries(value).flatMap(([name, inner]) => paths(inner, path ? `${path}.${name}` : name))
}

/** The same of a JSON schema. */
function schemaPaths(schema, definitions, path = '') {
  if (schema.$ref) return schemaPaths(definitions[schema.$ref.split('/').pop()], definitions, path)
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap((one) => schemaPaths(one, definitions, path))
  if (schema.items && path !== 'consent.purposes') inner.push(...schemaPaths(schema.items, definitions, `${path}[]`))
  for (const [name, member] of Object.entries(schema.properties ?? {})) inner.push(...schemaPaths(member, definitions, path ? `${path}.${name}` : name))
  const found = [...new Set(inner.filter((one) => one !== path))]
  return found.length ? found : [path]
}

const FIELDS = table('field')
const STORED = table('stored as')
const leaving = (cells) => Object.keys(cells).filter((name) => cells[name] !== '–').sort()

test('the table has every field of the wire, and no other', () => {
  const schema = JSON.parse(readFileSync(at('tests/schema/batch.v1.json'), 'utf8'))
  const fields = schemaPaths(schema, schema.$defs ?? schema.definitions)
  const rows = Object.keys(FIELDS.purposes).filter((name) => !name.startsWith('anonymous'))
  assert.deepEqual(rows.sort(), fields.sort(), 'tests/schema/purposes.md and batch.v1.json')
})

const HEAD = tags({ batchMs: 50, consentPolicy: '2026-11', cart: {}, attribution: true })

/** One visit with everything in it; answers the bodies, and what is stored. */
async function visited(t, update, head = HEAD) {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.page.setExtraHTTPHeaders({ referer: 'https://search.example/?q=mug&msclkid=7' })
  await visit.go(`${world.put('shop', { head })}?gclid=abc&utm_source=letter`)
  await visit.cb('identify', 'customer-7')
  await visit.cb('track', 'share', { to: 'https://friend.example/?fbclid=5' })
  await visit.cb('cart', { currency: 'EUR', items: [{ item_id: 'M', price: 19.5, quantity: 1 }] })
  if (update) await visit.cb('consent', update)
  if (update?.analytics === 'granted') {
    await world.collector.expectNames('page_view', 'share')
    await until(async () => (await visit.stored()).filter((name) => /\.(cart|touch)$/.test(name)).length === 2, 'cart and origin')
  }
  // Beside what waits, until it has arrived.
  const stored = (await visit.stored()).filter((name) => !/!./.test(name)).map((name) => name.replace('cb_test', 'cb_SITE')).sort()
  const shown = await visit.cb('exportData')
  if (head !== HEAD) {
    await visit.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await until(() => visit.posts().length, 'the counts')
  }
  await visit.page.goto('about:blank')
  return { bodies: visit.posts(), stored, shown }
}

for (const [column, update, head] of [
  ['no yes', undefined],
  ['no yes', { analytics: 'denied', marketing: 'granted' }],
  ['purposes', { analytics: 'granted' }],
  ['purposes', { analytics: 'granted', marketing: 'denied', preferences: 'granted', sale: 'granted' }],
  ['marketing', { analytics: 'granted', marketing: 'granted' }],
  ['anonymous', { analytics: 'denied' }, HEAD.replace('data-endpoint', 'data-consent-anonymous data-endpoint')],
])
  test(`what leaves and is stored is what the table says: ${column}, ${JSON.stringify(update)}`, async (t) => {
    const { bodies, stored, shown } = await visited(t, update, head)
    assert.deepEqual([...new Set(bodies.flatMap((body) => paths(body)))].sort(), leaving(FIELDS[column]))
    assert.deepEqual(stored, leaving(STORED[column]))
    assert.equal(bodies.length > 0, leaving(FIELDS[column]).length > 0)
    const cells = FIELDS[column]
    for (const { visitor, user, session, pages: shownPages, events } of column === 'anonymous' ? [] : bodies) {
      assert.equal(cells.visitor, visitor === session.id ? "the session's id" : 'yes')
      assert.equal(cells.user, user === null ? 'null' : 'yes')
      const clicks = (value) => (/clk?id/.test(JSON.stringify(value)) ? 'yes' : 'without click ids')
      assert.deepEqual([cells['pages[].url'], cells['pages[].referrer']], [clicks(shownPages[0].url), clicks(shownPages[0].referrer)])
      const share = events.find(({ name }) => name === 'share')
      if (share) assert.equal(cells['events[].data'], clicks(share.data))
      const [, keptVisitor, keptSession] = shown.cb_test.split('.')
      const touch = /abc/.test(shown['cb_test.touch']) ? 'yes' : 'of this visit, without click ids'
      assert.equal(STORED[column]['cb_SITE.touch'], touch)
      assert.equal(STORED[column].cb_SITE, keptVisitor === keptSession ? "without the visitor's id" : 'yes')
    }
  })
