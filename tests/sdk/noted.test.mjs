/** What a handler waits for: an event is noted, and the engine hears of it a little later, or when it has to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heard, openTracker } from './page.mjs'

/** A ready tracker on a page whose timers fire when `later()` says so; and the names of what the engine has heard. */
async function open(options) {
  let waiting
  const later = () => {
    const callback = waiting
    waiting = undefined
    callback?.()
    return Boolean(waiting)
  }
  const { page, tracker } = await openTracker(options)
  await tracker.ready
  globalThis.setTimeout = (callback) => (waiting = callback)
  return { page, tracker, later, names: () => heard(page).map(([name, event]) => (name === 'track' ? event : name)) }
}

test('a call only notes an event; the engine hears of it later, with the time of the call', async () => {
  const { page, tracker, later, names } = await open()
  const before = Math.floor(performance.now())
  tracker.track('login')
  tracker.page({ page_type: 'list' })
  const after = performance.now()
  assert.deepEqual(names(), [])
  for (const end = before + 30; performance.now() < end; );
  assert.equal(later(), false)
  assert.deepEqual(names(), ['login', 'page'])
  const { times } = page.engines[0]
  assert.ok(times.length === 2 && times.every((time) => time >= before && time <= after), String(times))
})

test('whoever looks at the answer has it at once', async () => {
  const { tracker, later, names } = await open()
  const [noted, refused] = [tracker.track('login'), tracker.track('bad')]
  assert.deepEqual(names(), [])
  assert.deepEqual({ ...refused }, { id: '', accepted: false, reason: 'items: required' })
  assert.deepEqual(names(), ['login', 'bad'])
  assert.deepEqual(JSON.parse(JSON.stringify(noted)), { id: noted.id, accepted: true, reason: '' })
  assert.equal(noted.id.length, 36)
  later()
  assert.deepEqual(names(), ['login', 'bad'], 'once')
})

test('what a page does next is heard after what it tracked', async () => {
  const all = [
    ...['consent', 'identify', 'reset', 'flush', 'erase', 'ids', 'stats', 'explain', 'shutdown'].map((name) => [name, ({ tracker }) => tracker[name]('withdraw')]),
    ['subscribe', ({ tracker }) => tracker.on('event', () => {})],
    ['shown', ({ page }) => page.fire('currententrychange', { navigationType: 'push' })],
    ['visibility', ({ page }) => page.fire('visibilitychange')],
    ['leave', ({ page }) => page.fire('pagehide')],
    ['visible', ({ page }) => page.fire('pageshow', { persisted: true })],
    ['online', ({ page }) => page.fire('online')],
  ]
  for (const [name, happens] of all) {
    const shop = await open()
    shop.tracker.track('login')
    happens(shop)
    const calls = shop.page.engines[0].calls.map(([call, event]) => event === 'login' ? event : call)
    assert.ok(calls.includes('login') && calls.lastIndexOf(name) > calls.indexOf('login'), `${name}: ${calls}`)
  }
})

test('orders do not wait, nor what is large, comes behind many, or happens while nobody looks', async () => {
  const { tracker, names } = await open()
  tracker.track('login')
  tracker.track('purchase', { transaction_id: '1', currency: 'EUR', value: 1, items: [{ item_id: 'a' }] })
  assert.deepEqual(names(), ['login', 'purchase'])
  tracker.track('search', { search_term: 'x'.repeat(20_000) })
  assert.equal(names().length, 3)
  for (let n = 0; n < 2_000; n++) tracker.track('login')
  assert.equal(names().length, 2_003)
  document.hidden = true
  tracker.track('logout')
  assert.equal(names().at(-1), 'logout')
})

test('a task that goes on too long leaves the rest to the next, in order', async () => {
  const { page, tracker, later, names } = await open()
  for (let n = 0; n < 300; n++) tracker.track('event_' + n)
  const { now } = performance
  let ms = now.call(performance)
  performance.now = () => ms++
  let tasks = 1
  for (let more = later(); more; more = later()) tasks++
  delete performance.now
  assert.deepEqual(names(), Array.from({ length: 300 }, (_, n) => 'event_' + n))
  assert.ok(tasks > 3 && page.engines[0].crossings < 20, `${tasks} tasks, ${page.engines[0].crossings} crossings`)
})

test('an event that the engine can no longer hear of is refused with the reason, and takes nobody along', async () => {
  const { page, tracker, later } = await open()
  const answers = ['trap', 'login'].map((name) => tracker.track(name))
  assert.doesNotThrow(later)
  const reason = 'engine: RuntimeError: unreachable'
  for (const answer of answers) assert.deepEqual({ ...answer }, { id: '', accepted: false, reason })
  assert.equal(page.engines[0].calls.at(-1)[1], 'trap')
})

test('a name that is more than a line loses itself alone', async () => {
  const { tracker, later, names } = await open()
  for (const name of ['login', 'two\nlines', 'a\n\n\n0\nb', 'logout']) tracker.track(name)
  later()
  assert.deepEqual(names(), ['login', '', '', 'logout'])
})

test('the hook is shown the page and the time of an event, also when it hears of it after the next page came', async () => {
  const seen = []
  const { page, tracker } = await open({ beforeSend: (event) => void seen.push(event) })
  const before = Date.now()
  tracker.track('login')
  location.href = 'https://shop.test/next'
  page.fire('currententrychange', { navigationType: 'push' })
  tracker.track('logout')
  for (const end = Date.now() + 30; Date.now() < end; );
  const after = Date.now() - 20
  tracker.flush()
  assert.deepEqual(seen.map(({ name, page }) => [name, page.url]), [['login', 'https://shop.test/list?page=2'], ['logout', 'https://shop.test/next']])
  for (const { t } of seen) assert.ok(t >= before - 2 && t <= after, String(t - before))
})

test('what a hook tracks is dropped, and does not come back to it', async () => {
  let asked = 0
  const { tracker, later, names } = await open({
    beforeSend: (event) => {
      if (asked++ < 50) tracker.track('again')
      return event
    },
  })
  tracker.track('login')
  while (later());
  assert.equal(asked, 1)
  assert.deepEqual(names(), ['login', 'again'])
})
