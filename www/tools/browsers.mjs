// The browsers for the tests, from the machine or from the distribution: Chromium and its driver, of one version, for all of
// them; Firefox and WebKit for `npm run test:browsers`.
import { existsSync, readdirSync } from 'node:fs'
import * as apt from './apt.mjs'
import { geckodriverPath } from './cargo-tools.mjs'
import { ask, which } from './exec.mjs'
import { Problem } from './say.mjs'

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const DRIVER_ELSEWHERE = ['/usr/lib/chromium/chromedriver', '/usr/lib/chromium-browser/chromedriver']

// Ubuntu's name for the driver is the second.
const PACKAGES = [
  ['chromium', 'chromium-driver'],
  ['chromium-browser', 'chromium-chromedriver'],
]

const major = (path) => /(\d+)\.\d+\.\d+/.exec(ask(path, ['--version']) ?? '')?.[1]

/** `{chromium, chromedriver, version}` of one major version, or undefined. CHROMIUM and CHROMEDRIVER name others. */
export function findBrowser() {
  const chromium = process.env.CHROMIUM ?? BROWSERS.map((name) => which(name)).find(Boolean)
  const chromedriver = process.env.CHROMEDRIVER ?? which('chromedriver') ?? DRIVER_ELSEWHERE.find(existsSync)
  if (!chromium || !chromedriver) return undefined
  const version = major(chromium)
  return version && version === major(chromedriver) ? { chromium, chromedriver, version } : undefined
}

export function requireBrowser() {
  const browser = findBrowser()
  if (!browser) throw new Problem('No Chromium with a driver of the same version was found. Run: node www/tools/setup.mjs test')
  return browser
}

/** Chromium's own services would look for the network; root cannot use its sandbox. */
export const browserFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  ...(apt.isRoot ? ['--no-sandbox'] : []),
]

export const browserStep = {
  name: 'chromium',
  why: 'the tests drive a real browser',
  find() {
    const browser = findBrowser()
    return browser && `version ${browser.version}`
  },
  async install(onLine) {
    const why = 'Chromium and chromedriver of one version are needed for the tests'
    await apt.refreshLists(onLine)
    const packages = PACKAGES.find((names) => names.every((name) => apt.candidate(name))) ?? PACKAGES[0]
    await apt.install(packages, why, onLine)
    if (!findBrowser()) {
      throw new Problem(`${why}; ${packages.join(' and ')} are installed, yet no matching pair was found. CHROMIUM and CHROMEDRIVER can name one.`)
    }
  },
}

const findFirefox = () => process.env.FIREFOX ?? which('firefox-esr') ?? which('firefox')

/** `{firefox, geckodriver}`; FIREFOX names another. */
export function requireFirefox() {
  const firefox = findFirefox()
  if (!firefox) throw new Problem('No Firefox was found. Run: node www/tools/setup.mjs firefox')
  return { firefox, geckodriver: geckodriverPath() }
}

/** Its small browser is no command: it lies in the library's own folder. */
function findMiniBrowser() {
  const folders = ['/usr/lib', '/usr/libexec', ...(existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`) : [])]
  const places = folders.flatMap((folder) => ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'].map((name) => `${folder}/${name}/MiniBrowser`))
  return places.find(existsSync)
}

function findWebkit() {
  const driver = process.env.WEBKITDRIVER ?? which('WebKitWebDriver')
  const browser = process.env.MINIBROWSER ?? findMiniBrowser()
  return driver && browser && { driver, browser }
}

/** `{driver, browser}` of WebKitGTK; WEBKITDRIVER and MINIBROWSER name others. */
export function requireWebkit() {
  const found = findWebkit()
  if (!found) throw new Problem('No WebKitGTK with its driver was found. Run: node www/tools/setup.mjs webkit')
  return found
}

/** Xvfb: WebKitGTK has no headless mode. */
export function requireDisplay() {
  const found = which('Xvfb')
  if (!found) throw new Problem('Xvfb was not found. Run: node www/tools/setup.mjs webkit')
  return found
}

/** A step for what comes whole from the distribution; `packages` are the names it may have there. */
const distributed = (name, why, find, packages, needed) => ({
  name,
  why,
  find: () => find() && 'found',
  async install(onLine) {
    await apt.refreshLists(onLine)
    const known = packages.filter((names) => names.every((name) => apt.candidate(name)))
    await apt.install(known[0] ?? packages[0], needed, onLine)
    if (!find()) throw new Problem(`${needed}; it was installed, yet is not found.`)
  },
})

// Ubuntu's own Firefox is a snap; `firefox` elsewhere is the browser itself.
export const firefoxStep = distributed('firefox', 'the tests drive a real browser', findFirefox, [['firefox-esr'], ['firefox']], 'Firefox is needed for these tests')
export const webkitStep = distributed('webkit', 'the tests drive a real browser', findWebkit, [['webkit2gtk-driver']], 'WebKitGTK with WebKitWebDriver is needed for these tests')
export const displayStep = distributed('xvfb', 'a screen for WebKit, which has no headless mode', () => which('Xvfb'), [['xvfb']], 'Xvfb is needed, a screen for WebKit')
