// Processes of browsers, which start others.
import { execFileSync } from 'node:child_process'

/** All processes below one, as far down as they go; or those whose command line is wanted. */
export function descendants(pid, isWanted = () => true) {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const rows = table.trim().split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s*(.*)/.exec(line).slice(1))
  const below = (parent) => rows.filter(([, above]) => above === parent).flatMap((row) => [row, ...below(row[0])])
  return below(String(pid)).filter(([, , args]) => isWanted(args)).map(([own]) => Number(own))
}

export function kill(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Ended by itself in the meantime.
    }
  }
}

/** A process and all below it. */
export const end = (pid) => kill([...descendants(pid), pid])
