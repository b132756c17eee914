// From one domain of a shop to another, in real Chromium: who is handed over, and who is not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, onHost, pages, tags } from './world.mjs'

/** Two domains of one shop. */
const [ONE, TWO] = ['www.shop.localhost', 'www.store.localhost']

async function twoDomains(t, data = {}, there = data) {
  const world = await pages(t)
  const linker = { domains: ['shop.localhost', 'store.localhost'] }
  const target = `${onHost(world, TWO)}/two.html?x=1#part`
  const links = `<a id="go" href="${target}">go</a><a id="away" href="${onHost(world, 'other.localhost')}/two.html">away</a>`
  world.put('one', { head: tags({ batchMs: 50, linker, ...data }), body: links })
  world.put('two', { head: tags({ batchMs: 50, linker, ...there }) })
  const visit = await world.visit()
  await visit.page.goto(`${onHost(world, ONE)}/one.html`)
  await visit.ready()
  const go = async (id, browser = visit) => {
    await browser.page.click(id)
    await browser.page.waitForURL('**/two.html*')
    await browser.ready()
  }
  return { world, visit, go, target }
}
const YES_TO = (more) => ({ analytics: 'granted', marketing: 'granted', ...more })

test('who follows a link to another domain of the shop stays the same visitor and visit, after a yes on both', async (t) => {
  const { world, visit, go, target } = await twoDomains(t)
  await visit.cb('consent', YES_TO())
  await visit.cb('flush')
  const here = await visit.cb('ids')
  await go('#go')
  assert.match(visit.page.url(), /two\.html\?x=1&_cb=[\w.-]+#part$/)
  assert.deepEqual(await visit.cb('ids'), { visitor: '', session: '', consent: 'pending' }, 'a yes there is none here')
  assert.deepEqual((await visit.context.cookies(onHost(world, TWO))).map(({ name }) => name), [], 'nothing is kept before it')
  await visit.cb('consent', YES_TO())
  assert.deepEqual(await visit.cb('ids'), here)
  await visit.cb('flush')
  // The page after that knows the visitor by its own cookie.
  await visit.page.goto(`${onHost(world, TWO)}/two.html`)
  await visit.ready()
  assert.deepEqual(await visit.cb('ids'), here)
  const events = await visit.leave()
  const views = events.filter(({ name }) => name === 'page_view').sort((a, b) => a.seq - b.seq)
  assert.deepEqual(views.map(({ page }) => page.url), [`${onHost(world, ONE)}/one.html`, target, `${onHost(world, TWO)}/two.html`])
  assert.ok(!JSON.stringify(events).includes('_cb='), 'the parameter is in no record')
  assert.equal(new Set(events.map(({ seq }) => seq)).size, events.length)
})

test('who is known on both domains goes on as who comes, with the consent that was given there', async (t) => {
  const { world, visit, go } = await twoDomains(t, YES, {})
  const two = `${onHost(world, TWO)}/two.html`
  await visit.page.goto(two)
  await visit.ready()
  await visit.cb('consent', YES_TO({ preferences: 'granted' }))
  await visit.cb('flush')
  const there = await visit.cb('ids')
  await visit.page.goto(`${onHost(world, ONE)}/one.html`)
  await visit.ready()
  await visit.cb('flush')
  const here = await visit.cb('ids')
  assert.notEqual(here.visitor, there.visitor)
  await go('#go')
  assert.deepEqual(await visit.cb('ids'), here)
  assert.deepEqual((await visit.page.evaluate(() => window.cartbeacon.tracker.explain().consent.purposes)).sort(), ['analytics', 'marketing', 'preferences'])
  await visit.cb('consent', 'withdraw')
  assert.deepEqual(await visit.context.cookies(two), [])
})

test('no hand-over: before a yes, without marketing, to a domain that is not listed, after a no over there', async (t) => {
  for (const [said, id, note] of [[undefined, '#go', 'before a yes'], [{ analytics: 'granted' }, '#go', 'no yes to marketing'], [YES_TO(), '#away', 'not listed']]) {
    const { visit, go } = await twoDomains(t)
    if (said) await visit.cb('consent', said)
    await visit.cb('flush')
    await go(id)
    assert.ok(!visit.page.url().includes('_cb'), note)
  }
  const { visit, go } = await twoDomains(t)
  await visit.cb('consent', YES_TO())
  await visit.cb('flush')
  const { visitor } = await visit.cb('ids')
  await go('#go')
  await visit.cb('consent', { analytics: 'denied' })
  assert.deepEqual(await visit.page.evaluate(() => [document.cookie, ...Object.keys(localStorage)].filter(Boolean)), [])
  await visit.cb('consent', YES_TO())
  await visit.cb('track', 'share', {})
  assert.notEqual((await visit.cb('ids')).visitor, visitor, 'a no is a no to being known, too')
})

test('a link that is copied, kept or sent to somebody hands nobody over', async (t) => {
  const { world, visit, go } = await twoDomains(t, YES)
  await visit.cb('flush')
  const { visitor } = await visit.cb('ids')
  assert.ok(!(await visit.page.locator('#go').getAttribute('href')).includes('_cb'))
  await visit.page.evaluate(() => addEventListener('click', (event) => event.preventDefault(), { once: true }))
  await visit.page.click('#go')
  assert.ok(!(await visit.page.locator('#go').getAttribute('href')).includes('_cb'), 'the parameter goes when nobody follows')
  await go('#go')
  const address = visit.page.url()
  const becomes = async (options, from) => {
    const other = await world.visit(options)
    if (from) {
      world.put('link', { head: '', body: `<a id="go" href="${address.replace(/&/g, '&amp;')}">go</a>` })
      await other.page.goto(onHost(world, from) + '/link.html')
      await other.page.click('#go')
    } else await other.page.goto(address)
    await other.ready()
    return (await other.cb('ids')).visitor === visitor
  }
  assert.equal(await becomes({}, ONE), true, 'within two minutes, by the same kind of browser, from the shop')
  assert.equal(await becomes({}, undefined), false, 'typed in')
  assert.equal(await becomes({}, 'other.localhost'), false, 'from elsewhere')
  assert.equal(await becomes({ userAgent: 'Another/1.0' }, ONE), false, 'in another browser')
})
