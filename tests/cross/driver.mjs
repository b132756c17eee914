// A real browser driven by WebDriver, a new one for each test: Chromium, Firefox or WebKit, named by TESTED_BROWSER. What
// only one of them can do stands here, so that the tests read the same for all.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Capabilities, WebDriver } from 'selenium-webdriver'
import { Executor, HttpClient } from 'selenium-webdriver/http/index.js'
import { Command } from 'selenium-webdriver/lib/command.js'
import { browserFlags, requireBrowser, requireFirefox, requireWebkit } from '../../www/tools/browsers.mjs'
import { startDisplay } from './display.mjs'
import { descendants, end, kill } from './processes.mjs'

export const BROWSER = process.env.TESTED_BROWSER ?? 'chromium'

/** What starts each: its driver's command line, and what the driver is asked for. */
const KINDS = {
  chromium: () => {
    const { chromium, chromedriver } = requireBrowser()
    return {
      command: (port) => [chromedriver, `--port=${port}`],
      wanted: (profile) => ({
        browserName: 'chrome',
        'goog:chromeOptions': {
          binary: chromium,
          args: ['--headless', `--user-data-dir=${profile}`, ...browserFlags],
          // WebDriver's own default, which shoppers do not have.
          excludeSwitches: ['disable-back-forward-cache', 'enable-automation'],
        },
      }),
    }
  },
  firefox: () => {
    const { firefox, geckodriver } = requireFirefox()
    return {
      // `system access` is what lets a test take the browser offline.
      command: (port) => [geckodriver, '--port', String(port), '--log', 'fatal', '--allow-system-access'],
      wanted: (profile, prefs) => ({
        browserName: 'firefox',
        'moz:firefoxOptions': {
          binary: firefox,
          args: ['-headless', '-profile', profile],
          prefs,
        },
      }),
    }
  },
  webkit: async () => {
    const { driver, browser } = requireWebkit()
    const DISPLAY = await startDisplay()
    return {
      env: { ...process.env, DISPLAY },
      command: (port) => [driver, `--port=${port}`],
      // It takes no profile: what an automated MiniBrowser stores is gone with it.
      wanted: () => ({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } }),
    }
  },
}

assert.ok(KINDS[BROWSER], `TESTED_BROWSER is “${BROWSER}”; known are ${Object.keys(KINDS).join(', ')}`)
let kind

/** Whatever ends the tests, no driver and no browser stays behind. */
const running = new Set()
process.on('exit', () => running.forEach((browser) => browser.killAll()))

/** How long a browser may take to start, on a busy machine. */
const START_MS = 40_000
/** After so long, unless the process ends before. */
const later = (ms) => pause(ms, undefined, { ref: false })

/** A port that was free a moment ago: drivers cannot choose one and tell. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Commands that WebDriver itself does not have. */
const OWN_COMMANDS = {
  network: '/session/:sessionId/chromium/network_conditions',
  context: '/session/:sessionId/moz/context',
}

export class Browser {
  #driver
  #child
  /** The tab that hides the driven one. */
  #front

  /** `prefs` are Firefox's. */
  constructor(profile, prefs = {}) {
    this.profile = profile
    this.prefs = prefs
  }

  /** Starts it, with the profile it had before. */
  async start() {
    const started = this.#start()
    if (await Promise.race([started.then(() => true), later(START_MS)])) return
    started.catch(() => {})
    this.killAll()
    assert.fail(`${BROWSER} did not start within ${START_MS / 1000} s`)
  }

