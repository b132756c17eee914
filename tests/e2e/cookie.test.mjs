// The cookie that a server sets: who is known again by it, and that it goes with a no, in real Chromium.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './collector.mjs'
import { YES, onHost, pages, tags } from './world.mjs'

const [SHOP, CHECKOUT] = ['www.shop.localhost', 'pay.shop.localhost']
const ALL = { analytics: 'granted', marketing: 'granted' }
const ID = 'cb_test.id'
const DAY = 86_400

async function shop(t, data = {}) {
  const world = await pages(t, '--visitor-cookie')
  // Requests that a collector and only a server knows of: what a dying page has sent as well.
  const asked = []
  let sessions = 0
  let hold
  await world.answer('/collect/id', (request, body) => {
    asked.push(JSON.parse(body))
    return hold?.promise
  })
  await world.answer('/collect', (_, body) => void (sessions = Math.max(sessions, JSON.parse(body).session?.n ?? 0)))
  world.put('page', { head: tags({ batchMs: 50, cookieServer: '/collect/id', ...data }) })
  const visit = await world.visit()
  const at = (host = SHOP) => `${onHost(world, host)}/page.html`
  await visit.page.goto(at())
  await visit.ready()
  const cookies = async (of = visit) => (await of.context.cookies()).filter(({ name }) => name.startsWith('cb_test.'))
  const kept = async () => (await cookies()).find(({ name }) => name === ID)
  return {
    world,
    visit,
    asked,
    at,
    cookies,
    kept,
    /** The highest number of a visit that a server was told of. */
    visits: () => sessions,
    /** The cookie, once it is there. */
    set: () => until(kept, 'the cookie is set'),
    /** From now on no answer comes before what this returns is called. */
    hold() {
      hold = {}
      hold.promise = new Promise((done) => (hold.release = done))
      return () => {
        hold.release()
        hold = undefined
      }
    },
    async go(path = at()) {
      await visit.page.goto(path)
      await visit.ready()
    },
    /** What Safari does after seven days, when nobody is there: all goes that a script has written. */
    async age() {
      await visit.page.goto(at().replace('page.html', 'cb/stub.js'))
      for (const name of ['cb_test', 'cb_test.ask']) await visit.context.clearCookies({ name })
      await visit.page.evaluate(() => localStorage.clear())
    },
  }
}

/** Lets the answer go, which has a cookie, and sees it come. */
async function answered(page, release) {
  const coming = page.waitForResponse('**/collect/id')
  release()
  assert.match((await (await coming).allHeaders())['set-cookie'], /^cb_test\.id=/)
}

test('after a yes a server sets the id for a year, and who comes back without anything else is the same visitor', async (t) => {
  const { world, visit, asked, cookies, set, go, age, visits } = await shop(t)
  assert.deepEqual([await visit.stored(), visit.writes, asked], [[], [], []], 'nothing before it')
  await visit.cb('consent', ALL)
  const { visitor } = await visit.cb('ids')
  const { value, expires, ...attributes } = await set()
  assert.deepEqual(attributes, { name: ID, domain: '.shop.localhost', path: '/', httpOnly: false, secure: false, sameSite: 'Lax' })
  assert.match(value, new RegExp(`^${visitor}\\.1\\.\\d{10}$`))
  assert.ok(expires > Date.now() / 1000 + 394 * DAY, String(expires))
  assert.deepEqual(asked, [{ v: 1, site: 'test', visitor, n: 1, domain: 'shop.localhost', days: 395 }])
  await go()
  await go(`${onHost(world, CHECKOUT)}/page.html`)
  await visit.cb('flush')

  await go()
  await age()
  await go()
  assert.deepEqual(await visit.cb('ids'), { visitor: '', session: '', consent: 'pending' }, 'asked first')
  assert.deepEqual((await cookies()).map(({ name }) => name), [ID])
  await visit.cb('consent', ALL)
  assert.equal((await visit.cb('ids')).visitor, visitor)
  await visit.cb('flush')
  const events = await visit.leave()
  assert.deepEqual(new Set(events.map((event) => event.visitor)), new Set([visitor]), 'the page view that was held as well')
  assert.equal(visits(), 2)
  assert.equal(asked.length, 1, 'it is asked for again in a week')
})

test('where the shop grants by default, too', async (t) => {
  const { visit, set, go, age } = await shop(t, YES)
  await set()
  const { visitor } = await visit.cb('ids')
  await age()
  await go()
  assert.equal((await visit.cb('ids')).visitor, visitor)
  await visit.cb('flush')
  const events = await visit.leave()
  assert.deepEqual(new Set(events.map((event) => event.visitor)), new Set([visitor]))
})

