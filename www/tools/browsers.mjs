// The browser for the tests: Chromium and its driver, of one version, from the machine or from the distribution.
import { existsSync } from 'node:fs'
import * as apt from './apt.mjs'
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
