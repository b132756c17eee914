// What a browser could be told from others by is not read: not before a choice, not after a no, and, but for the facts that an
// option asks for, not after a yes either. Every getter and call that fingerprints are made of is listened to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pages, tags } from './world.mjs'

/** Runs in the page before its own scripts: notes who reads what, by the file that asks. */
function listen() {
  const reads = (window.__reads = [])
  const note = (what) => {
    const files = [...new Error().stack.matchAll(/https?:\/\/[^/]+(\/[^\s:)]+)/g)].map(([, path]) => path)
    if (files.length) reads.push([what, files[0]])
  }
  const getters = (object, names) => {
    for (const name of names.split(' ')) {
      const property = object && Object.getOwnPropertyDescriptor(object, name)
      if (!property?.get) continue
      const get = function () {
        note(name)
        return property.get.call(this)
      }
      Object.defineProperty(object, name, { ...property, get })
    }
  }
  const calls = (object, names) => {
    for (const name of names.split(' ')) {
      const original = object?.[name]
      if (typeof original !== 'function') continue
      object[name] = new Proxy(original, {
        apply(target, self, args) {
          note(name)
          return Reflect.apply(target, self, args)
        },
        construct(target, args) {
          note(name)
          return Reflect.construct(target, args)
        },
      })
    }
  }
  getters(Navigator.prototype, 'userAgent appVersion platform plugins mimeTypes languages language hardwareConcurrency deviceMemory maxTouchPoints vendor productSub oscpu userAgentData connection webdriver pdfViewerEnabled keyboard gpu')
  getters(Screen.prototype, 'width height availWidth availHeight availLeft colorDepth pixelDepth orientation')
  getters(window, 'devicePixelRatio outerWidth outerHeight screenX screenY screenLeft screenTop')
  getters(Performance.prototype, 'memory')
  getters(Document.prototype, 'fonts')
  calls(Navigator.prototype, 'getBattery getGamepads')
  calls(HTMLCanvasElement.prototype, 'getContext toDataURL toBlob')
  calls(window, 'matchMedia OfflineAudioContext AudioContext RTCPeerConnection OffscreenCanvas')
  calls(Intl.DateTimeFormat.prototype, 'resolvedOptions')
  calls(Date.prototype, 'getTimezoneOffset')
  calls(window.speechSynthesis && Object.getPrototypeOf(window.speechSynthesis), 'getVoices')
}

const EVERYTHING = {
  capture: 'pages clicks outbound downloads forms scroll engagement search vitals errors rageClicks deadClicks impressions',
  cart: { dataLayer: true, shopify: true, woocommerce: true, jsonLd: true },
  attribution: true, compress: true, consentAnonymous: true, consentSource: 'auto', consentWaitMs: 100, batchMs: 50,
}

async function visited(t, data, update) {
  const world = await pages(t)
  const visit = await world.visit()
  await visit.page.addInitScript(listen)
  const body = '<form><input name="a"><button id="go" type="button">go</button></form><a id="out" href="https://elsewhere.example/x.pdf">out</a><p style="height:3000px">'
  const script = 'navigator.userAgent; document.addEventListener("click", (event) => event.preventDefault())'
  const head = tags(data) + '<script type="module" src="/cb/consent.js"></script><script type="module" src="/cb/widget.js"></script>'
  await visit.go(world.put('shop', { head, body: body + '<div data-cb-privacy></div>', script }))
  const shop = async () => {
    await visit.cb('track', 'login')
    for (const id of ['#go', '#out']) await visit.page.click(id)
    await visit.page.mouse.wheel(0, 2000)
    await visit.page.evaluate(() => history.pushState(null, '', '?page=2'))
    await visit.page.waitForTimeout(200)
  }
  await shop()
  if (update) {
    // The platforms that are looked for never answer: this one does.
    await visit.page.evaluate(() => window.cartbeacon('consent', { source: 'auto' }))
    await visit.cb('consent', update)
    await shop()
  }
  const { consent } = await visit.cb('ids')
  const reads = await visit.page.evaluate(() => window.__reads)
  assert.ok(reads.some(([what, by]) => what === 'userAgent' && by === '/shop.js'), 'the page itself is heard')
  return { consent, ours: reads.filter(([, by]) => by.startsWith('/cb/')) }
}

for (const [state, update] of [
  ['pending', undefined],
  ['denied', { analytics: 'denied' }],
  ['granted', { analytics: 'granted', marketing: 'granted' }],
])
  test(`nothing that fingerprints are made of is read: ${state}`, async (t) => {
    assert.deepEqual(await visited(t, EVERYTHING, update), { consent: state, ours: [] })
  })

test('facts about the browser that an option asks for are not read before a yes either', async (t) => {
  const data = { ...EVERYTHING, capture: `${EVERYTHING.capture} device` }
  for (const update of [undefined, { analytics: 'denied' }]) assert.deepEqual((await visited(t, data, update)).ours, [])
})
