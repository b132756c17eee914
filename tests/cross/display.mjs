// A screen that nobody sees, for the browser that has no headless mode: Xvfb on a free display, gone with the tests.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { requireDisplay } from '../../www/tools/browsers.mjs'

/** The name of the display, like `:1`. */
export async function startDisplay() {
  const screen = ['-screen', '0', '1280x900x24', '-nolisten', 'tcp']
  const child = spawn(requireDisplay(), ['-displayfd', '3', ...screen], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  process.on('exit', () => child.kill())
  // Read to its end: Xvfb writes number and line end apart, and dies of a pipe that is closed between them.
  const number = (await text(child.stdio[3])).trim()
  if (!number) throw new Error('Xvfb found no display')
  child.unref()
  return `:${number}`
}
