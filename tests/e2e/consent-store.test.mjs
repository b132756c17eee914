// Real consent software on the demo store instead of the store's own banner, answered by its own buttons on the way through
// the shop; every request and every write of the browser is recorded from before the first byte.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dist } from '../../www/tools/paths.mjs'
import { until } from './collector.mjs'
import { PLATFORMS, install } from './platforms.mjs'
import { Shopper, both, isTold } from './shopper.mjs'
import { storeWith } from './world.mjs'

/** The store's banner is off; what would open it opens the platform's. */
const NO_BANNER = `export const offerBanner = () => {}
export const closeBanner = () => {}
export const openBanner = () => window.reopen()
`

/** The tag's options. */
const attributes = ({ source, purposes }) =>
  (source ? ` data-consent-source="${source}"` : '') + (purposes ? ` data-consent-purposes="${purposes.join(' ')}"` : '')

/** The app's own module: the tracker, and who listens to the platform. */
const appTracker = ({ source, purposes }) => `import { init } from '/cb/index.js'
import { listen } from '/cb/consent.js'
const consent = ${JSON.stringify({ source, purposes })}
export const tracker = init({ endpoint: '/collect', site: 'quern-app', consent })
if (consent.source) listen(tracker, consent)
window.cartbeacon = (command, ...args) => tracker[command](...args)
`

const storeOf = (t, platform) =>
  storeWith(t, async (folder) => {
    const { before, script } = await install(platform, folder)
    writeFileSync(join(folder, 'shared/view/consent-banner.js'), NO_BANNER)
    writeFileSync(join(folder, 'app/tracker.js'), appTracker(platform))
    const listener = platform.source ? '<script type="module" src="/cb/consent.js"></script>' : ''
    return (html, path) => {
      const tagged = html.replace('data-site="quern"', (own) => own + attributes(platform))
      const more = (path.startsWith('app') ? '' : listener) + `<script defer src="${script}"></script>`
      return tagged.replace(/(?=<link rel="icon")/, before).replace('</head>', more + '</head>')
    }
  })

const isOurs = ({ key }) => key.startsWith('cb_')
const posts = (visit) => visit.requests.filter(({ method }) => method !== 'GET')

/** Nothing left but GETs of files that lie in the store's copy or the SDK's folder, and nothing of ours was stored. */
function assertSilent(visit, since = { requests: 0, writes: 0 }) {
  const isFile = ({ method, url, body }) => {
    const { pathname, origin } = new URL(url)
    const inApp = pathname.startsWith('/app/') && !pathname.split('/').pop().includes('.')
    const file = pathname.startsWith('/cb/') ? join(dist, pathname.slice(4)) : join(visit.world.store, inApp ? 'app/index.html' : pathname)
    return method === 'GET' && !body && origin === visit.world.origin && existsSync(file)
  }
  assert.deepEqual(visit.requests.slice(since.requests).filter((request) => !isFile(request)), [])
  assert.deepEqual(visit.writes.slice(since.writes).filter(isOurs), [])
}

const now = (visit) => ({ requests: visit.requests.length, writes: visit.writes.length })

/** Clicks a button of the platform. */
async function answer(shopper, button) {
  await shopper.page.bringToFront()
  await shopper.page.locator(button).first().click()
}

const stays = (shopper, consent) => until(async () => (await shopper.tracker('ids')).consent === consent, consent)

/** What shoppers do, over several pages. */
async function lookAround(shopper) {
  await shopper.open('list')
  await shopper.click('quick-add')
  await shopper.click('card-link', { shows: 'add-to-cart' })
  await shopper.click('add-to-cart')
  await shopper.click('cart-link', { shows: 'cart-line' })
}

const SHOPPING = ['page_view', 'view_item_list', 'add_to_cart']

for (const [platform, given] of Object.entries(PLATFORMS).filter(([, { source }]) => source !== 'auto'))
  both((name, kind) => {
    test(`${platform} in ${name}: empty before a yes, complete after it, silent and purged once it is taken back`, async (t) => {
      const world = await storeOf(t, given)
      const visit = await world.visit()
      const shopper = new Shopper(visit, kind)
      await lookAround(shopper)
      const landing = `${kind.paths.list}${kind.isApp ? '?' : '&'}utm_source=letter`
      await shopper.open(landing, { referer: 'https://search.example/' })
      await shopper.click('quick-add')
      await stays(shopper, 'pending')
      assert.ok((await shopper.tracker('stats')).held >= SHOPPING.length, 'it waits')
      assertSilent(visit)

      // Everything of this page, as it was when it happened.
      await answer(shopper, given.yes)
      await stays(shopper, 'granted')
      await shopper.tracker('flush')
      const events = await world.collector.expectNames(...SHOPPING)
      assert.deepEqual(events.filter(isTold).map((event) => event.name), SHOPPING)
      for (const { page, consent } of events) {
        assert.deepEqual([page.url, page.referrer], [shopper.url(landing), 'https://search.example/'])
        assert.deepEqual([consent.state, consent.source], ['granted', given.by])
      }
      // The next page knows, without a question; another tab as well.
      await shopper.open('mug')
      await stays(shopper, 'granted')
      assert.equal(await shopper.page.locator(given.yes).first().isVisible(), false, 'nobody asks again')
      await shopper.tracker('flush')
      const all = await world.collector.expectNames(...SHOPPING, 'page_view', 'view_item')
      assert.equal(new Set(all.map(({ visitor }) => visitor)).size, 1)
      assert.ok((await visit.stored()).some((key) => key.startsWith('cb_')))

      // The question once more, from the footer, and a no: with something waiting.
      await shopper.click('add-to-cart')
      await shopper.click('privacy-choices')
      await answer(shopper, given.no)
      await stays(shopper, 'withdrawn')
      const since = now(visit)
      const { queued, inDoubt } = await shopper.tracker('stats')
      assert.equal(queued + inDoubt, 0)
      assert.deepEqual((await visit.stored()).filter((key) => key.startsWith('cb_')), [])
      const stored = (await world.collector.events()).length
      await lookAround(shopper)
      assert.notEqual((await shopper.tracker('ids')).consent, 'granted')
      assert.equal((await visit.leave()).length, stored, 'nothing came after it')
      assertSilent(visit, since)
    })

    test(`${platform} in ${name}: a no at once is silence, on this page and the next`, async (t) => {
      const world = await storeOf(t, given)
      const visit = await world.visit()
      const shopper = new Shopper(visit, kind)
      await shopper.open('list')
      await shopper.click('quick-add')
      await answer(shopper, given.no)
      await stays(shopper, 'denied')
      assert.deepEqual((await shopper.tracker('stats')).held, 0)
      await lookAround(shopper)
      assert.deepEqual([posts(visit), await visit.leave()], [[], []])
      assertSilent(visit)
    })
  })
