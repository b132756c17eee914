// A screen that nobody sees, for the browser that has no headless mode: Xvfb, gone with the tests.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { requireDisplay } from '../../www/tools/browsers.mjs'

/** The name of the display, like `:1`. */
export async function startDisplay() {
  const screen = ['-screen', '0', '1280x900x24', '-nolisten', 'tcp']
  // A number of our own: when one Xvfb goes while another comes, the free one that it would choose is not always free.
  const display = `:${100 + (process.pid % 50_000)}`
  const child = spawn(requireDisplay(), [display, '-displayfd', '3', ...screen], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  process.on('exit', () => child.kill())
  await Promise.race([
    once(child.stdio[3], 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('Xvfb ended at once'))),
  ])
  child.stdio[3].destroy()
  child.unref()
  return display
}
