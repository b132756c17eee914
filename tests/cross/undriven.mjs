// WebKit without its driver: driven it keeps nothing beyond its end, in a person's hands it does. A page loaded so must act by itself.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { requireWebkit } from '../../www/tools/browsers.mjs'
import { startDisplay } from './display.mjs'
import { end } from './processes.mjs'

let display

/** Opens a page in a browser that keeps its things in `home`; answers what kills it, all its processes at once. */
export async function openPage(url, home) {
  display ??= await startDisplay()
  const places = { HOME: home, XDG_DATA_HOME: `${home}/data`, XDG_CACHE_HOME: `${home}/cache`, XDG_CONFIG_HOME: `${home}/config` }
  const child = spawn(requireWebkit().browser, [url], { env: { ...process.env, DISPLAY: display, ...places }, stdio: 'ignore' })
  const kill = () => end(child.pid)
  process.on('exit', kill)
  const ended = once(child, 'exit')
  return async () => {
    process.off('exit', kill)
    if (child.signalCode === null && child.exitCode === null) kill()
    await ended
  }
}
