// What an end-to-end test stands in: a collector with an empty database, the store or a folder of test pages behind it,
// and real Chromium. One browser per file, one collector per test. Every visit records what its page requests and stores,
// and fails its test when the page's console or error events were not silent.
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { chromium } from 'playwright-core'
import { browserFlags, requireBrowser } from '../../www/tools/browsers.mjs'
import { at } from '../../www/tools/paths.mjs'
import { Collector, until } from './collector.mjs'
import { Front } from './front.mjs'
import { record } from './record.mjs'
import { Window } from './tab.mjs'

let browser
/** Playwright switches the back/forward cache off; shoppers have it. */
const launch = () =>
  (browser ??= chromium.launch({
    executablePath: requireBrowser().chromium,
    args: browserFlags,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  }))
after(async () => (await browser)?.close())

/** Removes a folder, as soon as whatever still writes into it is gone: a browser's helpers outlive it by a moment. */
export const removed = (folder) =>
  until(() => {
    try {
      rmSync(folder, { recursive: true, force: true })
      return true
    } catch {
      return false
    }
  }, `${folder} is removed`)

/** What the browser itself prints, whatever the page does. */
const OWN_LINES = /^\[DOM\] |^Failed to load resource|blocked by CORS policy|violates the following Content Security Policy|^Refused to /

const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/"/g, '&quot;')

/**
 * The script tag, with `data-` attributes from an object: `{ batchMs: 100 }` is `data-batch-ms="100"`. Without another word on
 * it, no engagement is told: how many of those there are depends on how fast the machine is.
 */
export function tag(data = {}, more = '') {
  const attributes = Object.entries({ endpoint: '/collect', site: 'test', capture: 'pages clicks', ...data })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const text = typeof value === 'object' ? JSON.stringify(value) : value
      return `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}="${escaped(text)}"`
    })
  return `<script async src="/cb/cartbeacon.js" ${attributes.join(' ')} ${more}></script>`
}

/** The stub and the tag, as shops have them. */
export const tags = (data, more) => '<script src="/cb/stub.js"></script>' + tag(data, more)

/** The answer was yes before the page came: for tests that are about something else. */
export const YES = { consentDefault: { analytics: 'granted', marketing: 'granted' } }

/** Hosts of one shop, and a neighbour's: browsers resolve `*.localhost` to this machine, and `shop.localhost` is registrable. */
export const onHost = (world, host) => `http://${host}:${new URL(world.origin).port}`

/** Page views as `reason path`, in order. */
export const views = (events, origin) =>
  events
    .filter(({ name }) => name === 'page_view')
    .sort((a, b) => a.seq - b.seq)
    .map(({ page }) => `${page.reason} ${page.url.replace(origin, '')}`)

/** The call that tells of an order. */
export const buy = (id) => ['track', 'purchase', { transaction_id: id, currency: 'EUR', value: 10, items: [{ item_id: 'A1', price: 10, quantity: 1 }] }]

/** Runs before the page's scripts: a browser from before the Navigation API. */
function withoutNavigationApi() {
  delete window.navigation
  delete Window.prototype.navigation
}

/** How the tracker learns of another address, and what a page needs for it. */
export const HISTORIES = { 'the Navigation API': undefined, 'a patched history': withoutNavigationApi }

/** Runs before the page's scripts: for what is about half a second, on machines of any speed. */
export function stopClock() {
  const now = performance.now()
  performance.now = () => now
}

class World {
  /** What to undo when the test ends, the last first: browsers before the collector they talk to. */
  #undo = []

