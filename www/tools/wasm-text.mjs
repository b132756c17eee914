// What the build changes in a wasm that wasm-opt has no pass for, in the text of wasm-dis: what nothing can reach, places, and the
// order of the functions.
import { brotliCompressSync, constants } from 'node:zlib'
import { Problem } from './say.mjs'

const NAME = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()"]+)`

/**
 * Functions whose address nobody calls: the shims that only JavaScript calls, by their exports, conversions that only
 * wasm-bindgen's own descriptions name, and the futures of js-sys, which nothing here uses.
 */
const UNCALLED = /closures::_::invoke::<| -> Externref"|js_sys.*::futures::|::link_mem_intrinsics/

/** The text of a wasm with names, with its table cut down to what can be called. */
function cutTable(text) {
  const [line] = /^ \(elem \$0 .*/m.exec(text) ?? []
  const [head, list] = line?.split(/ func (?=\$)/) ?? []
  const entries = list?.match(new RegExp(NAME, 'g')) ?? []
  const called = entries.filter((name) => !UNCALLED.test(name))
  if (!called.length) throw new Problem('The wasm has another table than expected. See www/tools/wasm-text.mjs.')
  // Places are numbers in the code: what comes before the last stays occupied.
  const upTo = entries.lastIndexOf(called.at(-1))
  const kept = entries.slice(0, upTo + 1).map((name) => (UNCALLED.test(name) ? called[0] : name))
  return text.replace(line, () => `${head} func ${kept.join(' ')})`)
}

/** Errors of wasm-bindgen's own become traps, like all others: nobody reads their texts. */
function trapErrors(text) {
  const pattern = new RegExp(String.raw`^ \(import "[^"]*" "__wbg___wbindgen_throw_\w+" \(func (${NAME}) (\(param i32 i32\))\)\)\n`, 'm')
  const [line, name, params] = pattern.exec(text) ?? []
  if (!line) return text
  return text.replace(line, '').replace(/^ \(func /m, (start) => ` (func ${name} ${params} (unreachable))\n${start}`)
}

/** Texts of errors that became traps stay in memory although nobody reads them: zeros weigh nothing. */
const UNREAD = /called `Result::unwrap_throw\(\)` on an `Err` value|FnOnce called more than once|closure invoked recursively or after being dropped/g

const blankTexts = (text) => text.replace(UNREAD, (unread) => '\\00'.repeat(unread.length))

const REFERENCES = '$__wbindgen_externrefs'
/** The first place that is not for arguments and constants: see `__wbindgen_init_externref_table`. */
const FIRST = 1028

/**
 * Places for what JavaScript lends to the wasm, without a list of the free ones beside the table: a free place is null. The
 * few there are (a document, a timer, its closure) are found at once, and none of ours holds a null. 170 bytes.
 */
const PLACES = {
  __externref_table_alloc: `(result i32)
  (local $0 i32)
  (local.set $0 (i32.const ${FIRST}))
  (loop $next
   (if (i32.eq (local.get $0) (table.size ${REFERENCES}))
    (then (drop (table.grow ${REFERENCES} (ref.null noextern) (i32.const 8)))))
   (if (ref.is_null (table.get ${REFERENCES} (local.get $0))) (then (return (local.get $0))))
   (local.set $0 (i32.add (local.get $0) (i32.const 1)))
   (br $next))
  (unreachable)`,
  __externref_table_dealloc: `(param $0 i32)
  (if (i32.ge_u (local.get $0) (i32.const ${FIRST}))
   (then (table.set ${REFERENCES} (local.get $0) (ref.null noextern))))`,
}

function findPlaces(text) {
  return Object.entries(PLACES).reduce((rest, [name, body]) => {
    const pattern = new RegExp(String.raw`^ \(func \$${name} [\s\S]*?\n \)\n`, 'm')
    if (!pattern.test(rest) || !rest.includes(`(table ${REFERENCES} ${FIRST} `)) throw new Problem(`The wasm has another ${name} than expected. See www/tools/wasm-text.mjs.`)
    return rest.replace(pattern, () => ` (func $${name} ${body})\n`)
  }, text)
}

/** The text of a wasm with names, without what nothing can reach. */
export const prune = (text) => findPlaces(blankTexts(trapErrors(cutTable(text))))

const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length

/** The file's bytes before its functions, those of each function, and the bytes after. */
function functionsOf(wasm) {
  let at = 8
  const number = () => {
    let n = 0
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++]
      n += (byte & 127) << shift
      if (byte < 128) return n
    }
  }
  for (;;) {
    const [id, length] = [wasm[at++], number()]
    const start = at
    if (id === 10) {
      const functions = Array.from({ length: number() }, () => {
        const from = at
        at = number() + at
        return wasm.subarray(from, at)
      })
      return { before: wasm.subarray(0, start), functions, after: wasm.subarray(at) }
    }
    at += length
  }
}

/** How much alike any two functions are: the runs of `size` bytes they share, rare ones counting more. */
function likeness(functions, size) {
  const runs = functions.map((bytes) => new Set(Array.from(bytes, (_, at) => bytes.toString('latin1', at, at + size))))
  const count = new Map()
  for (const run of runs.flatMap((set) => [...set])) count.set(run, (count.get(run) ?? 0) + 1)
  return runs.map((a) => runs.map((b) => {
    let shared = 0
    for (const run of a) if (b.has(run)) shared += 1 / Math.sqrt(count.get(run))
    return shared / Math.sqrt((a.size + 10) * (b.size + 10))
  }))
}

/** An order that begins with `first` and always goes on with what is most like the last. */
function chain(alike, first) {
  const rest = new Set(alike.keys())
  const order = [first]
  for (let last = first; rest.delete(last) && rest.size; order.push(last)) {
    const row = alike[last]
    last = [...rest].reduce((best, next) => (row[next] > row[best] ? next : best))
  }
  return order
}

/** The text of `wasm`, without names, in that order of its functions, of several, that brotli makes least of. */
export function arrange(text, wasm) {
  const { before, functions, after } = functionsOf(wasm)
  const weight = (order) => brotli(Buffer.concat([before, ...order.map((at) => functions[at]), after]))
  const bySize = [...functions.keys()].sort((a, b) => functions[a].length - functions[b].length)
  const firsts = Array.from({ length: 8 }, (_, n) => bySize[Math.floor(((bySize.length - 1) * n) / 7)])
  const orders = [3, 4].flatMap((size) => {
    const alike = likeness(functions, size)
    return firsts.map((first) => chain(alike, first))
  })
  const [best] = orders.map((order) => [weight(order), order]).sort(([a], [b]) => a - b)[0].slice(1)
  // Calls are by name in the text: each function can stand anywhere.
  const parts = text.split(/^(?= \(func )/m)
  const [head, blocks] = [parts[0], parts.slice(1)]
  const end = blocks.length - 1
  blocks[end] = blocks[end].replace(/\)\n*$/, '')
  if (blocks.length !== functions.length) throw new Problem('The text of the wasm is not as expected. See www/tools/wasm-text.mjs.')
  return `${head}${best.map((at) => blocks[at]).join('')})\n`
}
