// Everything a page asks the network for and everything it stores, from before its first byte. Requests and storage are
// told by the browser itself (DevTools protocol); of cookies that scripts write the protocol tells nothing, so those two
// setters are listened to in the page.

const HEARD = '__cookieWritten'

/** Runs in the page before its own scripts. */
function listenToCookies(heard) {
  const tell = window[heard]
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')
  Object.defineProperty(Document.prototype, 'cookie', {
    ...cookie,
    set(text) {
      tell(String(text))
      cookie.set.call(this, text)
    },
  })
  const { CookieStore } = window
  for (const name of CookieStore ? ['set', 'delete'] : []) {
    const original = CookieStore.prototype[name]
    CookieStore.prototype[name] = function (...args) {
      tell(`cookieStore.${name} ${JSON.stringify(args)}`)
      return original.apply(this, args)
    }
  }
}

/** Adds to both lists from now on. Call it while the page is still `about:blank`. */
export async function record(page, origin, { requests, writes }) {
  await page.exposeBinding(HEARD, (_, text) => writes.push({ where: 'cookie', key: text.split('=')[0], text }))
  await page.addInitScript(listenToCookies, HEARD)

  const cdp = await page.context().newCDPSession(page)
  cdp.on('Network.requestWillBeSent', ({ request, type }) => {
    if (!request.url.startsWith('data:')) requests.push({ method: request.method, url: request.url, type, body: request.postData ?? '' })
  })
  const stored = (what) => ({ storageId, key = '*' }) =>
    writes.push({ where: storageId.isLocalStorage ? 'localStorage' : 'sessionStorage', key, what })
  cdp.on('DOMStorage.domStorageItemAdded', stored('added'))
  cdp.on('DOMStorage.domStorageItemUpdated', stored('updated'))
  cdp.on('DOMStorage.domStorageItemRemoved', stored('removed'))
  cdp.on('DOMStorage.domStorageItemsCleared', stored('cleared'))
  cdp.on('Storage.indexedDBListUpdated', () => writes.push({ where: 'indexedDB', key: '*' }))
  cdp.on('Storage.cacheStorageListUpdated', () => writes.push({ where: 'caches', key: '*' }))
  await cdp.send('Network.enable')
  await cdp.send('DOMStorage.enable')
  await cdp.send('Storage.trackIndexedDBForOrigin', { origin })
  await cdp.send('Storage.trackCacheStorageForOrigin', { origin })
}
