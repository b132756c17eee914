// A page on screen whose behaviour is captured, and what the tests of that have in common.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { at } from '../../www/tools/paths.mjs'
import { YES, pages, tags } from './world.mjs'

/** The collector lets pages have no inline style. */
export const TALL = '<p>line</p>'.repeat(90)

/** The part is fetched when all is ready: its module has run, and so have those that it gets. */
export const attentive = (page, ...parts) =>
  page.evaluate((names) => Promise.all(names.map((name) => import(`/cb/${name}.js`))).then(() => new Promise((done) => setTimeout(done, 50))), ['behaviour', ...parts])

/** A page on screen with the part at work. */
export async function watched(t, { capture = 'pages engagement scroll', name = 'watched', body = TALL, script, parts = [], visit: how, ...data } = {}) {
  const world = await pages(t)
  // Beacons of a dying page are seen by a server alone.
  const bodies = []
  await world.answer('/collect', (_, body) => void bodies.push(JSON.parse(body)))
  const visit = await world.visit(how)
  await visit.go(world.put(name, { head: tags({ ...YES, capture, ...data }), body, script }))
  await attentive(visit.page, ...parts)
  return { world, visit, page: visit.page, bodies }
}

const { $defs: DESCRIBED } = JSON.parse(readFileSync(at('tests/schema/events.v1.json'), 'utf8'))
/** Each field of these, which the SDK has captured, is described for receivers. */
export const described = (events) => {
  for (const { name, data } of events)
    for (const field of Object.keys(data)) assert.ok(DESCRIBED[name]?.properties[field], `${name}.${field} is in tests/schema/events.v1.json`)
  return events
}

export const inOrder = (events) => described(events).sort((a, b) => a.seq - b.seq)
/** Name and path of the page of each, in order. */
export const story = (events) => inOrder(events).map(({ name, page }) => `${name} ${new URL(page.url).pathname}`)
export const pause = (page, ms) => page.evaluate((wait) => new Promise((done) => setTimeout(done, wait)), ms)
/** Scrolls, and gives the page the time to notice. */
export const scrollTo = async (page, y) => {
  await page.evaluate((top) => scrollTo(0, top), y)
  await pause(page, 300)
}

/** Name and fields of all events but page views, in order. */
export const told = (events) => inOrder(events).filter(({ name }) => name !== 'page_view').map(({ name, data }) => [name, data])
