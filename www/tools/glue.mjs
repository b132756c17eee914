// Slims the JavaScript that wasm-bindgen writes. Its loading code (ours is in www/sdk), its care for browsers without
// `encodeInto`, its long import and export names: together more bytes than the calls themselves. Every cut names the text it
// expects and fails when that is not there, so another version of wasm-bindgen cannot slip past unread.
import { Problem } from './say.mjs'

function mustReplace(text, pattern, replacement, what) {
  if (text.search(pattern) < 0) {
    throw new Problem(`wasm-bindgen's output has changed: ${what} was not found. See www/tools/glue.mjs.`)
  }
  return text.replace(pattern, replacement)
}

const CUTS = [
  {
    what: 'the loading functions',
    pattern: /\n(?:async )?function __wbg_load\([\s\S]*$/,
    replacement: '\nexport { __wbg_get_imports as imports, finish }\n',
  },
  {
    what: '__wbg_finalize_init',
    pattern: /let wasmModule, wasmInstance, wasm;\nfunction __wbg_finalize_init\(instance, module\) \{[\s\S]*?\n\}\n/,
    replacement: 'let wasm;\nfunction finish(instance) {\n    wasm = instance.exports;\n    wasm.__wbindgen_start();\n}\n',
  },
  {
    // Safari forgets to free its decoder's memory after 2 GiB; no page view decodes that much.
    what: 'decodeText',
    pattern: /const MAX_SAFARI_DECODE_BYTES[\s\S]*?return cachedTextDecoder\.decode\(bytes\);\n\}/,
    replacement: 'function decodeText(bytes) {\n    return cachedTextDecoder.decode(bytes);\n}',
    optional: true,
  },
  { what: 'a bare prototype', pattern: /^ +__proto__: null,\n/gm, replacement: '' },
  { what: 'Symbol.dispose', pattern: /^if \(Symbol\.dispose\) .*\n/gm, replacement: '' },
]

/** The generated module without what is never used; exports the classes, `imports()` and `finish(instance)`. */
export function slim(glue) {
  const text = CUTS.reduce((rest, { what, pattern, replacement, optional }) => {
    return optional && rest.search(pattern) < 0 ? rest : mustReplace(rest, pattern, replacement, what)
  }, glue)
  return withoutOneShotStrings(text)
}

/** `passStringToWasm0` has a branch for callers that cannot reallocate; ours all can. */
function withoutOneShotStrings(text) {
  const branch = /\n {4}if \(realloc === undefined\) \{[\s\S]*?\n {4}\}\n/
  const calls = [...text.matchAll(/= passStringToWasm0\((.*)\);/g)]
  const allReallocate = calls.every(([, args]) => args.endsWith('wasm.__wbindgen_realloc'))
  return allReallocate ? text.replace(branch, '\n') : text
}

/** The exports of the wasm that the glue calls. */
export function usedExports(glue) {
  return [...new Set([...glue.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name))]
}

/** Drops the import functions that the optimised wasm no longer asks for. */
export function keepImports(glue, names) {
  const entry = /^ {8}(\w+): function\([\s\S]*?^ {8}\},\n/gm
  const kept = new Set(names)
  return glue.replace(entry, (whole, name) => (kept.has(name) ? whole : ''))
}

/**
 * Renames imports and exports as wasm-opt's `--minify-imports-and-exports-and-modules` did:
 * `{imports: [[module, name, short]…], exports: [[name, short]…]}`. That pass puts all imports into one module, `a`.
 */
export function rename(glue, names) {
  let text = mustReplace(glue, /"\.\/\w+_bg\.js": import0,/, 'a: import0,', 'the import object')
  for (const [module, name, short] of names.imports) {
    if (!module.endsWith('_bg.js')) throw new Problem(`The wasm imports from ${module}; only wasm-bindgen's own glue is expected.`)
    text = mustReplace(text, new RegExp(`^ {8}${name}: `, 'm'), `        ${short}: `, `the import ${name}`)
  }
  const shorts = new Map(names.exports)
  return text.replace(/\bwasm\.(\w+)/g, (whole, name) => {
    const short = shorts.get(name)
    if (!short) throw new Problem(`The glue calls wasm.${name}, which the wasm does not export.`)
    return `wasm.${short}`
  })
}
