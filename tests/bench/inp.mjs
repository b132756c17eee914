// What a shopper feels: Interaction to Next Paint in the demo store, from list to order, on a processor four times slower,
// with the tag and with an empty script in its place. An interaction's time runs from the finger to the next frame on screen,
// so that everything counts: listeners, what they put off, and what runs beside them. https://web.dev/articles/inp
//
// Event Timing tells in steps of 8 ms and nothing under 16 ms, which counts as 16 here. A page's INP is its worst interaction.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { browserFlags, requireBrowser } from '../../www/tools/browsers.mjs'
import { run } from '../../www/tools/exec.mjs'
import { at, root } from '../../www/tools/paths.mjs'
import { Problem, heading, step } from '../../www/tools/say.mjs'
import { Collector } from '../e2e/collector.mjs'

const SLOWER = 4
const LEAST_MS = 16
const KINDS = ['without', 'with']

/** Runs in every page: how long each interaction took, kept for the next page of the visit. */
function listen(least) {
  const longest = new Map()
  const take = (entries) => {
    for (const { interactionId, duration } of entries)
      if (interactionId) longest.set(interactionId, Math.max(longest.get(interactionId) ?? least, duration))
  }
  const observer = new PerformanceObserver((list) => take(list.getEntries()))
  observer.observe({ type: 'event', durationThreshold: least, buffered: true })
  window.interactions = () => {
    take(observer.takeRecords())
    return [...longest.values()]
  }
  window.addEventListener('pagehide', () => {
    const before = JSON.parse(sessionStorage.getItem('interactions') ?? '[]')
    sessionStorage.setItem('interactions', JSON.stringify([...before, window.interactions()]))
  })
}

/** From list to order with the mouse and the keyboard; answers the interactions of each page. */
async function shop(page, origin, isWith) {
  const part = (id) => page.locator(`[data-testid="${id}"]`).first()
  const seen = (id) => part(id).waitFor()
  const click = async (id, shows) => {
    await part(id).click()
    if (shows) await seen(shows)
    await pause(150)
  }
  await page.goto(`${origin}/list.html?category=coffee-tea`)
  if (isWith) {
    const { engine, reason } = await page.evaluate(() => window.cartbeacon.tracker.ready)
    if (engine !== 'wasm') throw new Problem(`The tracker in the store is not ready: ${reason}`)
  }
  await click('consent-accept')
  await page.locator('[data-sku="QN-2001"] [data-testid=card-link]').click()
  await seen('add-to-cart')
  await part('choice-rust').check({ force: true })
  for (let n = 0; n < 3; n++) await click('add-to-cart')
  await click('cart-link', 'cart-line')
  for (let n = 0; n < 3; n++) await click('line-increase')
  await part('coupon-input').click()
  await part('coupon-input').pressSequentially('kiln10', { delay: 40 })
  await click('coupon-apply', 'coupon-used')
  await click('checkout', 'step-address')
  await click('sign-in')
  await click('checkout-next', 'step-delivery')
  await part('delivery-express').check()
  await click('checkout-next', 'step-payment')
  await click('checkout-next', 'step-review')
  await click('place-order', 'order-id')
  const [before, last] = await page.evaluate(() => [JSON.parse(sessionStorage.getItem('interactions')), window.interactions()])
  return [...before, last].filter(({ length }) => length)
}

async function visit(collector, kind) {
  const browser = await chromium.launch({ executablePath: requireBrowser().chromium, args: browserFlags })
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } })
    page.setDefaultTimeout(20_000)
    const isWith = kind === 'with'
    if (!isWith) await page.route('**/cb/*', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    await page.addInitScript(listen, LEAST_MS)
    return await shop(page, collector.origin, isWith)
  } finally {
    await browser.close()
  }
}

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]

/** The rows of the table, from the pages of each kind's visits. */
export function figuresOf(visits) {
  const of = (figure) => KINDS.map((kind) => figure(visits[kind].flat().map((page) => page.toSorted((a, b) => b - a))))
  return [
    ['interactions', ...of((pages) => pages.flat().length)],
    ['INP of a page, median, ms', ...of((pages) => quantile(pages.map(([worst]) => worst), 0.5))],
    ['INP of a page, p75, ms', ...of((pages) => quantile(pages.map(([worst]) => worst), 0.75))],
    ['worst of all, ms', ...of((pages) => Math.max(...pages.flat()))],
    ['mean of all interactions, ms', ...of((pages) => pages.flat().reduce((sum, ms) => sum + ms, 0) / pages.flat().length)],
  ]
}

/** Both kinds in turns, so that what else the machine does meets both. */
export async function feel(rounds) {
  heading(`The demo store, processor ${SLOWER} times slower`)
  await step('collector', 'of the tests', (onLine) => run('cargo', ['build', '--package', 'cartbeacon-collector'], { cwd: root, onLine }))
  const data = mkdtempSync(join(tmpdir(), 'cartbeacon-bench-'))
  const collector = new Collector({ data, store: at('www/store') })
  await collector.start()
  const visits = { without: [], with: [] }
  try {
    for (let number = 1; number <= rounds; number++)
      await step(`visits ${number}`, 'without and with', async () => {
        for (const kind of number % 2 ? KINDS : KINDS.toReversed()) visits[kind].push(await visit(collector, kind))
      })
  } finally {
    await collector.stop()
    rmSync(data, { recursive: true, force: true })
  }
  console.log(`  ${''.padEnd(34)}${KINDS.map((kind) => kind.padStart(10)).join('')}`)
  for (const [label, ...values] of figuresOf(visits))
    console.log(`  ${label.padEnd(34)}${values.map((value) => (Number.isInteger(value) ? value : value.toFixed(1)).toString().padStart(10)).join('')}`)
}
