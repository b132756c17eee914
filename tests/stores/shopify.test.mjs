// What the journey through the Shopify store leaves out: a page that does not describe its product, and a cart emptied at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pages } from '../e2e/world.mjs'
import { CUP, MUG, json, page } from './shop.mjs'

const line = ({ id, name, price }, quantity) => ({ id: id * 10, variant_id: id * 10, product_id: id, title: name, product_title: name, variant_title: null, price, final_price: price, quantity })
const cart = (...items) => ({ token: 'c1', item_count: items.length, items, currency: 'EUR', total_price: items.reduce((sum, { price, quantity }) => sum + price * quantity, 0) })

test('a product is asked for after a yes where the page does not describe it; a cart that is emptied is told of as one', async (t) => {
  const world = await pages(t)
  await world.serveApart()
  const { rules } = world.front
  rules.set('/products/mug', page({ cartShopify: true, cartCurrency: 'EUR', batchMs: 50 }, () => ({ body: 'Mug' })))
  const variant = (id, title, price) => ({ id, title, name: `Mug - ${title}`, public_title: title, price, sku: title.toUpperCase() })
  rules.set('/products/mug.js', () => json({ id: MUG.id, title: 'Mug', handle: 'mug', vendor: 'Kiln', type: 'Kitchen', variants: [variant(1, 'Oat', 1950), variant(2, 'Rust', 2050)] }))
  rules.set('/cart.js', () => json(cart(line(MUG, 2), line(CUP, 1))))
  rules.set('/cart/clear.js', () => json(cart()))
  const visit = await world.visit()
  await visit.go('/products/mug?variant=2')
  const asked = () => visit.requests.filter(({ url }) => /\.js$/.test(new URL(url).pathname) && !url.includes('/cb/')).map(({ url }) => new URL(url).pathname)
  assert.deepEqual(asked(), [], 'nothing before a yes')
  await visit.cb('consent', { analytics: 'granted' })
  const [viewed] = (await world.collector.expectNames('view_item')).filter(({ name }) => name === 'view_item')
  assert.deepEqual(viewed.data, { currency: 'EUR', value: 20.5, items: [{ item_id: '101', item_name: 'Mug', item_variant: 'Rust', item_brand: 'Kiln', item_category: 'Kitchen', sku: 'RUST', variant_id: '2', price: 20.5 }] })
  assert.deepEqual(asked().sort(), ['/cart.js', '/products/mug.js'])
  const answer = await visit.page.evaluate(() => fetch('/cart/clear.js', { method: 'POST' }).then((response) => response.json()))
  assert.equal(answer.item_count, 0, 'the page reads the answer itself')
  const [cleared] = (await world.collector.expectNames('clear_cart')).filter(({ name }) => name === 'clear_cart')
  assert.deepEqual([cleared.data.cart_count, cleared.data.cart_total, cleared.data.value], [0, 0, 43.1])
  assert.equal(cleared.data.items.length, 2)
})
