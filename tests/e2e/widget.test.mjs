// The shopper's own widget, used as a shopper would: with the mouse, with the keyboard alone, in another language, in both
// colour schemes; and checked by axe for what a screen reader needs.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { until } from './collector.mjs'
import { Shopper, both } from './shopper.mjs'
import { YES, pages, store, tags } from './world.mjs'

const AXE = readFileSync(at('node_modules/axe-core/axe.min.js'), 'utf8')
const MODULE = '<script type="module" src="/cb/widget.js"></script>'
const isOurs = (key) => key.startsWith('cb_')

/** The dialog's parts, by their names on screen. */
const button = (page, name) => page.getByRole('button', { name, exact: true })
const box = (page, name) => page.getByRole('checkbox', { name })

async function open(page, name = 'Your data') {
  await button(page, name).click()
  await page.getByRole('dialog').waitFor()
}

/** What axe finds wrong with the dialog, by rule. */
async function complaints(page) {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() => window.axe.run({ fromShadowDom: ['[data-testid=privacy-widget] > span', 'dialog'] }))
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

both((name, kind) => {
  test(`in the footer of ${name} a shopper sees, changes, takes back and erases`, async (t) => {
    const world = await store(t)
    const visit = await world.visit()
    const shopper = new Shopper(visit, kind)
    const { page } = shopper
    await shopper.open('list')
    await open(page)
    assert.match(await page.getByRole('dialog').innerText(), /You have not chosen yet/)
    await button(page, 'Show what is stored').click()
    assert.match(await page.getByRole('dialog').innerText(), /Nothing is stored in this browser/)

    // A yes to some of it: what was held arrives, and the shop keeps the answer as if its banner had asked.
    await box(page, 'Statistics').check()
    await button(page, 'Save my choice').click()
    await page.getByText('You allowed: Statistics.').waitFor()
    assert.equal(await shopper.part('consent-banner').count(), 0)
    await shopper.tracker('flush')
    const [event] = await world.collector.expectNames('page_view')
    assert.deepEqual(event.consent.purposes, ['analytics'])
    await button(page, 'Show what is stored').click()
    assert.match(await page.getByLabel('Show what is stored').innerText(), new RegExp(event.visitor))
    await button(page, 'Close').click()

    // The same on the next page, and then no more.
    await shopper.open('mug')
    await open(page)
    assert.deepEqual([await box(page, 'Statistics').isChecked(), await box(page, 'Marketing').isChecked()], [true, false])
    await button(page, 'Withdraw everything').click()
    await page.getByText('You took your yes back').waitFor()
    assert.equal((await shopper.tracker('ids')).consent, 'withdrawn')
    assert.deepEqual((await visit.stored()).filter(isOurs), [])

    await box(page, 'Statistics').check()
    await button(page, 'Save my choice').click()
    await shopper.tracker('flush')
    await shopper.open('list')
    await open(page)
    await button(page, 'Erase my data').click()
    await until(async () => (await world.collector.stats()).erasures === 1, 'the endpoint was told')
    assert.deepEqual((await visit.stored()).filter(isOurs), [])
    await shopper.open('mug')
    assert.notEqual((await shopper.tracker('ids')).consent, 'granted', 'nobody is counted after an erasure')
    const events = await visit.leave()
    assert.equal(events.some(({ name }) => name === 'click'), false, 'nothing in the widget is recorded')
  })
})

test('the keyboard alone is enough, and the focus goes back where it was', async (t) => {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.go(world.put('shop', { head: tags(YES) + MODULE, body: '<a href="#">before</a><div data-cb-privacy></div><a href="#">behind</a>' }))
  const { page } = visit
  const focused = () => page.evaluate(() => {
    const element = document.activeElement.shadowRoot?.activeElement ?? document.activeElement
    return element.name || element.textContent
  })
  await button(page, 'Your data').waitFor()
  await page.getByText('before').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  assert.equal(await focused(), 'Your data in this shop')
  const seen = []
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('Tab')
    seen.push(await focused())
  }
  assert.ok(!seen.includes('before') && !seen.includes('behind'), String(seen))
  for (const name of ['analytics', 'marketing', 'preferences', 'save', 'withdraw', 'show', 'erase', 'close']) assert.ok(seen.includes(name), name)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  assert.equal(await focused(), 'open')
})

test('axe finds nothing to complain of, light and dark, at desk and phone', async (t) => {
  const world = await store(t)
  for (const options of [
    { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' },
  ]) {
    const visit = await world.visit(options)
    const shopper = new Shopper(visit, { paths: { list: '/list.html' } })
    await shopper.open('list')
    await open(visit.page)
    await button(visit.page, 'Show what is stored').click()
    await visit.page.waitForTimeout(250)
    assert.deepEqual(await complaints(visit.page), [])
    const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(wide <= 0, 'nothing sticks out of the screen')
    if (process.env.SHOTS) await visit.page.screenshot({ path: `${process.env.SHOTS}/widget-${options.colorScheme}.png` })
  }
})

test('every text can be another language’s, purposes can be chosen, and what the browser denies is said', async (t) => {
  const world = await pages(t)
  const texts = { open: 'Datenschutz', title: 'Ihre Daten', close: 'Schließen', save: 'Speichern', browser: 'Ihr Browser sagt nein.', purpose: { analytics: ['Statistik', 'Welche Seiten.'], sale: ['Weitergabe', 'An andere.'] } }
  const place = `<div data-cb-privacy data-purposes="analytics sale" data-texts='${JSON.stringify(texts)}'></div>`
  const visit = await world.visit()
  await visit.page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true }))
  await visit.go(world.put('laden', { head: tags() + MODULE, body: place }))
  await open(visit.page, 'Datenschutz')
  const dialog = visit.page.getByRole('dialog', { name: 'Ihre Daten' })
  assert.match(await dialog.innerText(), /Statistik[^]*Weitergabe\s+Ihr Browser sagt nein/)
  assert.equal(await dialog.getByRole('checkbox').count(), 2)
  assert.equal(await box(visit.page, 'Weitergabe').isDisabled(), true)
  await box(visit.page, 'Statistik').check()
  await button(visit.page, 'Speichern').click()
  const { consent } = await visit.cb('explain')
  assert.deepEqual([consent.state, consent.purposes, consent.decided.sale], ['granted', ['analytics'], 'gpc'])
})

test('where the tracker is blocked the widget says so, and a page without a place for it has none', async (t) => {
  const world = await pages(t)
  await world.answer('/cb/cartbeacon.js', () => ({ status: 404, body: '' }))
  const visit = await world.visit()
  await visit.page.goto(world.put('blocked', { head: tags() + MODULE, body: '<div data-cb-privacy></div>' }))
  await open(visit.page)
  assert.match(await visit.page.getByRole('dialog').innerText(), /Nothing is recorded here/)
  for (const name of ['Save my choice', 'Withdraw everything', 'Show what is stored', 'Erase my data']) await button(visit.page, name).click()
  await visit.page.goto(world.put('without', { head: tags() + MODULE }))
  assert.equal(await button(visit.page, 'Your data').count(), 0)
})
