// A second opinion: the same journey through a vendor's own client and through ours, to one receiver that remembers. Every field that
// differs stands in clients/differences.md with its reason (clients/reasons.mjs); the file is made here, and stale is a failure.
// `UPDATE_CLIENTS=1 node --test tests/e2e/clients.test.mjs` writes it anew.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { build } from 'esbuild'
import { at } from '../../www/tools/paths.mjs'
import { differences, read } from './clients/compare.mjs'
import { OURS } from './clients/journey.mjs'
import { REASONS } from './clients/reasons.mjs'
import { Receiver } from './receiver.mjs'
import { pages, tags } from './world.mjs'

const FILE = at('tests/e2e/clients/differences.md')
const NAMES = ['page', ...OURS.map(([name]) => name)]
const VENDORS = [
  { format: 'segment', key: 'WRITE', library: '@segment/analytics-next' },
  { format: 'rudderstack', key: 'WRITE', library: '@rudderstack/analytics-js' },
  { format: 'posthog', key: 'phc_public', library: 'posthog-js' },
  { format: 'snowplow', key: 'shop', library: '@snowplow/browser-tracker' },
]
const AGREED = { consentDefault: { analytics: 'granted', marketing: 'granted' } }
const version = (library) => JSON.parse(readFileSync(at('node_modules', library, 'package.json'), 'utf8')).version

const bundled = async () => {
  const { outputFiles } = await build({
    entryPoints: [at('tests/e2e/clients/theirs.js')], bundle: true, format: 'iife', globalName: 'theirs', write: false, logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0].text
}

/** What a receiver got of a page on which `walk` went through the journey. */
async function sent(world, { head, script }, walk) {
  const receiver = await new Receiver().start()
  receiver.open = true
  world.atEnd(() => receiver.stop())
  const visit = await world.visit({ loud: true })
  const page = world.put('shop', { head: head(receiver.origin), script, title: 'Shop' })
  await visit.page.goto(page)
  await walk(visit, receiver.origin)
  await receiver.expect((all) => all.flatMap(({ body }) => JSON.parse(body).batch ?? JSON.parse(body).data).length >= NAMES.length, 'the journey')
  await visit.context.close()
  return read(receiver.requests)
}

const reasonFor = (format, path, kind) => REASONS.find(([of, pattern, where]) => (of === '*' || of.split(' ').includes(format)) && pattern.test(path) && (!where || where.test(kind)))

test('the same journey through four vendors’ own clients and through ours: every difference has its reason', async (t) => {
  const world = await pages(t)
  // Their clients style the page and talk to whom they like.
  await world.answer('/shop.html', () => ({ headers: { 'content-security-policy': "default-src * 'unsafe-inline' 'unsafe-eval'" } }))
  const script = await bundled()
  const lines = ['# What differs from the vendors’ own clients', '', 'Made by `tests/e2e/clients.test.mjs` from what one receiver got of both in real Chromium; the reasons are in `reasons.mjs`.']
  const missing = []
  const used = new Set()
  for (const { format, key, library } of VENDORS) {
    const theirs = await sent(world, { head: () => '', script }, (visit, origin) => visit.page.evaluate(([format, origin]) => window.theirs[format](origin), [format, origin]))
    const ours = await sent(world, { head: (endpoint) => tags({ endpoint, format, key, batchMs: 300, ...AGREED }), script: ';' }, async (visit) => {
      await visit.ready()
      await visit.page.evaluate((events) => events.forEach(([name, fields]) => window.cartbeacon('track', name, fields)), OURS)
    })
    assert.deepEqual([ours.events.length, theirs.events.length], [NAMES.length, NAMES.length], format)
    const { same, rows } = differences(ours, theirs, NAMES)
    lines.push('', `## ${format}: ${library} ${version(library)}`, '', `${same} fields are the same.`, '', '| field | ours | events | why |', '|---|---|---|---|')
    for (const [path, kind, events] of rows) {
      const reason = reasonFor(format, path, kind)
      if (reason) used.add(reason)
      else missing.push(`${format}: ${path}: ${kind}: ${events}`)
      lines.push(`| \`${path}\` | ${kind} | ${events} | ${reason?.[3] ?? ''} |`)
    }
  }
  assert.deepEqual(missing, [], 'differences without a reason')
  assert.deepEqual(REASONS.filter((reason) => !used.has(reason)).map(([of, pattern]) => `${of} ${pattern}`), [], 'reasons for nothing')
  const text = `${lines.join('\n')}\n`
  if (process.env.UPDATE_CLIENTS) writeFileSync(FILE, text)
  assert.equal(readFileSync(FILE, 'utf8'), text, 'differences.md is stale: UPDATE_CLIENTS=1 node --test tests/e2e/clients.test.mjs')
})
