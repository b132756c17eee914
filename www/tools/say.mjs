// What the set-up, build and test commands show: one line per step with its name, its outcome and its time, and while a
// step runs a live line with the seconds and the tool's latest output. Without a terminal the same as plain lines.

const terminal = process.stdout.isTTY === true
const colour = terminal && !process.env.NO_COLOR
const paint = (code) => (text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
export const bold = paint(1)
export const dim = paint(2)
export const red = paint(31)
export const green = paint(32)
export const yellow = paint(33)

// How often a quiet step shows that it is alive where the line cannot be rewritten.
const PLAIN_HEARTBEAT_MS = 20_000
const NAME_WIDTH = 18

/** An error whose message is all a person needs: it is shown without a stack. */
export class Problem extends Error {}

export function seconds(ms) {
  const s = ms / 1000
  if (s < 60) return `${s.toFixed(1)} s`
  return `${Math.floor(s / 60)} min ${String(Math.round(s % 60)).padStart(2, '0')} s`
}

export function heading(text) {
  console.log(`\n${bold(text)}`)
}

export function note(text) {
  console.log(`  ${dim(text)}`)
}

function outcome(mark, name, text) {
  console.log(`  ${mark} ${name.padEnd(NAME_WIDTH)} ${text}`)
}

/** A step that had nothing to do. */
export function present(name, text) {
  outcome(green('✓'), name, dim(text))
}

/**
 * Runs `work(progress)` as an announced step; `progress(line)` is called with the newest line of output.
 * Resolves to `{result, ms}`; a failure is marked and thrown on.
 */
export async function step(name, why, work) {
  const started = Date.now()
  let latest = ''
  console.log(`  ${yellow('…')} ${name.padEnd(NAME_WIDTH)} ${why}`)

  const width = () => (process.stdout.columns ?? 80) - 1
  const live = () => {
    const text = `    ${seconds(Date.now() - started).padStart(9)}  ${latest}`
    process.stdout.write(`\r\x1b[2K${dim(text.slice(0, width()))}`)
  }
  const plain = () => note(`  ${seconds(Date.now() - started)}  ${latest}`)
  const timer = setInterval(terminal ? live : plain, terminal ? 250 : PLAIN_HEARTBEAT_MS)
  const stop = () => {
    clearInterval(timer)
    if (terminal) process.stdout.write('\r\x1b[2K')
  }

  try {
    const result = await work((line) => {
      const text = clean(line)
      if (text) latest = text
    })
    stop()
    const ms = Date.now() - started
    outcome(green('✓'), name, dim(seconds(ms)))
    return { result, ms }
  } catch (error) {
    stop()
    outcome(red('✗'), name, `failed after ${seconds(Date.now() - started)}`)
    throw error
  }
}

/** A tool's line without the colours that some write even where nobody sees them. */
export function plainText(line) {
  return line.replace(/\x1b(?:\[[0-9;]*[A-Za-z]|\(B)/g, '')
}

// Lines are rewritten with carriage returns; only what stands last is of use.
const clean = (line) => plainText(line).split('\r').at(-1).trim()

/** Runs a command's main function: a `Problem` ends it with its message, anything else with its stack, both with code 1. */
export async function main(work) {
  try {
    await work()
  } catch (error) {
    console.error(`\n${red('✗')} ${error instanceof Problem ? error.message : error.stack}`)
    process.exitCode = 1
  }
}
