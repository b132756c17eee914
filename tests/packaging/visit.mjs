// One visit that every way of shipping must survive: the engine is ready, nothing leaves before the shopper's yes, then
// everything arrives, and the console stays empty.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 10_000

async function until(holds, what) {
  const end = Date.now() + PATIENCE_MS
  while (!holds()) {
    if (Date.now() > end) assert.fail(what())
    await sleep(20)
  }
}

/** Opens `url` in a fresh context of `browser`; `fetched` collects the paths of the `.wasm` files it asked for. */
async function open(browser, url) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const complaints = []
  const fetched = []
  page.on('console', (message) => /error|warning/.test(message.type()) && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
    if (/\.wasm\b/.test(response.url())) fetched.push(new URL(response.url()).pathname)
  })
  await page.goto(url)
  await page.waitForFunction(() => window.tracker ?? window.cartbeacon?.tracker, null, { timeout: PATIENCE_MS }).catch(() => {})
  return { context, page, complaints, fetched }
}

/**
 * Makes the visit; `site` is what the project calls itself, and whoever asks for `compress` sends packed as soon as the
 * part is there. Answers `{events, fetched}`, the events by name in order.
 */
export async function visit(browser, url, { batches, site, compress }) {
  const { context, page, complaints, fetched } = await open(browser, url)
  const call = (work) => page.evaluate(`(async () => { const tracker = window.tracker ?? window.cartbeacon?.tracker; ${work} })()`)
  try {
    assert.deepEqual(await call('return tracker?.ready'), { engine: 'wasm' }, complaints.join('\n'))

    await page.click('button')
    const { accepted, reason } = await call("return tracker.track('sign_up', { method: 'mail' })")
    assert.equal(accepted, true, reason)
    await call('tracker.flush()')
    await call("await fetch('/favicon.ico')")
    assert.deepEqual(batches, [], 'nothing leaves before consent')

    await call("tracker.consent({ analytics: 'granted' }); tracker.flush()")
    const events = () => batches.flatMap((batch) => batch.events)
    await until(
      () => ['page_view', 'add_to_cart', 'sign_up'].every((name) => events().some((event) => event.name === name)),
      () => `arrived: ${events().map((event) => event.name)}\n${complaints.join('\n')}`,
    )
    if (compress) {
      const share = () => call("tracker.track('share', { method: 'a link in a mail to a friend' }); tracker.flush()")
      for (let turn = 0; turn < 100 && !batches.some(({ packed }) => packed); turn++) await share().then(() => sleep(20))
      assert.ok(batches.some(({ packed }) => packed), 'the part came along')
    }
    for (const batch of batches) {
      assert.equal(batch.site, site)
      assert.equal(batch.engine, 'wasm')
      assert.match(batch.type, /^text\/plain; ?charset=utf-8$/i, 'a beacon that needs no preflight')
    }
    const added = events().find((event) => event.name === 'add_to_cart')
    assert.deepEqual(added.data.items?.[0]?.item_id ?? added.data.item_id, 'mug-1')
    assert.deepEqual(complaints, [])
    return { events: events(), fetched }
  } finally {
    await context.close()
  }
}
