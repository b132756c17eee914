// A tab that Chromium has discarded to save memory, and that is looked at again: discarded for real, by the browser's own page for it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { browserFlags, requireBrowser } from '../../www/tools/browsers.mjs'
import { until } from './collector.mjs'
import { YES, pages, removed, tags } from './world.mjs'

/** Told whenever the page is loaded, as thank-you pages do. */
const ORDER = "cartbeacon('track', 'purchase', { transaction_id: 'A-1', currency: 'EUR', value: 5, items: [{ item_id: 'mug', price: 5 }] })"

/**
 * A browser that Playwright does not drive: whom a test tool is attached to is not discarded. Its profile says that its owner wants pages
 * like chrome://discards. Answers `send(method, params, session)` of the DevTools protocol.
 */
async function browserOf(world) {
  const folder = mkdtempSync(join(tmpdir(), 'cartbeacon-profile-'))
  writeFileSync(join(folder, 'Local State'), JSON.stringify({ internal_only_uis_enabled: true }))
  const flags = [...browserFlags, '--headless=new', '--remote-debugging-pipe', `--user-data-dir=${folder}`, 'about:blank']
  const child = spawn(requireBrowser().chromium, flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  const [, , , input, output] = child.stdio
  const waiting = new Map()
  let text = ''
  let sent = 0
  output.on('data', (data) => {
    const messages = (text += data).split('\0')
    text = messages.pop()
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      waiting.get(id)?.(error ? { error } : result)
      waiting.delete(id)
    }
  })
  input.on('error', () => {})
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve) => {
      waiting.set(++sent, resolve)
      // A tab that goes meanwhile answers nothing: whoever asks, asks again.
      setTimeout(resolve, 5_000, {}).unref()
      input.write(JSON.stringify({ id: sent, method, params, sessionId }) + '\0')
    })
  world.atEnd(async () => {
    void send('Browser.close')
    await ended
    await removed(folder)
  })
  return send
}

/** Attaches to a tab, asks it, and lets go of it again. */
async function ask(send, targetId, expression) {
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
  const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId)
  await send('Target.detachFromTarget', { sessionId })
  return exceptionDetails ? undefined : result?.value
}

/** The row of a tab in chrome://discards as text, and its link of that name clicked, if one is given. */
const row = (url, link = '') => `(() => {
  const all = (root) => [...root.querySelectorAll('*')].flatMap((node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])])
  const found = all(document).find((node) => node.localName === 'tr' && [...node.children].some((cell) => cell.textContent.trim() === '${url}'))
  const target = found && '${link}' && [...found.querySelectorAll('*')].find((node) => !node.children.length && node.textContent.trim() === '${link}')
  if (target) target.click()
  return found && (!'${link}' || target) ? found.innerText : ''
})()`

test('a discarded tab that is looked at again has the same visitor and visit, its order once, and lost nothing', async (t) => {
  const world = await pages(t)
  const path = world.put('thanks', { head: tags({ ...YES, batchMs: 600_000 }), script: ORDER })
  const url = world.origin + path
  const send = await browserOf(world)
  const { targetId: shop } = await send('Target.createTarget', { url })
  const inShop = (expression, what) => until(() => ask(send, shop, expression), what)
  await inShop("window.cartbeacon?.tracker?.ready.then(() => navigator.locks.query()).then(({ held }) => held.some(({ name }) => name.startsWith('cb_test!')))", 'the outbox is open')
  await inShop("(window.first ??= ['n0', 'n1', 'n2'].map((name) => cartbeacon('track', name))).length", 'three events')
  await inShop("Object.values(localStorage).some((text) => text.includes('\"name\":\"n2\"'))", 'what waits is stored')

  const { targetId: tabs } = await send('Target.createTarget', { url: 'chrome://discards/' })
  await until(() => ask(send, tabs, row(url)), 'the tab is listed')
  // Behind the other tab, and not to be sent for ten minutes.
  await inShop("(window.more ??= [cartbeacon('track', 'n3')]).length", 'one event more')
  await inShop("Object.values(localStorage).some((text) => text.includes('\"name\":\"n3\"'))", 'that is stored, too')
  await until(() => ask(send, tabs, row(url, '[Urgent Discard]')), 'it can be discarded')
  await until(async () => (await ask(send, tabs, row(url)))?.includes('discarded (urgent)'), 'it is discarded')

  // Another target by now. To show it is to load it.
  const again = await until(async () => (await send('Target.getTargets')).targetInfos.find((one) => one.url === url)?.targetId, 'its tab is still there')
  assert.notEqual(again, shop)
  await send('Target.activateTarget', { targetId: again })
  const inAgain = (expression, what) => until(() => ask(send, again, expression), what)
  await inAgain("document.wasDiscarded && window.cartbeacon?.tracker?.ready.then(({ engine }) => engine === 'wasm')", 'it is loaded anew')
  await inAgain("navigator.locks.query().then(({ held }) => held.some(({ name }) => name.startsWith('cb_test!')))", 'its outbox is open')
  const names = ['n0', 'n1', 'n2', 'n3', 'page_view', 'page_view', 'purchase']
  const all = await until(async () => {
    await ask(send, again, "cartbeacon('flush')")
    const events = await world.collector.events()
    return events.length >= names.length && events
  }, 'all has arrived')
  assert.deepEqual(all.map(({ name }) => name).sort(), names)
  assert.equal(new Set(all.map(({ visitor, session }) => visitor + session)).size, 1, 'one visit of one visitor')
  assert.equal(new Set(all.map(({ seq }) => seq)).size, all.length)
  const views = all.filter(({ name }) => name === 'page_view')
  assert.deepEqual(views.map(({ page }) => page.reason).sort(), ['discard_restored', 'navigate'])
  const { total } = await (await fetch(`${world.collector.origin}/reports/orders`)).json()
  assert.equal(total, 1, 'the order counts once')
})
