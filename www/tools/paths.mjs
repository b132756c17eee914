// Where things are. Everything made lies under `target/` and `dist/`, or in cargo's and npm's own homes.
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)))
export const at = (...parts) => join(root, ...parts)
export const dist = at('dist')

/** The wasm builds' own target folder: they may use another compiler than the native ones and must not evict their cache. */
export const wasmTargetDir = at('target/wasm')

export const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo')
export const rustupHome = process.env.RUSTUP_HOME ?? join(homedir(), '.rustup')
