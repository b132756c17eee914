// Remembers what a result was made from, so that work whose inputs are unchanged is left out.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './paths.mjs'

/** One hash over files, whole folders and plain texts; the same in every copy of the repository. */
export function fingerprint(paths, texts = []) {
  const hash = createHash('sha256')
  const add = (path) => {
    if (!existsSync(path)) return
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name))
    } else {
      hash.update(`${relative(root, path)}\0`).update(readFileSync(path)).update('\0')
    }
  }
  paths.forEach(add)
  texts.forEach((text) => hash.update(`${text}\0`))
  return hash.digest('hex')
}

/** Are `outputs` there, and made from inputs with this fingerprint? `stamp` is the file that remembers. */
export function isFresh(stamp, print, outputs) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === print && outputs.every(existsSync)
}

export function remember(stamp, print) {
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, print)
}
