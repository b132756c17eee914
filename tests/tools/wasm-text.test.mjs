/** What the build changes in the text of a wasm: nothing that can be called goes, and the order of functions is all that moves. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { at } from '../../www/tools/paths.mjs'
import { arrange, prune } from '../../www/tools/wasm-text.mjs'

/** Text to bytes or back, by binaryen. */
function binaryen(tool, input, ...more) {
  const folder = mkdtempSync(join(tmpdir(), 'cb-wasm-'))
  try {
    const [from, to] = [join(folder, 'in'), join(folder, 'out')]
    writeFileSync(from, input)
    execFileSync(process.execPath, [at('node_modules/binaryen/bin', tool), ...more, '--enable-reference-types', from, '-o', to])
    return readFileSync(to)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** As wasm-bindgen has them, but for what they do. */
const LISTED = ` (func $__externref_table_alloc (result i32)
  (unreachable)
 )
 (func $__externref_table_dealloc (param $0 i32)
  (unreachable)
 )`

const named = (table, functions) => `(module
 (type $0 (func (param i32 i32)))
 (type $1 (func (result i32)))
 (import "./a_bg.js" "__wbg___wbindgen_throw_4c88" (func $throw (param i32 i32)))
 (table $0 9 9 funcref)
 (table $__wbindgen_externrefs 1028 externref)
 (elem $0 (table $0) (i32.const 1) func ${table})
 (export "run" (func $run))
 (export "take" (func $__externref_table_alloc))
 (export "free" (func $__externref_table_dealloc))
 (export "places" (table $__wbindgen_externrefs))
${functions}
${LISTED}
)
`
const ONE = ' (func $"crate[1]::one" (result i32)\n  (i32.const 1)\n )'
const TWO = ' (func $two (result i32)\n  (i32.const 2)\n )'
const DEAD = ' (func $"wasm_bindgen[2]::convert::closures::_::invoke::<(), true>" (result i32)\n  (i32.const 3)\n )'
const run = (place) => ` (func $run (result i32)\n  (call_indirect $0 (type $1)\n   (i32.const ${place})\n  )\n )`
const shim = '$"wasm_bindgen[2]::convert::closures::_::invoke::<(), true>"'

const instance = (bytes) => new WebAssembly.Instance(new WebAssembly.Module(bytes), { './a_bg.js': {} }).exports

test('what is called through the table keeps its place, what follows the last of these goes', () => {
  const text = prune(named(`${shim} $two $"crate[1]::one" ${shim} ${shim}`, [ONE, TWO, DEAD, run(3)].join('\n')))
  assert.match(text, /\(i32\.const 1\) func \$two \$two \$"crate\[1\]::one"\)\n/)
  assert.equal(instance(binaryen('wasm-as', text)).run(), 1)
})

test('an error of wasm-bindgen is a trap', () => {
  const fails = ' (func $run\n  (call $throw\n   (i32.const 1)\n   (i32.const 2)\n  )\n )'
  const text = prune(named('$two', [TWO, fails].join('\n')))
  assert.doesNotMatch(text, /\(import/)
  assert.throws(instance(binaryen('wasm-as', text)).run, WebAssembly.RuntimeError)
})

test('texts of errors that nobody reads become zeros, and all others keep their place', () => {
  const unread = 'called `Result::unwrap_throw()` on an `Err` value'
  const data = ` (data $0 (i32.const 16) "url${unread}title")`
  const text = prune(named('$two', [TWO, run(1), ' (memory $0 1)', data, ' (export "memory" (memory $0))'].join('\n')))
  const { memory } = instance(binaryen('wasm-as', text))
  const kept = `url${'\0'.repeat(unread.length)}title`
  assert.equal(Buffer.from(memory.buffer, 16, kept.length).toString(), kept)
})

test('a place that is given back is the next one that is taken, and those of constants stay', () => {
  const { take, free, places } = instance(binaryen('wasm-as', prune(named('$two', [TWO, run(1)].join('\n')))))
  places.set(1027, 'a constant')
  const lent = Array.from({ length: 20 }, (_, n) => {
    const place = take()
    places.set(place, `lent ${n}`)
    return place
  })
  assert.deepEqual(lent, Array.from(lent, (_, n) => 1028 + n))
  free(lent[7])
  assert.deepEqual([places.get(lent[7]), take()], [null, lent[7]])
  free(1027)
  assert.equal(places.get(1027), 'a constant')
  assert.deepEqual([places.get(lent[0]), places.get(lent[19])], ['lent 0', 'lent 19'])
})

test('a table of another kind is an error of the build', () => {
  const text = named('$two', [TWO, run(1)].join('\n'))
  assert.throws(() => prune(text.replace('1028 externref', '64 externref')), /wasm-text\.mjs/)
  assert.throws(() => prune(named(shim, [DEAD, run(1)].join('\n'))), /wasm-text\.mjs/)
})

test('functions that are alike stand side by side, and every call still finds its own', () => {
  const adds = Array.from({ length: 12 }, (_, n) => ` (func $add${n} (param i32) (result i32)\n  (i32.add (i32.mul (local.get 0) (i32.const 77)) (i32.const ${n}))\n )`)
  const others = Array.from({ length: 12 }, (_, n) => ` (func $sub${n} (param f64) (result f64)\n  (f64.sub (f64.sqrt (local.get 0)) (f64.const 0.${n}1))\n )`)
  const exports = adds.flatMap((_, n) => [` (export "add${n}" (func $add${n}))`, ` (export "sub${n}" (func $sub${n}))`])
  const before = binaryen('wasm-as', `(module\n${[...exports, ...adds.flatMap((add, n) => [add, others[n]])].join('\n')}\n)`)
  const after = binaryen('wasm-as', arrange(binaryen('wasm-dis', before).toString(), before))
  const [old, now] = [instance(before), instance(after)]
  assert.notDeepEqual(after, before)
  assert.equal(after.length, before.length)
  for (const name of Object.keys(old)) assert.equal(now[name](16), old[name](16), name)
})
