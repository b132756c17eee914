// A shop with one shopper in a real browser: the collector and pages of the end-to-end tests, and a browser that WebDriver
// drives. What the tests assert on are the collector's rows and the page's own counters.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../e2e/collector.mjs'
import { YES, pages, tags } from '../e2e/world.mjs'
import { Browser } from './driver.mjs'

/** The names of so many events: `n0`, `n1`, … */
export const named = (count, from = 0) => Array.from({ length: count }, (_, n) => `n${n + from}`)
export const numbered = (events) => events.filter(({ name }) => /^n\d+$/.test(name))

/** Runs in every page before anything else: what it would have complained about. */
const LISTEN = `
  window.complaints = []
  addEventListener('error', (event) => complaints.push(String(event.message)))
  addEventListener('unhandledrejection', (event) => complaints.push('rejected: ' + event.reason))
  for (const name of ['error', 'warn']) console[name] = (...words) => complaints.push(words.join(' '))
`

export class Shop {
  constructor(world, browser) {
    this.world = world
    this.browser = browser
  }

  get collector() {
    return this.world.collector
  }

  /** A page with the tag's options; `before` is a script that runs before the tag's. */
  page(name, data = {}, before = '') {
    writeFileSync(join(this.world.store, `${name}-before.js`), LISTEN + before)
    return this.world.put(name, { head: `<script src="/${name}-before.js"></script>` + tags({ ...YES, ...data }) })
  }

  /** Loads a page and waits for its tracker. */
  async go(path) {
    await this.browser.go(this.world.origin + path)
    await this.ready()
  }

  ready() {
    return this.browser.run(async () => {
      if (document.readyState !== 'complete') await new Promise((resolve) => window.addEventListener('load', resolve, { once: true }))
      return window.cartbeacon.tracker.ready
    })
  }

  /** A command of the page's tracker. */
  cb(...call) {
    return this.browser.run((...words) => window.cartbeacon(...words), ...call)
  }

  /** Tracks so many events at once. */
  burst(count, from = 0) {
    return this.browser.run((first, end) => {
      for (let n = first; n < end; n++) window.cartbeacon('track', `n${n}`)
    }, from, from + count)
  }

  /** Tracks so many events with three items each, and leaves the page in the same breath. */
  burstAndLeave(count, path) {
    return this.browser.tell((end, to) => {
      const items = [1, 2, 3].map((n) => ({ item_id: `QN-${n}`, item_name: `Mug no. ${n}`, price: n + 0.5, quantity: n }))
      for (let n = 0; n < end; n++) window.cartbeacon('track', `n${n}`, { currency: 'EUR', value: n, items })
      if (to) location.href = to
    }, count, path)
  }

  /**
   * Leaves the page as shoppers do, by a click on a link. Nothing of WebDriver's runs in the page by then: while something does,
   * Firefox takes no page into its back/forward cache; and nothing asks before the next page is there, since a script that is run
   * in a page that goes never ends. The page must be served apart, and the next one load the script that `page` gives it.
   */
  async clickAway(path) {
    let letGo
    const gate = new Promise((resolve) => (letGo = () => resolve({ body: '' })))
    await this.world.answer('/gate', () => gate)
    const isThere = new Promise((told) => void this.world.answer(path.replace('.html', '-before.js'), () => void told()))
    await this.browser.tell((href) => {
      const link = document.body.appendChild(Object.assign(document.createElement('a'), { href, textContent: 'on' }))
      fetch('/gate').then((response) => response.text()).then(() => link.click())
    }, path)
    letGo()
    await isThere
  }

  /** Goes back to the page of that path. */
  async back(path) {
    await this.browser.back()
    await until(() => this.browser.run((wanted) => location.pathname === wanted, path), 'the page is back')
  }

  /** The counters, once nothing is on its way or waiting any more; they must add up on the way there. */
  settled() {
    let last
    return until(async () => {
      const stats = (last = await this.cb('stats'))
      const { accepted, held, queued, inDoubt, handedOver, acknowledged, lost } = stats
      assert.equal(accepted, held + queued + inDoubt + handedOver + acknowledged + Object.values(lost).reduce((sum, n) => sum + n, 0))
      return queued + inDoubt + held === 0 && stats
    }, 'nothing is on its way', () => `: ${JSON.stringify(last)}`)
  }

  /** These events are stored, each once, and no other numbered ones. */
  async arrived(count) {
    const rows = numbered(await this.collector.expectNames(...named(count)))
    assert.deepEqual(rows.map(({ name }) => name).sort(), named(count).sort(), 'lost 0, duplicates 0')
    return rows
  }

  /** What the page counts as delivered is what the collector has of its session. */
  async truth() {
    const stats = await this.settled()
    const { session } = await this.cb('ids')
    const rows = await this.collector.events({ session })
    assert.deepEqual([stats.acknowledged + stats.handedOver, stats.lost], [rows.length, {}])
    assert.deepEqual(await this.browser.run(() => window.complaints), [], 'the page was silent')
    return stats
  }
}

/** A shop and a browser that has not loaded a page yet; `more` are arguments of the collector. */
export async function shop(t, prefs, ...more) {
  const world = await pages(t, ...more)
  const browser = new Browser(join(world.folder, 'profile'), prefs)
  world.atEnd(() => browser.quit())
  await browser.start()
  return new Shop(world, browser)
}

/** A shop whose first page is loaded and has sent its page view. With `apart` a server between answers for it: see `World.answer`. */
export async function shopping(t, data, before, apart) {
  const visit = await shop(t)
  if (apart) await visit.world.serveApart()
  await visit.go(visit.page('page', data, before))
  await visit.cb('flush')
  await visit.collector.expectNames('page_view')
  await visit.settled()
  return visit
}
