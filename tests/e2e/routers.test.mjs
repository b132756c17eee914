// Page views in shops of one page, with the routers that shops have, from their own packages: exactly one for each page that
// is shown, by the Navigation API and by a patched history.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as esbuild from 'esbuild'
import { at } from '../../www/tools/paths.mjs'
import { HISTORIES, YES, pages, stopClock, tags, views } from './world.mjs'

const ROUTERS = ['react', 'vue']
const built = new Map()
const app = async (router) => {
  if (!built.has(router)) {
    const entryPoints = [at(`tests/routers/${router}.js`)]
    const define = { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' }
    const { outputFiles } = await esbuild.build({ entryPoints, bundle: true, write: false, format: 'iife', logLevel: 'silent', define })
    built.set(router, outputFiles[0].text)
  }
  return built.get(router)
}

/** Every address of the shop is the same document, as servers of such shops have it. */
async function shopOf(t, router, { prepare, head = tags(YES) } = {}) {
  const world = await pages(t)
  const script = await app(router)
  const html = `<!doctype html><meta charset="utf-8"><title>Shop</title>${head}<body><div id="app"></div><script src="/app.js"></script></body>`
  await world.answer('/app.js', () => ({ headers: { 'content-type': 'text/javascript' }, body: script }))
  for (const path of ['/', '/list', '/product/1', '/new']) await world.answer(path, () => ({ headers: { 'content-type': 'text/html' }, body: html }))
  // Frameworks say in the console that this is their build for development.
  const visit = await world.visit({ loud: true })
  if (prepare) await visit.page.addInitScript(prepare)
  return { world, visit, page: visit.page }
}

for (const router of ROUTERS)
  for (const [way, prepare] of Object.entries(HISTORIES))
    test(`${router}, with ${way}: each page once`, async (t) => {
      const { world, visit, page } = await shopOf(t, router, { prepare })
      await visit.go('/')
      const titled = (path) => page.waitForFunction((title) => document.title === title, `Shop ${path}`)
      const go = async (id, path) => {
        await page.click(`#${id}`)
        await titled(path)
      }
      const back = async (step, path) => {
        await page[step]({ waitUntil: 'commit' })
        await titled(path)
      }
      await titled('/')
      await go('list', '/list')
      await go('sort', '/list?sort=price')
      await page.click('#anchor')
      await page.waitForURL('**#reviews')
      await go('product', '/product/1')
      await back('goBack', '/list?sort=price')
      // The page it is on, and the same with a campaign: no other page.
      await page.click('#sort')
      await go('campaign', '/list?sort=price&utm_source=banner')
      await go('old', '/new')
      await back('goBack', '/list?sort=price&utm_source=banner')
      await back('goBack', '/list?sort=price')
      await back('goBack', '/list')
      await page.reload()
      await visit.ready()
      await titled('/list')
      await go('home', '/')
      // The title that the router gives it is there by then.
      await page.waitForTimeout(350)
      const events = await visit.leave()
      assert.deepEqual(views(events, world.origin), [
        'navigate /',
        'push /list',
        'push /list?sort=price',
        'replace /product/1',
        'back_forward /list?sort=price',
        'push /new',
        'back_forward /list?sort=price&utm_source=banner',
        'back_forward /list',
        'reload /list',
        'push /',
      ])
      const pagesOf = events.filter(({ name }) => name === 'page_view').sort((a, b) => a.seq - b.seq).map(({ page: shown }) => shown)
      assert.equal(new Set(pagesOf.map(({ id }) => id)).size, pagesOf.length)
      assert.equal(pagesOf.at(-1).title, 'Shop /')
      assert.equal(pagesOf[2].referrer, `${world.origin}/list`, 'in the app the page before is the referrer')
    })

for (const router of ROUTERS)
  test(`${router}: a shop that calls page() for each route as well counts each page once`, async (t) => {
    const { world, visit, page } = await shopOf(t, router)
    await page.addInitScript(stopClock)
    await page.addInitScript(() => {
      window.told = () => window.cartbeacon('page')
    })
    await visit.go('/')
    for (const [id, path] of [['list', '/list'], ['sort', '/list?sort=price'], ['home', '/']]) {
      await page.click(`#${id}`)
      await page.waitForFunction((title) => document.title === title, `Shop ${path}`)
    }
    assert.deepEqual(views(await visit.leave(), world.origin), ['navigate /', 'push /list', 'push /list?sort=price', 'push /'])
  })
