import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh } from './page.mjs'

// No page is opened here: this is a server.

for (const entry of ['index.js', 'slim.js', 'inline.js']) {
  test(`${entry} is inert without a window: importing and calling it does nothing, and ready says so`, async () => {
    assert.equal(typeof window, 'undefined')
    const { init } = await fresh(entry)
    const tracker = init({ endpoint: '/collect', site: entry })
    const refused = { id: '', accepted: false, reason: 'no window' }
    assert.deepEqual(tracker.track('login'), refused)
    assert.deepEqual(tracker.page(), refused)
    assert.deepEqual(tracker.consent({ analytics: 'granted' }), refused)
    tracker.on('event', () => assert.fail('there is no event'))()
    for (const name of ['reset', 'flush', 'erase', 'shutdown']) tracker[name]()
    assert.equal(tracker.stats().accepted, 0)
    assert.deepEqual(tracker.ids(), { visitor: '', session: '', consent: 'pending' })
    assert.deepEqual(await tracker.ready, { engine: 'none', reason: 'no window' })
  })
}

test('the widget and the part for platforms are inert without a window', async () => {
  const { widget } = await fresh('widget.js')
  widget(() => assert.fail('nobody asks for a tracker'))()
  await fresh('consent.js')
})

test('the stub is inert without a window', async () => {
  await fresh('stub.js')
  assert.equal(globalThis.cartbeacon, undefined)
})