  constructor(t, folder, store) {
    this.folder = folder
    this.store = store
    t.after(() => this.#end())
  }

  async start(...more) {
    this.collector = new Collector({ data: join(this.folder, 'data'), store: this.store })
    await this.collector.start(...more)
    this.#undo.push(() => this.collector.stop())
    return this
  }

  /** Everything is undone, whatever fails on the way; the first failure is the test's. */
  async #end() {
    const failures = []
    for (const undo of this.#undo.reverse()) await Promise.resolve(undo()).catch((error) => failures.push(error))
    await removed(this.folder)
    if (failures.length) throw failures[0]
  }

  /** Where shoppers go. */
  get origin() {
    return this.front?.origin ?? this.collector.origin
  }

  /** Puts a server between: from now on `path` is answered by `rule`; see front.mjs. */
  async answer(path, rule) {
    await this.serveApart()
    this.front.rules.set(path, rule)
  }

  /** Serves the pages from an origin that is not the collector's. */
  async serveApart() {
    if (this.front) return
    this.front = await new Front(() => this.collector.origin).start()
    this.#undo.push(() => this.front.stop())
  }

  /** Puts a page into the served folder and answers its path. `head` holds its tags, `script` is a file of its own. */
  put(name, { head = tags(YES), body = '', script = '', title = name } = {}) {
    const file = join(this.store, `${name}.html`)
    mkdirSync(join(file, '..'), { recursive: true })
    if (script) writeFileSync(join(this.store, `${name}.js`), script)
    const own = script ? `<script src="/${name}.js"></script>` : ''
    writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>${title}</title>${head}<body>${body}${own}</body>`)
    return `/${name}.html`
  }

  /** Undoes something when the test ends, before what is there already. */
  atEnd(undo) {
    this.#undo.push(undo)
  }

  /** A browser of one shopper with one page, not loaded yet. `loud` says that this test listens to the console itself. */
  async visit({ loud = false, ...options } = {}) {
    const context = await (await launch()).newContext({ baseURL: this.origin, ...options })
    context.setDefaultTimeout(10_000)
    const visit = new Visit(this, context)
    this.#undo.push(async () => {
      await context.close()
      if (!loud) assert.deepEqual(visit.complaints, [], 'the page was not silent')
    })
    await visit.open()
    return visit
  }

  /** A window without a test tool attached: see tab.mjs. */
  async window() {
    const window = await Window.open(await launch())
    this.#undo.push(() => window.close())
    return window
  }
}

class Visit {
  requests = []
  writes = []
  /** What the page printed or threw. */
  complaints = []

  constructor(world, context) {
    this.world = world
    this.context = context
  }

  /** Another tab of the same shopper; its requests and writes join the lists. */
  async open() {
    const page = await this.context.newPage()
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => OWN_LINES.test(message.text()) || this.complaints.push(`${message.type()}: ${message.text()}`))
    await record(page, this.world.origin, this)
    this.page ??= page
    return page
  }

  /** What was posted, parsed. */
  posts() {
    return this.requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body))
  }

  /** Loads a page and waits for its tracker. */
  async go(path, options) {
    await this.page.goto(path, options)
    await this.ready()
  }

  ready(page = this.page) {
    return page.evaluate(async () => {
      if (document.readyState !== 'complete') await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }))
      return window.cartbeacon.tracker.ready
    })
  }

  /** A command of the page's tracker. */
  cb(...call) {
    return this.page.evaluate((args) => window.cartbeacon(...args), call)
  }

  /** Names of the cookies and storage keys there are now. */
  async stored() {
    const cookies = (await this.context.cookies()).map(({ name }) => name)
    const keys = await this.page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])
    return [...cookies, ...keys].sort()
  }

  /**
   * Leaves the site: what the tracker would still send at the very end is sent by then. A marker that went the same way
   * afterwards has arrived, so what is not stored now never comes.
   */
  async leave() {
    const { collector } = this.world
    for (const page of this.context.pages()) await page.goto('about:blank')
    const page = await this.context.newPage()
    await page.goto('/cb/stub.js')
    const before = (await collector.events()).filter(({ name }) => name === 'marker').length
    await page.evaluate((body) => fetch('/collect', { method: 'POST', body }), JSON.stringify(markerBatch()))
    await page.close()
    const events = await collector.expect((all) => all.filter(({ name }) => name === 'marker').length > before, 'the marker')
    return events.filter(({ name }) => name !== 'marker')
  }
}

function markerBatch() {
  const id = () => `0192f5a0-1234-7000-8000-${Math.random().toString(16).slice(2, 14).padEnd(12, '0')}`
  const now = Date.now()
  return {
    v: 1, batch: id(), sdk: 'test/1', engine: 'test', site: 'marker', sent: now, attempt: 1, visitor: id(), user: null,
    session: { id: id(), n: 1, started: now }, consent: { state: 'granted', purposes: ['analytics'], source: 'api', at: now },
    lost: {}, pages: [], events: [{ id: id(), seq: 1, t: now, name: 'marker', data: {} }],
  }
}

const scratch = () => mkdtempSync(join(tmpdir(), 'cartbeacon-e2e-'))

/** The demo store. */
export const store = (t) => new World(t, scratch(), at('www/store')).start()

/** The demo store in a copy, with its HTML files as `change(text, path)` makes them, once `prepare(folder)` is done. */
export async function storeWith(t, prepare) {
  const folder = scratch()
  const copy = join(folder, 'store')
  cpSync(at('www/store'), copy, { recursive: true })
  const change = await prepare(copy)
  for (const path of readdirSync(copy, { recursive: true }).filter((name) => name.endsWith('.html'))) {
    const file = join(copy, path)
    writeFileSync(file, change(readFileSync(file, 'utf8'), path))
  }
  return new World(t, folder, copy).start()
}

/** The pages of tests/e2e/pages/, in a copy that a test may add to; `more` are arguments of the collector. */
export function pages(t, ...more) {
  return pagesIn(t).start(...more)
}

/** The same, but the pages are of one origin and the collector of another, which lets them send. */
export async function pagesApart(t) {
  const world = pagesIn(t)
  await world.serveApart()
  return world.start('--allow-origin', world.front.origin)
}

function pagesIn(t) {
  const folder = scratch()
  const copy = join(folder, 'pages')
  cpSync(at('tests/e2e/pages'), copy, { recursive: true })
  return new World(t, folder, copy)
}
