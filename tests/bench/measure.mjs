// One contender in one round: two fresh browser contexts, and the figures named as in figures.mjs.
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../www/tools/say.mjs'

const SPACED = { count: 60, ms: 25 }
const BURST = 1000
const PAGES = 200
const CLICKS = 40
// Long enough for compiling in the background, answers and timers to come to rest; all of it is counted for everyone.
const REST_MS = 150
const PATIENCE_MS = 8000

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]

/** CPU time of the page's main thread so far in ms, and its JS heap after a collection in bytes. */
function meter(cdp) {
  const read = async (name) => (await cdp.send('Performance.getMetrics')).metrics.find((metric) => metric.name === name).value
  return {
    cpu: async () => 1000 * (await read('TaskDuration')),
    async heap() {
      await cdp.send('HeapProfiler.collectGarbage')
      return read('JSHeapUsedSize')
    },
  }
}

async function open(browser, server, contender, label) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(server.page)
  if (!(await page.evaluate('crossOriginIsolated'))) throw new Problem('The page is not cross-origin isolated: its clock is too coarse.')
  const run = server.open(label)
  const start = { src: contender.src, data: contender.data(server.endpoint(label)), contender: contender.contender }
  return { context, page, cdp, run, start, meter: meter(cdp) }
}

/** Waits until `count` events called `name` have come, but not for ever, and then for the rest of what they cause. */
async function delivered({ page, run }, contender, name, count) {
  await page.evaluate('bench.contender.flush()')
  const end = Date.now() + PATIENCE_MS
  while (contender.delivers && (run[name] ?? 0) < count && Date.now() < end) await sleep(10)
  await sleep(REST_MS)
}

/** CPU ms of the main thread for `work` until its events are delivered. */
async function cost(tab, contender, { name, count, work }) {
  const before = await tab.meter.cpu()
  const result = await work()
  await delivered(tab, contender, name, count)
  return { result, cpu: (await tab.meter.cpu()) - before }
}

async function startUp(tab) {
  await sleep(REST_MS)
  const heap = await tab.meter.heap()
  const cpu = await tab.meter.cpu()
  const readyMs = await tab.page.evaluate((options) => bench.start(options), tab.start)
  const readyCpu = (await tab.meter.cpu()) - cpu
  return { heap, readyMs, readyCpu }
}

async function click({ page, cdp }) {
  const places = await page.evaluate(() =>
    [...document.querySelectorAll('button')].map((button) => button.getBoundingClientRect()).map(({ x, y }) => ({ x: x + 4, y: y + 4 })))
  const visible = places.filter(({ y }) => y < 700)
  for (let n = 0; n < CLICKS; n++) {
    const place = visible[n % visible.length]
    for (const type of ['mousePressed', 'mouseReleased']) {
      await cdp.send('Input.dispatchMouseEvent', { type, ...place, button: 'left', clickCount: 1 })
    }
  }
  return page.evaluate('bench.clicks')
}

async function ordinaryVisit(browser, server, contender, label) {
  const tab = await open(browser, server, contender, label)
  try {
    const { heap, readyMs, readyCpu } = await startUp(tab)
    await delivered(tab, contender, 'page_view', 1)
    const heapAdded = (await tab.meter.heap()) - heap

    const evaluate = (text) => () => tab.page.evaluate(text)
    const clicks = await cost(tab, contender, { name: 'click', count: CLICKS, work: () => click(tab) })
    if (clicks.result.length !== CLICKS) throw new Problem(`${clicks.result.length} of ${CLICKS} clicks reached the page.`)
    const calls = await cost(tab, contender, {
      name: 'add_to_cart',
      count: SPACED.count,
      work: evaluate(`bench.spaced(${SPACED.count}, ${SPACED.ms})`),
    })
    const pages = await cost(tab, contender, { name: 'page_view', count: PAGES + 1, work: evaluate(`bench.pages(${PAGES})`) })
    return {
      readyMs,
      readyCpu,
      heapKB: heapAdded / 1024,
      wasmKiB: (await tab.page.evaluate('bench.wasmBytes()')) / 1024,
      clickP50: 1000 * quantile(clicks.result, 0.5),
      clickP95: 1000 * quantile(clicks.result, 0.95),
      callP50: 1000 * quantile(calls.result, 0.5),
      callP95: 1000 * quantile(calls.result, 0.95),
      callsCpu: calls.cpu,
      callsDelivered: tab.run.add_to_cart ?? 0,
      callsRequests: tab.run.requests,
      pageMean: 1000 * pages.result,
      pagesCpu: pages.cpu,
      duplicates: tab.run.duplicates,
    }
  } finally {
    await tab.context.close()
  }
}

async function burst(browser, server, contender, label) {
  const tab = await open(browser, server, contender, label)
  try {
    await startUp(tab)
    await delivered(tab, contender, 'page_view', 1)
    const before = tab.run.requests
    const { result, cpu } = await cost(tab, contender, {
      name: 'add_to_cart',
      count: BURST,
      work: () => tab.page.evaluate(`bench.burst(${BURST})`),
    })
    return {
      burstMean: 1000 * result,
      burstCpu: cpu,
      burstDelivered: tab.run.add_to_cart ?? 0,
      burstRequests: tab.run.requests - before,
      duplicates: tab.run.duplicates,
    }
  } finally {
    await tab.context.close()
  }
}

/** All figures of one contender in one round. */
export async function measure(browser, server, contender, round) {
  const visit = await ordinaryVisit(browser, server, contender, `${contender.name}-${round}-visit`)
  const rush = await burst(browser, server, contender, `${contender.name}-${round}-burst`)
  return { ...visit, ...rush, duplicates: visit.duplicates + rush.duplicates }
}
