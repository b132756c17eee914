// What the set-up installs, pinned. npm packages are pinned by package-lock.json, Rust libraries by Cargo.lock, and
// wasm-bindgen's command line must be the very version its library has there. Compiler and browser are the machine's
// own or its distribution's, whose archives keep only the newest: of these only the lowest fit version is known.
import { readFileSync } from 'node:fs'
import { at } from './paths.mjs'
import { Problem } from './say.mjs'

export const WASM_PACK = '0.15.1'
export const GECKODRIVER = '0.37.1'

/** What `-Cpanic=immediate-abort` and a rebuilt std need beside the compiler. */
export const STD_PARTS = ['std', 'panic_abort']

/** wasm-bindgen-test links the test harness too. */
export const STD_PARTS_FOR_TESTS = [...STD_PARTS, 'test']

export function wasmBindgenVersion() {
  let lock
  try {
    lock = readFileSync(at('Cargo.lock'), 'utf8')
  } catch {
    throw new Problem('Cargo.lock is missing: it says which version of wasm-bindgen is to be used. It belongs to the project; check it out again.')
  }
  const found = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock)
  if (!found) throw new Problem('Cargo.lock names no version of wasm-bindgen.')
  return found[1]
}

/** The oldest compiler that can build the project, from Cargo.toml's `rust-version`. */
export function lowestRust() {
  return /^rust-version = "([^"]+)"/m.exec(readFileSync(at('Cargo.toml'), 'utf8'))?.[1] ?? '0'
}

/** Compares dotted version numbers by their leading numeric parts: negative, 0 or positive. */
export function compareVersions(a, b) {
  const parts = (version) => version.replace(/^\d+:/, '').split(/[^\d]+/).map(Number)
  const [left, right] = [parts(a), parts(b)]
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] || 0) - (right[i] || 0)
    if (difference) return difference
  }
  return 0
}
