// The firewall, on by default: what a shopper's page shows of persons leaves it as `[email]` and the like, or not at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, pages, tags } from './world.mjs'

const SECRETS = ['anna.schmidt@example.com', 'anna.schmidt%40example.com', '4111 1111 1111 1111', '4111+1111', '4242424242424242', '171 1234567', '01711234567', 'DE89', 'sk_live_', 's3cret']

/** A page that shows a person in all places, and does what shops do. Answers the events, and the bodies that were posted. */
async function shop(t, data) {
  const world = await pages(t)
  const posts = []
  await world.answer('/collect', ({ method }, body) => void (method === 'POST' && !body.includes('"marker"') && posts.push(body)))
  const visit = await world.visit()
  const body = `<a id="mail" href="mailto:anna.schmidt@example.com">Write</a> <a id="call" href="tel:01711234567">Call</a>
    <button id="share" data-cb-event="share" data-cb-method="anna.schmidt@example.com">Share</button>
    <form><input type="password" id="password" name="p"><input id="card" autocomplete="cc-number"><input id="code" autocomplete="one-time-code"></form>`
  const path = world.put('shop', { head: tags({ ...YES, ...data }), title: 'Call +49 171 1234567 - Shop', body })
  const url = path + '?email=anna.schmidt%40example.com&q=red+mug&utm_source=news&token=s3cret#/pay/4111%201111%201111%201111'
  await visit.page.goto('/one.html?token=s3cret')
  await visit.page.evaluate((to) => { location.href = to }, url)
  await visit.page.waitForURL(/shop\.html/)
  await visit.ready()
  await visit.page.evaluate(() => {
    document.addEventListener('click', (event) => event.preventDefault())
    window.cartbeacon('track', 'search', { search_term: 'card 4111 1111 1111 1111' })
    window.cartbeacon('track', 'my_event', { note: 'IBAN DE89 3704 0044 0532 0130 00', key: 'sk_live_EXAMPLE51abcDEF2ghiJKL3', card: 4242424242424242, password: 's3cret' })
    window.cartbeacon('track', 'add_to_cart', { currency: 'EUR', value: 29.98, items: [{ item_id: '4006381333931', item_name: 'Bosch 2 608 690 125', price: 14.99, quantity: 2 }] })
  })
  for (const id of ['#mail', '#call', '#share', '#password', '#card', '#code']) await visit.page.click(id)
  const stats = await visit.cb('stats')
  const parts = await visit.page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('privacy')).length)
  const events = (await visit.leave()).filter(({ page }) => page.url.includes('/shop.html')).sort((a, b) => a.seq - b.seq)
  return { events, stats, posts, parts }
}

test('placeholders arrive, and none of the originals is in any request', async (t) => {
  const { events, stats, posts, parts } = await shop(t, {})
  const [view] = events
  assert.equal(view.page.title, 'Call [phone] - Shop')
  assert.equal(new URL(view.page.url).search + new URL(view.page.url).hash, '?email=[email]&q=red+mug&utm_source=news&token=[token]#/pay/[card]')
  assert.match(view.page.referrer, /one\.html\?token=\[token\]$/)
  assert.deepEqual(
    events.slice(1).map(({ name, data }) => [name, data]),
    [
      ['search', { search_term: 'card [card]' }],
      ['my_event', { note: 'IBAN [iban]', key: '[token]', card: '[card]', password: '[token]' }],
      ['add_to_cart', { currency: 'EUR', value: 29.98, items: [{ item_id: '4006381333931', item_name: 'Bosch 2 608 690 125', price: 14.99, quantity: 2 }] }],
      ['click', { tag: 'a', id: 'mail', href: 'mailto:[email]' }],
      ['click', { tag: 'a', id: 'call', href: 'tel:[phone]' }],
      ['share', { method: '[email]' }],
      // Fields for passwords, cards and codes are not even described.
    ],
  )
  assert.ok(posts.length && parts === 1)
  for (const secret of SECRETS) assert.deepEqual(posts.filter((body) => body.includes(secret)), [], secret)
  const { email, phone, card, iban, token } = stats.redacted
  assert.deepEqual({ email, phone, card, iban, token }, { email: 3, phone: 2, card: 3, iban: 1, token: 4 })
})

test('with privacy: false all leaves as it is, and nothing of the firewall is fetched', async (t) => {
  const { events, stats, posts, parts } = await shop(t, { privacy: 'false' })
  assert.equal(events[0].page.title, 'Call +49 171 1234567 - Shop')
  assert.deepEqual(events[1].data, { search_term: 'card 4111 1111 1111 1111' })
  for (const secret of ['anna.schmidt@example.com', 'anna.schmidt%40example.com', '4242424242424242', 's3cret'])
    assert.ok(posts.some((body) => body.includes(secret)), secret)
  assert.deepEqual([stats.redacted, parts], [{}, 0])
})

test('where the firewall cannot be had, nothing is recorded, and ready says which file and why', async (t) => {
  const world = await pages(t)
  await world.answer('/cb/privacy.js', () => ({ status: 404, body: '' }))
  const visit = await world.visit()
  await visit.page.goto(world.put('shop', { head: tags(YES), body: '<button>b</button>' }))
  const { engine, reason } = await visit.ready()
  assert.equal(engine, 'none')
  assert.match(reason, /^privacy: .*\/cb\/privacy\.js/)
  assert.equal((await visit.cb('track', 'share')).accepted, false)
  assert.deepEqual((await visit.cb('stats')).lost, { no_engine: 0 })
  await visit.page.click('button')
  assert.deepEqual(await visit.stored(), [])
  assert.deepEqual(visit.requests.filter(({ method }) => method !== 'GET'), [])
  assert.deepEqual(await visit.leave(), [])
})

test('an event waits until the firewall is there; calls before are cleaned too', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  let release
  const late = new Promise((resolve) => { release = resolve })
  await visit.page.route('**/cb/privacy.js*', async (route) => {
    await late
    await route.continue()
  })
  await visit.page.goto(world.put('shop', { head: tags(YES), title: 'anna.schmidt@example.com' }), { waitUntil: 'commit' })
  await visit.page.waitForFunction(() => window.cartbeacon?.tracker)
  await visit.cb('track', 'share', { method: 'anna.schmidt@example.com' })
  await visit.page.evaluate(() => fetch('/cb/cartbeacon.wasm').then((response) => response.arrayBuffer()))
  assert.deepEqual([(await visit.cb('stats')).held, visit.requests.filter(({ method }) => method === 'POST')], [1, []])
  release()
  const events = await world.collector.expectNames('page_view', 'share')
  assert.deepEqual(events.map(({ name, data, page }) => [name, data.method, page.title]), [
    ['page_view', undefined, '[email]'],
    ['share', '[email]', '[email]'],
  ])
})
