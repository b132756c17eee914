// Child processes, always as an argument list and never through a shell: no quoting to get wrong, nothing to inject.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, createWriteStream, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Problem, plainText } from './say.mjs'

const TAIL_LINES = 60

/** A command ended badly; `tail` holds its last lines of output. */
export class CommandFailed extends Problem {
  constructor(command, args, ending, tail) {
    super(`${[command, ...args].join(' ')}\n  ${ending}\n\n${tail.map((line) => `  │ ${line}`).join('\n')}`)
    this.tail = tail
  }
}

/**
 * Runs a command to its end. `onLine` gets each line of its output, `log` names a file that takes all of it,
 * `timeoutMs` ends it. The output is kept off the terminal; a failure shows its end.
 */
export async function run(command, args, { cwd, env = process.env, onLine, log, timeoutMs } = {}) {
  const tail = []
  const file = log && createWriteStream(log, { flags: 'a' })
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
  const take = (coloured) => {
    const line = plainText(coloured)
    tail.push(line)
    if (tail.length > TAIL_LINES) tail.shift()
    file?.write(`${line}\n`)
    onLine?.(line)
  }
  const lines = [child.stdout, child.stderr].map((input) => {
    const reader = createInterface({ input })
    reader.on('line', take)
    return new Promise((closed) => reader.on('close', closed))
  })
  const ending = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.code === 'ENOENT' ? `${command} was not found` : error.message))
    child.on('close', (code, signal) =>
      resolve(code === 0 ? '' : signal ? `was ended by ${signal}` : `ended with code ${code}`))
  })
  await Promise.all(lines)
  if (file) await new Promise((closed) => file.end(closed))
  if (ending) throw new CommandFailed(command, args, ending, tail)
}

/** What a quick command prints on its standard output, trimmed; undefined when it is missing or fails. */
export function ask(command, args, { env = process.env, input = '', cwd, timeoutMs = 20_000 } = {}) {
  const answer = spawnSync(command, args, { env, input, cwd, timeout: timeoutMs, encoding: 'utf8' })
  return answer.status === 0 ? answer.stdout.trim() : undefined
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The full path of a command, or undefined. */
export function which(command, path = process.env.PATH ?? '') {
  return path.split(delimiter).filter(Boolean).map((dir) => join(dir, command)).find(isExecutable)
}
