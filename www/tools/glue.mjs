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

/** What makes a function of JavaScript's from one of Rust's. */
const closure = (name) => `function ${name}(a, b, f) {
    let uses = 1;
    // Dropped while it runs, it stays until it has run.
    const done = () => --uses || wasm.__wbindgen_destroy_closure(a, b);
    const closure = guard((...args) => {
        uses++;
        try {
            return f(a, b, ...args);
        } finally {
            done();
        }
    }, true);
    closure._wbg_cb_unref = done;
    return closure;
}
`

/** A function without the constants that only stand for its arguments. */
const withoutCopies = (whole) =>
  [...whole.matchAll(/^ +const (val\d+) = (\w+);\n/gm)].reduce(
    (rest, [line, copy, name]) => rest.replace(line, '').replace(new RegExp(`\\b${copy}\\b`, 'g'), name),
    whole,
  )

const CUTS = [
  {
    what: 'the loading functions',
    pattern: /\n(?:async )?function __wbg_load\([\s\S]*$/,
    replacement: '\nexport { __wbg_get_imports as imports, finish }\n',
  },
  {
    what: '__wbg_finalize_init',
    pattern: /let wasmModule, wasmInstance, wasm;\nfunction __wbg_finalize_init\(instance, module\) \{[\s\S]*?\n\}\n/,
    replacement: 'let wasm, guard;\nfunction finish(instance, belt) {\n    wasm = instance.exports;\n    guard = belt;\n    wasm.__wbindgen_start();\n}\n',
  },
  {
    // Safari forgets to free its decoder's memory after 2 GiB; no page view decodes that much.
    what: 'decodeText',
    pattern: /const MAX_SAFARI_DECODE_BYTES[\s\S]*?return cachedTextDecoder\.decode\(bytes\);\n\}/,
    replacement: 'function decodeText(bytes) {\n    return cachedTextDecoder.decode(bytes);\n}',
    optional: true,
  },
  {
    // The tracker lives as long as the page or is freed by `shutdown`, and its closures belong to Rust values.
    what: 'the finalizers',
    pattern: /^const \w+ = \(typeof FinalizationRegistry === 'undefined'\)\n.*\n.*;\n/gm,
    replacement: '',
  },
  { what: 'the uses of finalizers', pattern: /^ *(?:\w+Finalization|CLOSURE_DTORS)\.(?:un)?register\(.*\);\n/gm, replacement: '' },
  {
    // A memory that grew has a new buffer in every browser: comparing says all.
    what: 'getDataViewMemory0',
    pattern: /if \(cachedDataViewMemory0 === null .*\{/,
    replacement: 'if (cachedDataViewMemory0?.buffer !== wasm.memory.buffer) {',
    optional: true,
  },
  {
    // Frees arguments when a later one cannot be allocated; by then the engine has trapped and is never entered again.
    what: 'the freeing of arguments',
    pattern: /let (ptr0, len0.*);\n +try \{\n([\s\S]*?)\n +\} catch \(e\) \{[\s\S]*?throw e;\n +\}\n/g,
    replacement: 'let $1;\n$2\n',
    optional: true,
  },
  {
    what: 'handleError',
    pattern: /function handleError\(f, args\) \{\n {4}try \{\n {8}return f\.apply\(this, args\);\n[\s\S]*?\n\}\n/,
    replacement: '',
    optional: true,
  },
  {
    // Nobody asks what was thrown: the one import of this kind throws it again, and the seat belt hears of it either way.
    what: 'the imports that catch',
    pattern: /^( {8}\w+): function\(\) \{ return handleError\(function \((.*?)\) \{\n([\s\S]*?)^ {8}\}, arguments\); \},\n/gm,
    replacement: '$1: ($2) => {\n$3        },\n',
    optional: true,
  },
  { what: 'what is thrown', pattern: /function addToExternrefTable0\(obj\) \{[\s\S]*?\n\}\n/, replacement: '', optional: true },
  {
    // A view costs less to make than to keep: memory that grows makes it stale.
    what: 'getUint8ArrayMemory0',
    pattern: /let cachedUint8ArrayMemory0 = null;\nfunction getUint8ArrayMemory0\(\) \{[\s\S]*?\n\}\n/,
    replacement: 'const getUint8ArrayMemory0 = () => new Uint8Array(wasm.memory.buffer);\n',
    optional: true,
  },
  {
    // Nobody frees a tracker: its counters are still asked for after `shutdown`.
    what: 'the freeing of objects',
    pattern: / {4}__destroy_into_raw\(\) \{[\s\S]*?\n {4}\}\n {4}free\(\) \{[\s\S]*?\n {4}\}\n/g,
    replacement: '',
    optional: true,
  },
  {
    // Ours all can reallocate, and `encodeInto` alone is smaller and no slower than a loop over ASCII before it.
    what: 'passStringToWasm0',
    pattern: /function passStringToWasm0\(arg, malloc, realloc\) \{[\s\S]*?\n\}\n/,
    replacement: `function passStringToWasm0(arg, malloc, realloc) {
    const size = arg.length * 3;
    const ptr = malloc(size, 1);
    WASM_VECTOR_LEN = size && cachedTextEncoder.encodeInto(arg, getUint8ArrayMemory0().subarray(ptr, ptr + size)).written;
    return size ? realloc(ptr, size, WASM_VECTOR_LEN, 1) : ptr;
}
`,
    optional: true,
  },
  {
    // Typed arrays have the byte order of the machine, and no machine with a browser has another than wasm's. The text comes
    // first: memory may grow for it.
    what: 'the answers that are texts',
    pattern: / {12}const ptr1 = (passStringToWasm0\(ret, .*\));\n.*\n(?: {12}getDataViewMemory0\(\).*\n){2}/g,
    replacement: '            const text = [$1, WASM_VECTOR_LEN];\n            new Uint32Array(wasm.memory.buffer).set(text, arg0 >>> 2);\n',
    optional: true,
  },
  {
    // What the page's listeners and timers call: made safe by the seat belt, and one kind for both. A closure that must not
    // be entered twice belongs to a timer, which never does.
    what: 'the closures',
    pattern: /function makeClosure\([\s\S]*?\n\}\n/,
    replacement: closure('makeClosure'),
    optional: true,
  },
  {
    what: 'the closures that change something',
    pattern: /function makeMutClosure\([\s\S]*?\n\}\n/,
    replacement: closure('makeMutClosure'),
    optional: true,
  },
  // An address is never negative as a number either: what the engine keeps is bounded, far below 2 GiB. Nor is a tracker's number.
  { what: 'the addresses', pattern: /^ +ptr = ptr >>> 0;\n/gm, replacement: '', optional: true },
  { what: 'the answers that are numbers', pattern: /return ret >>> 0;/g, replacement: 'return ret;', optional: true },
  // No text that the engine hands out begins with a byte order mark: they begin with a sign of JSON, a digit or a `!`.
  { what: 'the decoder', pattern: /new TextDecoder\('utf-8', \{ ignoreBOM: true \}\)/, replacement: 'new TextDecoder()', optional: true },
  // Of the constants it hands out undefined at most. A place that was never set holds null.
  { what: 'the constants', pattern: /^ +table\.set\(.*, (?:null|true|false)\);\n/gm, replacement: '', optional: true },
  // What we hand over is a number already.
  { what: 'the conversions to numbers', pattern: /^( +const \w+ = )\+(\w+;)$/gm, replacement: '$1$2', optional: true },
  { what: 'the copies of arguments', pattern: /^export function [\s\S]*?\n\}\n/gm, replacement: withoutCopies, optional: true },
  { what: 'the imports', pattern: /^( {8}\w+): function\((.*?)\) \{\n/gm, replacement: '$1: ($2) => {\n' },
  { what: 'a bare prototype', pattern: /^ +__proto__: null,\n/gm, replacement: '' },
  { what: 'Symbol.dispose', pattern: /^if \(Symbol\.dispose\) .*\n/gm, replacement: '', optional: true },
]

/** The generated module without what is never used; exports the classes, `imports()` and
 * `finish(instance, guard)`, where `guard(f, true)` makes safe what listeners and timers call. */
export function slim(glue) {
  const text = CUTS.reduce((rest, { what, pattern, replacement, optional }) => {
    return optional && rest.search(pattern) < 0 ? rest : mustReplace(rest, pattern, replacement, what)
  }, glue)
  if (/handleError|FinalizationRegistry/.test(text)) throw new Problem('wasm-bindgen’s output has changed. See www/tools/glue.mjs.')
  if (/addToExternrefTable0/.test(text)) throw new Problem('An import hands on what is thrown. See www/tools/glue.mjs.')
  if (/makeM?u?t?Closure/.test(text) && !/closure = guard\(/.test(text)) throw new Problem('Closures are without a seat belt. See www/tools/glue.mjs.')
  return text
}

/** The exports of the wasm that the glue calls. */
export function usedExports(glue) {
  return [...new Set([...glue.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name))]
}

/** Drops the import functions that the optimised wasm no longer asks for. */
export function keepImports(glue, names) {
  const entry = /^ {8}(\w+): \(.*\) => \{\n[\s\S]*?^ {8}\}.*,\n/gm
  const kept = new Set(names)
  return glue.replace(entry, (whole, name) => (kept.has(name) ? whole : ''))
}

/**
 * Renames imports and exports as wasm-opt's `--minify-imports-and-exports-and-modules` did:
 * `{imports: [[module, name, short]…], exports: [[name, short]…]}`. That pass puts all imports into one module, `a`.
 */
export function rename(glue, names) {
  const ours = names.imports.filter(([module]) => module.endsWith('_bg.js'))
  const direct = names.imports.filter(([module]) => !module.endsWith('_bg.js'))
  let text = ours.reduce((rest, [, name, short]) => {
    return mustReplace(rest, new RegExp(`^ {8}${name}: `, 'm'), `        ${short}: `, `the import ${name}`)
  }, glue)
  // Functions of our own JavaScript modules that need no conversion are imported from there as they are.
  const entries = direct.map(([module, name, short]) => `        ${short}: ${namespaceOf(glue, module)}.${name},\n`)
  const object = /(\n {4}const import0 = \{\n[\s\S]*?)( {4}\};\n {4}return \{\n)[\s\S]*?( {4}\};\n)/
  text = mustReplace(text, object, `$1${entries.join('')}$2        a: import0,\n$3`, 'the import object')

  const shorts = new Map(names.exports)
  return text.replace(/\bwasm\.(\w+)/g, (whole, name) => {
    const short = shorts.get(name)
    if (!short) throw new Problem(`The glue calls wasm.${name}, which the wasm does not export.`)
    return `wasm.${short}`
  })
}

/** The name under which the glue imports a JavaScript module as a whole. */
function namespaceOf(glue, module) {
  const found = [...glue.matchAll(/^import \* as (\w+) from "(.*)"$/gm)].find(([, , path]) => path === module)
  if (!found) throw new Problem(`The wasm imports from ${module}, which the glue does not load. See www/tools/glue.mjs.`)
  return found[1]
}
