// One shopper's journey in stores that nobody prepared: the same events in the same order, exact totals, the order once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, pages } from '../e2e/world.mjs'
import * as gtm from './gtm.mjs'
import * as schema from './schema.mjs'
import * as shopify from './shopify.mjs'
import { blocks, classic } from './woocommerce.mjs'

const STORES = { 'Google Tag Manager': gtm, Shopify: shopify, 'WooCommerce, classic': classic, 'WooCommerce, blocks': blocks, 'schema.org': schema }

const COMMERCE = /^(view_item|view_cart|.*_cart|.*_coupon|begin_checkout|add_.*_info|purchase|refund|cart_.*)$/

/** Event, and what is in it: pieces of mug and cup, and the cart's total after it. */
const CANON = [
  ['view_item', 'Mug'],
  ['add_to_cart', 'Mug 1', 19.5],
  ['view_item', 'Cup'],
  ['add_to_cart', 'Cup 1', 23.6],
  ['view_cart', 'Mug 1, Cup 1'],
  ['add_to_cart', 'Mug 1', 43.1],
  ['remove_from_cart', 'Cup 1', 39],
  ['apply_coupon', 'TEN', 35.1],
  ['begin_checkout', 'Mug 2'],
  ['purchase', 'Mug 2', 35.1],
]

/** An event in the words of the canon. */
function told({ name, data }) {
  const items = data.items?.map(({ item_name: item, quantity }) => (name === 'view_item' ? item : `${item} ${quantity ?? 1}`)).join(', ')
  const line = [name, items ?? data.coupon]
  if (/_(to|from)_cart$|_coupon$/.test(name)) line.push(data.cart_total)
  if (name === 'purchase') line.push(data.value)
  return line
}

for (const [name, { serve, canon: differ = (all) => all }] of Object.entries(STORES)) {
  const canon = differ(CANON)
  test(`${name}: one journey, its events once, its totals exact, its order once`, async (t) => {
    const world = await pages(t)
    await world.serveApart()
    const store = serve(world.front.rules, { ...YES, batchMs: 50 })
    const visit = await world.visit()
    const { page } = visit
    const expected = {}
    /** Does something, and waits until one more event of that name was recorded. */
    const recorded = async (event, act) => {
      const count = (expected[event] = (expected[event] ?? 0) + 1)
      await act()
      await world.collector.expect((all) => all.filter((entry) => entry.name === event).length >= count, `${event} in ${name}`)
    }
    const click = (id) => page.locator(`#${id}`).click()

    await visit.go('/')
    await recorded('view_item', () => click('mug'))
    await recorded('add_to_cart', () => click('add'))
    if (store.lands === 'always') await recorded('view_cart', () => page.waitForURL('**/cart'))
    await visit.go('/')
    await recorded('view_item', () => click('cup'))
    await recorded('add_to_cart', () => click('add'))
    await recorded('view_cart', () => (store.lands ? page.waitForURL('**/cart') : visit.go('/cart')))
    await recorded('add_to_cart', () => click('more'))
    await recorded('remove_from_cart', () => click('remove'))
    if (canon.some(([event]) => event === 'apply_coupon')) await recorded('apply_coupon', () => click('coupon'))
    await recorded('begin_checkout', () => click('checkout'))
    await recorded('purchase', () => click('pay'))
    await visit.ready()
    await page.reload()
    await visit.ready()
    await click('home')
    await visit.ready()
    await page.goBack({ waitUntil: 'commit' })
    await visit.ready()
    // The next day, in a tab of its own.
    const tomorrow = await visit.open()
    await tomorrow.addInitScript(() => {
      const { now } = Date
      Date.now = () => now() + 86_400_000
    })
    await tomorrow.goto(store.thanks)
    await visit.ready(tomorrow)
    await tomorrow.goto('/')
    await visit.ready(tomorrow)

    const events = (await visit.leave()).filter((event) => COMMERCE.test(event.name)).sort((a, b) => a.seq - b.seq)
    assert.deepEqual(events.map(told), canon)
    assert.equal(new Set(events.filter(({ data }) => data.cart_id).map(({ data }) => data.cart_id)).size, 1, 'one cart')
  })
}
