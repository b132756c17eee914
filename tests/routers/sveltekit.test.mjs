// Page views in a prerendered shop with SvelteKit, from its own package: installed (46 MB) and built in target/ the first time, so
// it runs with `npm run test:browsers` and not with every `npm test`.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { HISTORIES, pages, views } from '../e2e/world.mjs'

const built = at('target/svelte-shop')
const PAGES = { '/': 'index', '/list': 'list', '/product/1': 'product/1' }

before(() => {
  cpSync(at('tests/routers/sveltekit'), built, { recursive: true })
  const options = { cwd: built, stdio: 'pipe', timeout: 240_000 }
  if (!existsSync(`${built}/node_modules/@sveltejs/kit`)) execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], options)
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build'], options)
})

for (const [way, prepare] of Object.entries(HISTORIES))
  test(`SvelteKit, with ${way}: each page once`, async (t) => {
    const world = await pages(t)
    cpSync(`${built}/out`, world.store, { recursive: true })
    for (const [path, file] of Object.entries(PAGES)) {
      const body = readFileSync(`${built}/out/${file}.html`, 'utf8')
      await world.answer(path, () => ({ headers: { 'content-type': 'text/html' }, body }))
    }
    const visit = await world.visit()
    const { page } = visit
    if (prepare) await page.addInitScript(prepare)
    // A link that is clicked before the router is there is an ordinary one.
    const routed = () => page.waitForFunction(() => history.state?.['sveltekit:history'] !== undefined)
    await visit.go('/')
    await routed()
    const titled = (path) => page.waitForFunction((title) => document.title === title, `Shop ${path}`)
    const at = (path) => page.waitForURL(world.origin + path, { waitUntil: 'commit' })
    const step = async (act, path, title) => {
      await act()
      await at(path)
      await titled(title)
    }
    const click = (id) => () => page.click(`#${id}`)
    const back = () => page.goBack({ waitUntil: 'commit' })
    await step(click('list'), '/list', '/list')
    await step(click('sort'), '/list?sort=price', '/list')
    await step(click('anchor'), '/list?sort=price#reviews', '/list')
    // SvelteKit takes an entry of history that replaces one of the same page for that page when one goes back to it: not from here.
    await step(click('list'), '/list', '/list')
    await step(click('product'), '/product/1', '/product/1')
    await step(back, '/list?sort=price#reviews', '/list')
    await step(click('home'), '/', '/')
    await step(back, '/list?sort=price#reviews', '/list')
    await step(back, '/list?sort=price', '/list')
    await step(back, '/list', '/list')
    await page.reload()
    await visit.ready()
    await routed()
    await step(click('product'), '/product/1', '/product/1')
    assert.deepEqual(views(await visit.leave(), world.origin), [
      'navigate /',
      'push /list',
      'push /list?sort=price',
      'push /list',
      'replace /product/1',
      'back_forward /list?sort=price#reviews',
      'push /',
      'back_forward /list?sort=price#reviews',
      'back_forward /list',
      'reload /list',
      'replace /product/1',
    ])
  })