  async #start() {
    mkdirSync(this.profile, { recursive: true })
    kind ??= await KINDS[BROWSER]()
    const port = await freePort()
    const [command, ...args] = kind.command(port)
    this.#child = spawn(command, args, { env: kind.env ?? process.env, stdio: 'ignore' })
    running.add(this)
    const address = `http://127.0.0.1:${port}`
    await this.#answering(address)
    const executor = new Executor(new HttpClient(address))
    for (const [name, path] of Object.entries(OWN_COMMANDS)) executor.defineCommand(name, 'POST', path)
    this.#driver = WebDriver.createSession(executor, new Capabilities(kind.wanted(this.profile, this.prefs)))
    await this.#driver.getSession()
    await this.#driver.manage().setTimeouts({ script: 20_000, pageLoad: 20_000 })
  }

  async #answering(address) {
    for (let n = 0; n < 200; n++) {
      if (await fetch(`${address}/status`).then((response) => response.ok, () => false)) return
      await pause(50)
    }
    assert.fail(`the driver of ${BROWSER} does not answer`)
  }

  /** Asks it to end, and sees to it. */
  async quit() {
    await Promise.race([this.#driver?.quit().catch(() => {}), later(5000)])
    this.killAll()
  }

  /** The browser dies as in a power cut, all its processes at once. */
  async kill() {
    const ended = once(this.#child, 'exit')
    this.killAll()
    await ended
  }

  /** The processes of all pages die, the browser lives (Chromium). */
  crash() {
    kill(descendants(this.#child.pid, (args) => args.includes('--type=renderer')))
  }

  killAll() {
    if (!running.delete(this)) return
    end(this.#child.pid)
  }

  go(url) {
    return this.#driver.get(url)
  }

  back() {
    return this.#driver.navigate().back()
  }

  /** Calls a function in the page and answers what it comes to; a promise is waited for. */
  async run(work, ...args) {
    const script = `
      const args = [...arguments], done = args.pop()
      Promise.resolve().then(() => (${work})(...args)).then((value) => done({ value }), (error) => done({ error: String(error) }))`
    const { value, error } = await this.#driver.executeAsyncScript(script, ...args)
    assert.equal(error, undefined)
    return value
  }

  /** Calls a function in the page that may leave it: nothing is waited for. */
  tell(work, ...args) {
    return this.#driver.executeScript(`(${work})(...arguments)`, ...args)
  }

  /** The tab that is driven. */
  tab() {
    return this.#driver.getWindowHandle()
  }

  /** All tabs. */
  tabs() {
    return this.#driver.getAllWindowHandles()
  }

  /** Drives a frame of the page from now on. */
  frame(which) {
    return this.#driver.switchTo().frame(which)
  }

  /** Another tab, in front, driven from now on. */
  async newTab() {
    // A tab of WebKitGTK's test window is not shown before somebody selects it; a window is.
    await this.#driver.switchTo().newWindow(BROWSER === 'webkit' ? 'window' : 'tab')
    return this.tab()
  }

  switchTo(tab) {
    return this.#driver.switchTo().window(tab)
  }

  /** Closes the driven tab and drives another. */
  async closeTab(next) {
    await this.#driver.close()
    await this.switchTo(next)
  }

  /** The driven tab goes out of sight: behind another, or with its window where a new tab opens behind (WebKit). */
  async hide() {
    if (BROWSER === 'webkit') return void (await this.#driver.manage().window().minimize())
    const tab = await this.tab()
    const front = await this.newTab()
    await this.switchTo(tab)
    this.#front = front
  }

  /** And comes back. */
  async show() {
    if (BROWSER === 'webkit') return void (await this.#driver.manage().window().maximize())
    const tab = await this.tab()
    await this.switchTo(this.#front)
    await this.closeTab(tab)
  }

  /** Tells the browser that it is off the network, or back; false where WebDriver has no word for it. */
  async offline(offline) {
    if (BROWSER === 'chromium') {
      const conditions = { offline, latency: 0, download_throughput: -1, upload_throughput: -1 }
      await this.#driver.execute(new Command('network').setParameter('network_conditions', conditions))
    }
    if (BROWSER === 'firefox') {
      await this.#driver.execute(new Command('context').setParameter('context', 'chrome'))
      await this.#driver.executeScript(`Services.io.offline = ${offline}`)
      await this.#driver.execute(new Command('context').setParameter('context', 'content'))
    }
    return BROWSER !== 'webkit'
  }
}
