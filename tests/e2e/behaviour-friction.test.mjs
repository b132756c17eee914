// Clicks that went wrong: in anger, and dead ones.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attentive, pause, told, watched } from './watched.mjs'

const names = (events) => told(events).map(([name, { id }]) => `${name} ${id}`)
const RAGE = `
  <button id="angry">Buy</button> <button id="plus">+</button>
  <div class="product-carousel"><button id="turn">turn</button></div>
  <p id="text">Some words to select with three clicks</p> <input id="field" value="words words">
  <div data-cb-ignore><button id="ignored">mine</button></div>
  <label id="label">Gift <input type="checkbox"></label>`

test('three clicks in a second make an angry one; steppers, carousels, selections and fields do not', async (t) => {
  const { visit, page } = await watched(t, { capture: 'pages rageClicks', parts: ['friction'], body: RAGE })
  for (const id of ['#angry', '#plus', '#turn', '#text', '#field', '#ignored']) await page.click(id, { clickCount: 4, delay: 40 })
  // Twice, and the browser clicks the control each time as well.
  for (let n = 0; n < 2; n++) await page.click('#label')
  await page.focus('#angry')
  for (let n = 0; n < 4; n++) await page.keyboard.press('Enter')
  assert.deepEqual(told(await visit.leave()), [['rage_click', { tag: 'button', id: 'angry' }]])
})

const DEAD = `
  <button id="dead">nothing</button> <a id="nowhere" href="#">nowhere</a> <div id="picture">looks like a link</div> <p id="text">text</p>
  <button id="changes">changes</button> <button id="opens-early">opens at the touch</button> <a id="follows" href="/slow.html">follows</a>
  <button id="goes">goes</button> <button id="late">late</button>
  <button id="fetches">only fetches</button> <form><input required><button id="refused">refused</button></form>
  <a id="mail" href="mailto:a@b.test">mail</a> <input id="field"> <span id="out"></span><x-menu></x-menu>
  <div data-cb-ignore><button id="ignored">mine</button></div>`
const SCRIPT = `
  const on = (id, name, act) => document.getElementById(id).addEventListener(name, act)
  const out = document.getElementById('out')
  document.getElementById('picture').style.cursor = 'pointer'
  on('changes', 'click', () => { out.textContent = Math.random() })
  on('opens-early', 'pointerdown', () => { out.className = 'open' + Math.random() })
  on('goes', 'click', () => history.pushState(null, '', '/gone'))
  on('late', 'click', () => setTimeout(() => { out.title = 'late' }, 1500))
  on('fetches', 'click', () => fetch('/one.html'))
  on('nowhere', 'click', (event) => event.preventDefault())
  on('mail', 'click', (event) => event.preventDefault())
  document.querySelector('x-menu').attachShadow({ mode: 'open' }).innerHTML = '<button id="in-shadow">menu</button><i></i>'
  const { shadowRoot } = document.querySelector('x-menu')
  shadowRoot.querySelector('button').addEventListener('click', () => { shadowRoot.querySelector('i').textContent = 'open' })`

test('a click is dead when nothing happens for two and a half seconds', async (t) => {
  const { world, visit, page } = await watched(t, { capture: 'pages deadClicks', parts: ['friction'], body: DEAD, script: SCRIPT })
  // Tabs of their own, so that nobody waits for anybody.
  const others = ['#nowhere', '#picture', '#text', '#changes', '#opens-early', '#goes', '#late', '#fetches', '#refused', '#mail', '#field', '#in-shadow', '#ignored', '#follows']
  // Its answer comes too late, but the way there has begun.
  await world.answer('/slow.html', () => ({ status: 204 }))
  const tabs = await Promise.all(others.map(async (id) => {
    const tab = await visit.open()
    await tab.goto('/watched.html')
    await visit.ready(tab)
    await attentive(tab, 'friction')
    return [id, tab]
  }))
  for (const [id, tab] of tabs) await tab.locator(id).click()
  // One that lives before it is none's business.
  await page.click('#changes')
  await page.click('#dead')
  await pause(page, 1000)
  // Somebody tries again: told once.
  await page.click('#dead')
  await pause(page, 1900)
  const found = names(await visit.leave()).sort()
  assert.deepEqual(found, ['dead_click dead', 'dead_click fetches', 'dead_click nowhere', 'dead_click picture'])
})

test('frames of the same origin are watched where asked, and where on an element a click was is told where asked', async (t) => {
  const body = '<button id="outer">outer</button><iframe src="/inner.html"></iframe>'
  const options = { capture: 'pages clicks outbound rageClicks', parts: ['friction', 'clicks'], body }
  for (const behaviour of [undefined, { frames: true, coordinates: true }]) {
    const { world, visit, page } = await watched(t, { ...options, behaviour, name: behaviour ? 'with' : 'without' })
    // A frame that is filled later.
    world.put('inner', { head: '', body: '<button id="inner">inner</button> <a id="away" href="https://away.test/">away</a>', script: "addEventListener('click', (event) => event.preventDefault())" })
    await page.evaluate(() => new Promise((loaded) => {
      const frame = document.querySelector('iframe')
      frame.onload = loaded
      frame.src = '/inner.html?now'
    }))
    const { x, y, width, height } = await page.locator('#outer').boundingBox()
    await page.mouse.click(x + width / 4, y + height / 2)
    const frame = page.frameLocator('iframe')
    await frame.locator('#away').click()
    await frame.locator('#inner').click({ clickCount: 3, delay: 40 })
    const events = told(await visit.leave())
    const [[, { click_x, click_y }]] = events
    const list = events.map(([name, { id, link_id }]) => `${name} ${id ?? link_id}`)
    if (!behaviour) assert.deepEqual([list, click_x], [['click outer'], undefined])
    else {
      assert.ok(Math.abs(click_x - 0.25) < 0.05 && Math.abs(click_y - 0.5) < 0.05, `${click_x} ${click_y}`)
      // Whichever part came first is told first.
      assert.deepEqual(list.sort(), ['click away', 'click inner', 'click inner', 'click inner', 'click outer', 'outbound_click away', 'rage_click inner'])
      assert.ok(events.filter(([name]) => name === 'click').every(([, data]) => data.click_x > 0 && data.click_x < 1))
    }
  }
})
