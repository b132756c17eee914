// One shopper's journey in stores that nobody prepared: the same events in the same order, exact totals, the order once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { YES, pages } from '../e2e/world.mjs'
import * as gtm from './gtm.mjs'
import * as schema from './schema.mjs'
import * as shopify from './shopify.mjs'
import { blocks, classic } from './woocommerce.mjs'

const STORES = { 'Google Tag Manager': gtm, Shopify: shopify, 'WooCommerce, classic': classic, 'WooCommerce, blocks': blocks, 'schema.org': schema }

const COMMERCE = /^(search|view_item.*|select_item|view_cart|.*_cart|.*_coupon|begin_checkout|checkout_step|add_.*_info|purchase|refund|cart_.*)$/

/** Event, and what is in it: pieces of mug and cup, and the cart's total after it. */
const CANON = [
  ['search', 'mug'],
  ['view_item_list', 'Mug'],
  ['select_item', 'Mug'],
  ['view_item', 'Mug'],
  ['add_to_cart', 'Mug 1', 19.5],
  ['view_item', 'Cup'],
  ['add_to_cart', 'Cup 1', 23.6],
  ['view_cart', 'Mug 1, Cup 1'],
  ['add_to_cart', 'Mug 1', 43.1],
  ['remove_from_cart', 'Cup 1', 39],
  ['apply_coupon', 'TEN', 35.1],
  ['begin_checkout', 'Mug 2'],
  ['add_shipping_info', 'Mug 2'],
  ['add_payment_info', 'Mug 2'],
  ['purchase', 'Mug 2', 35.1],
  // The next day.
  ['view_item', 'Mug'],
  ['add_to_cart', 'Mug 1', 19.5],
  // The day after that.
  ['cart_abandoned', 'Mug 1'],
  ['cart_restored', 'Mug 1'],
]

/** An event in the words of the canon. */
function told({ name, data }) {
  const items = data.items?.map(({ item_name: item, quantity }) => (/^(view|select)_item/.test(name) ? item : `${item} ${quantity ?? 1}`)).join(', ')
  const line = [name, items ?? data.coupon ?? data.search_term]
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
    await recorded('view_item_list', () => click('search'))
    await recorded('view_item', () => click('mug'))
    await recorded('add_to_cart', () => click('add'))
    if (store.lands === 'always') await recorded('view_cart', () => page.waitForURL('**/cart'))
    await visit.go('/')
    await recorded('view_item', () => click('cup'))
    await recorded('add_to_cart', () => click('add'))
    await recorded('view_cart', () => (store.lands ? page.waitForURL('**/cart') : visit.go('/cart')))
    await recorded('add_to_cart', () => click('more'))
    await recorded('remove_from_cart', () => click('remove'))
    if (store.coupon !== false) await recorded('apply_coupon', () => click('coupon'))
    await recorded('begin_checkout', () => click('checkout'))
    if (store.steps !== false) await recorded('add_shipping_info', () => click('ship'))
    await recorded('purchase', () => click('pay'))
    await visit.ready()
    await page.reload()
    await visit.ready()
    await click('home')
    await visit.ready()
    await page.goBack({ waitUntil: 'commit' })
    await visit.ready()
    /** A tab of its own, so many days later. */
    const later = async (days, path) => {
      const tab = await visit.open()
      await tab.addInitScript((days) => {
        const { now } = Date
        Date.now = () => now() + days * 86_400_000
      }, days)
      await tab.goto(path)
      await visit.ready(tab)
      return tab
    }
    const tomorrow = await later(1, store.thanks)
    await tomorrow.goto('/')
    await visit.ready(tomorrow)
    await recorded('view_item', () => tomorrow.locator('#mug').click())
    await recorded('add_to_cart', () => tomorrow.locator('#add').click())
    // All but what is told of a cart that was left.
    await world.collector.expect((all) => all.filter((event) => COMMERCE.test(event.name)).length >= canon.length - 2, `the second day in ${name}`)
    await tomorrow.close()
    await recorded('cart_restored', () => later(2, '/'))

    // A day later a session is another one, and begins to count anew.
    const events = (await visit.leave()).filter((event) => COMMERCE.test(event.name)).sort((a, b) => a.t - b.t || a.seq - b.seq)
    assert.deepEqual(events.map(told), canon)
    const carts = (some) => new Set(some.filter(({ data }) => data.cart_id).map(({ data }) => data.cart_id))
    const end = events.findIndex(({ name }) => name === 'purchase')
    assert.deepEqual([carts(events.slice(0, end + 1)).size, carts(events.slice(end + 1)).size, carts(events).size], [1, 1, 2], 'one cart until the order, another after it')
  })
}