test('a no to anything that it needs, reset() and erase() delete it at once and by themselves', async (t) => {
  const { visit, asked, cookies, set, go } = await shop(t)
  for (const call of [['consent', 'withdraw'], ['consent', { analytics: 'denied' }], ['consent', { marketing: 'denied' }], ['erase'], ['reset']]) {
    await visit.cb('consent', ALL)
    await visit.cb('track', 'share', {})
    await set()
    const before = asked.length
    const left = await visit.page.evaluate((args) => {
      window.cartbeacon(...args)
      return document.cookie
    }, call)
    assert.ok(!left.includes('cb_test.'), `${call[0]}: ${left}`)
    await go()
    assert.deepEqual([await cookies(), asked.length], [[], before], call[0])
  }
})

test('a no of the next page, and one in another tab, on another host', async (t) => {
  const { visit, cookies, set, go, age, at } = await shop(t)
  await visit.cb('consent', ALL)
  await set()
  await age()
  await go()
  await visit.cb('consent', { analytics: 'denied' })
  assert.deepEqual(await cookies(), [], 'nobody had used it')

  await visit.cb('consent', ALL)
  await set()
  const other = await visit.open()
  await other.goto(at(CHECKOUT))
  await visit.ready(other)
  await other.evaluate(() => window.cartbeacon('consent', 'withdraw'))
  assert.deepEqual(await cookies(), [])
})

test('an answer that is under way while somebody says no leaves nothing', async (t) => {
  const { visit, asked, cookies, hold, at } = await shop(t)
  for (const call of [['consent', 'withdraw'], ['reset'], ['erase']]) {
    const release = hold()
    const before = asked.length
    await visit.cb('consent', ALL)
    await visit.cb('track', 'share', {})
    await until(() => asked.length > before, 'it is asked for')
    await visit.cb(...call)
    await answered(visit.page, release)
    await until(async () => !(await cookies()).length, `it is deleted as soon as it has come: ${call[0]}`)
  }

  // On a host of which this page hears nothing, and which shares the cookie.
  const release = hold()
  const before = asked.length
  await visit.cb('consent', ALL)
  await visit.cb('track', 'share', {})
  await until(() => asked.length > before, 'it is asked for')
  const other = await visit.open()
  await other.goto(at(CHECKOUT))
  await visit.ready(other)
  await other.evaluate(() => window.cartbeacon('consent', 'withdraw'))
  await answered(visit.page, release)
  await until(async () => !(await cookies()).length, 'it is deleted as soon as it has come')
})

test('after a reset there is a cookie of the other visitor, also where the answer for the first comes last', async (t) => {
  const { visit, asked, kept, hold, at } = await shop(t)
  const release = hold()
  await visit.cb('consent', ALL)
  const first = (await visit.cb('ids')).visitor
  await until(() => asked.length === 1, 'it is asked for')
  const other = await visit.open()
  await other.goto(at(CHECKOUT))
  await visit.ready(other)
  // Another host hears nothing of it: only what is kept is shared.
  await other.evaluate(() => {
    window.cartbeacon('reset')
    window.cartbeacon('track', 'share', {})
  })
  const { visitor } = await other.evaluate(() => window.cartbeacon('ids'))
  assert.notEqual(visitor, first)
  await until(() => asked.some((one) => one.visitor === visitor), 'it is asked for anew')
  release()
  await until(async () => (await kept())?.value.startsWith(visitor), 'it is that of who is there now')
  assert.ok(asked.length < 5)
})

test('without a yes to marketing, with storage in memory or on a page that is left, no server is asked or heard', async (t) => {
  const { world, visit, asked, cookies, go, hold } = await shop(t)
  await visit.cb('consent', { analytics: 'granted' })
  await visit.cb('flush')
  await go()
  assert.deepEqual([await cookies(), asked], [[], []])
  world.put('memory', { head: tags({ batchMs: 50, cookieServer: '/collect/id', storage: 'memory', ...YES }) })
  const another = await world.visit()
  await another.go('/memory.html')
  await another.cb('flush')
  await another.go('/memory.html')
  assert.deepEqual([await cookies(another), asked], [[], []])

  const release = hold()
  await visit.cb('consent', ALL)
  await until(() => asked.length === 1, 'it is asked for')
  await go()
  await until(() => asked.length === 2, 'by the next page as well')
  await visit.cb('consent', 'withdraw')
  await answered(visit.page, release)
  await until(async () => !(await cookies()).length, 'nobody has a cookie')
})

test('an option that asks to delete what earlier pages have set', async (t) => {
  const { world, visit, cookies, set, go } = await shop(t)
  await visit.cb('consent', ALL)
  await set()
  world.put('after', { head: tags({ cookieServer: 'delete' }) })
  await go(`${onHost(world, SHOP)}/after.html`)
  assert.deepEqual(await cookies(), [])
})
