// The glue's slimming: what it must keep, and that it refuses text it does not know.
import assert from 'node:assert/strict'
import test from 'node:test'
import { keepImports, rename, slim, usedExports } from '../../www/tools/glue.mjs'

const GLUE = `import * as import1 from "./snippets/x/page.js"
export class Engine {
    free() {
        EngineFinalization.unregister(this);
        wasm.__wbg_engine_free(this.__wbg_ptr, 0);
    }
    two(a, b) {
        let ptr0, len0, ptr1, len1;
        try {
            ptr0 = passStringToWasm0(a, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
        } catch (e) {
            if (ptr0) { wasm.__wbindgen_free(ptr0, len0 * 1, 1); }
            throw e;
        }
        return wasm.engine_two(ptr0);
    }
}
if (Symbol.dispose) Engine.prototype[Symbol.dispose] = Engine.prototype.free;
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_add_1: function(arg0, arg1) {
            return arg0 + arg1;
        },
        __wbg_call_2: function() { return handleError(function (arg0) {
            return arg0();
        }, arguments); },
        __wbg_unused_3: function() {
            return 3;
        },
    };
    return {
        __proto__: null,
        "./x_bg.js": import0,
        "./snippets/x/page.js": import1,
    };
}
const EngineFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_engine_free(ptr, 1));
function handleError(f, args) {
    try {
        return f.apply(this, args);
    } catch (e) {
        wasm.__wbindgen_exn_store(e);
    }
}
let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
    wasm = instance.exports;
    return wasm;
}
async function __wbg_load(module, imports) {}
`

const NAMES = {
  imports: [
    ['./x_bg.js', '__wbg_add_1', 'p'],
    ['./x_bg.js', '__wbg_call_2', 'q'],
    ['./snippets/x/page.js', 'wall', 'r'],
  ],
  exports: [
    ['__wbg_engine_free', 'A'],
    ['__wbindgen_malloc', 'B'],
    ['__wbindgen_realloc', 'C'],
    ['engine_two', 'D'],
    ['__wbindgen_start', 'F'],
  ],
}

/** Runs the made module: its exports, and the `wasm` it was finished with. */
async function load(text) {
  const module = text.replace(/^import .*$/m, 'const import1 = { wall: () => 7 }')
  return import(`data:text/javascript,${encodeURIComponent(module)}`)
}

test('the slimmed and renamed module answers to the short names alone', async () => {
  const slimmed = slim(GLUE)
  const names = NAMES.imports.map(([, name]) => name)
  const { imports, finish } = await load(rename(keepImports(slimmed, names), NAMES))
  const seen = []
  finish({ exports: { F: () => seen.push('started') } })
  const { a } = imports()
  assert.deepEqual(Object.keys(a), ['p', 'q', 'r'])
  assert.equal(a.p(1, 2), 3)
  assert.equal(a.r(), 7)
  // What is thrown goes through to whoever called the wasm: the seat belt.
  assert.throws(() => a.q(() => {
    throw 'thrown'
  }), (thrown) => thrown === 'thrown')
  assert.deepEqual(seen, ['started'])
})

test('every export the module calls is found', () => {
  assert.deepEqual(usedExports(slim(GLUE)).sort(), NAMES.exports.map(([name]) => name).sort())
})

test('finalizers and the freeing of arguments are gone', () => {
  assert.doesNotMatch(slim(GLUE), /FinalizationRegistry|unregister|throw e/)
})

test('another wasm-bindgen’s output is refused, not guessed at', () => {
  assert.throws(() => slim(GLUE.replace('__wbg_finalize_init', 'renamed')), /has changed: __wbg_finalize_init/)
  assert.throws(() => slim(GLUE.replace('handleError(f, args)', 'handleError(args, f)')), /has changed/)
})

test('a call of something the wasm does not export is an error of the build', () => {
  const names = { ...NAMES, exports: NAMES.exports.slice(1) }
  assert.throws(() => rename(slim(GLUE), names), /wasm\.__wbg_engine_free, which the wasm does not export/)
})

test('what listeners and timers call is made safe, and freed once it has run', async () => {
  const closures = `
function makeClosure(arg0, arg1, f) {
    const real = (...args) => f(arg0, arg1, ...args);
    return real;
}
export const make = (f) => makeClosure(1, 2, f);
`
  const loading = /\nasync function __wbg_load/
  const { make, finish } = await load(slim(GLUE.replace(loading, `${closures}$&`)))
  const [guarded, freed] = [[], []]
  const exports = { __wbindgen_start() {}, __wbindgen_destroy_closure: (a, b) => freed.push(a, b) }
  finish({ exports }, (f, inner) => (guarded.push(inner), f))
  const closure = make((a, b, c) => {
    closure._wbg_cb_unref()
    assert.deepEqual(freed, [])
    return [a, b, c]
  })
  assert.deepEqual(guarded, [true])
  assert.deepEqual([closure(3), freed], [[1, 2, 3], [1, 2]])
  const changed = closures.replace('function makeClosure', 'const makeClosure = function')
  assert.throws(() => slim(GLUE.replace(loading, `${changed}$&`)), /seat belt/)
})

test('what only copies an argument, or mends what cannot be wrong, goes', async () => {
  const more = `
function getStringFromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return [ptr, len];
}
export function enter(tracker, what, text) {
    const val1 = tracker;
    const val10 = what;
    const ptr0 = getStringFromWasm0(text, 2);
    const len0 = WASM_VECTOR_LEN;
    const ret = [val1, val10, ptr0, len0];
    return ret >>> 0;
}
let WASM_VECTOR_LEN = 5;
export const table = new Map();
{
    table.set(0, undefined);
    table.set(1, null);
    table.set(2, true);
}
let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
export const decode = (bytes) => cachedTextDecoder.decode(bytes);
`
  const text = slim(GLUE.replace(/\nasync function __wbg_load/, `${more}$&`))
  assert.doesNotMatch(text, /val1|>>> 0|ignoreBOM/)
  const { enter, table, decode } = await load(text)
  assert.deepEqual(enter('a', 'b', 'c'), ['a', 'b', ['c', 2], 5])
  assert.deepEqual([...table], [[0, undefined]])
  assert.equal(decode(new TextEncoder().encode('ä')), 'ä')
})
