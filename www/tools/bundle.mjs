// The JavaScript of www/sdk joined with the generated glue into the files of dist/.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { charsOf } from './chars.mjs'
import { at, dist } from './paths.mjs'

const sdk = (name) => at('www/sdk', name)

/** What options ask for: see www/sdk/parts.js. */
const PARTS = [
  'anonymous.js', 'behaviour.js', 'clicks.js', 'cookie.js', 'debug.js', 'destinations.js', 'device.js', 'errors.js', 'filter.js', 'formats-all.js',
  'formats.js', 'forms.js', 'forward.js', 'friction.js', 'gzip.js', 'impressions.js', 'linker.js', 'outbox.js', 'privacy.js',
  'sampling.js', 'sources.js', 'visits.js', 'vitals.js',
]

/** Every file of dist/; what is not bundled is copied. */
export const SHIPPED = ['cartbeacon.js', 'cartbeacon.wasm', 'index.js', 'index.d.ts', 'events.d.ts', 'options.d.ts', 'all.js', 'inline.js', 'slim.js', 'stub.js', 'consent.js', 'consent.d.ts', 'widget.js', 'widget.d.ts', 'web-pixel.js', 'web-pixel.d.ts', ...PARTS]

const BUNDLES = [
  { entry: 'tag.js', file: 'cartbeacon.js', format: 'iife' },
  { entry: 'index.js', file: 'index.js', format: 'esm' },
  { entry: 'all.js', file: 'all.js', format: 'esm' },
  { entry: 'inline.js', file: 'inline.js', format: 'esm' },
  { entry: 'slim.js', file: 'slim.js', format: 'esm' },
  // A part that only shops with a consent platform load.
  { entry: 'consent.js', file: 'consent.js', format: 'esm' },
  // What shoppers see in the footer.
  { entry: 'widget.js', file: 'widget.js', format: 'esm' },
  // For the checkouts of Shopify.
  { entry: 'web-pixel.js', file: 'web-pixel.js', format: 'esm' },
  // The entries import these when an option asks for them.
  ...PARTS.map((file) => ({ entry: file, file, format: 'esm' })),
  // What shops paste: no wrapper, no bundler's prelude.
  { entry: 'stub.js', file: 'stub.js' },
]

// Nearly all of these runs at once: V8 then compiles it in one go, off the main thread, instead of function by function.
const HINT = '//# allFunctionsCalledOnLoad\n'
const NOTICE = '/* web-vitals, © Google LLC, Apache-2.0 */\n'
const BANNERS = { 'cartbeacon.js': HINT, 'privacy.js': HINT, 'outbox.js': HINT, 'behaviour.js': HINT, 'vitals.js': NOTICE }

/** The text of a bundle, with shorter names and less said twice than esbuild alone gives: 340 bytes of the tag after brotli. */
async function shorten(text, format) {
  const { minify } = await import('terser')
  // What is at the top of a script that shops paste is the page's.
  // Nothing of ours is read for what reading it does.
  const options = { ecma: 2020, module: format === 'esm', compress: { passes: 3, hoist_funs: true, pure_getters: true }, format: { comments: false } }
  return (await minify(text, options)).code
}

/** A wasm as the text that www/sdk/wasm.js reads. */
const chars = (file) => ({ contents: charsOf(readFileSync(file)), loader: 'text' })

/** Imports that no file answers: the generated glue, and a wasm as text for what carries it inside. */
function generated(made) {
  return {
    name: 'generated',
    setup(build) {
      // A part stays what it is, an import of the file beside the entry.
      build.onResolve({ filter: /^\.\// }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined))
      build.onResolve({ filter: /^#engine$/ }, () => ({ path: join(made, 'engine.js') }))
      // wasm-bindgen copies what the wasm imports of ours; the SDK imports some of it as well, and once is enough.
      build.onResolve({ filter: /\/src\/edge\/\w+\.js$/ }, ({ path }) => ({ path: at('src/edge', basename(path)) }))
      // `#wasm-chars` is the SDK's own, `#<part>-chars` a part's.
      build.onResolve({ filter: /^#.*-chars$/ }, ({ path }) => {
        const name = path.slice(1).replace('-chars', '')
        return { path: join(made, `${name === 'wasm' ? 'cartbeacon' : name}.wasm`), namespace: 'chars' }
      })
      build.onLoad({ filter: /.*/, namespace: 'chars' }, ({ path }) => chars(path))
    },
  }
}

/** Bundles everything from `made` (the folder with `engine.js` and the wasm files) into dist/. */
export async function bundle(made, { dev, version }) {
  // Loaded only now: it may have been installed by this very command.
  const esbuild = await import('esbuild')
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  const shared = {
    bundle: true,
    minifySyntax: !dev,
    write: false,
    // Every browser that takes the wasm knows this much: it has places for references.
    target: 'es2021',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    // Private properties are written with one underscore; the glue's own `__wbg_ptr` is left alone.
    mangleProps: dev ? undefined : /^_[a-z]/,
    define: { VERSION: JSON.stringify(version), DEV: String(dev) },
  }
  await Promise.all(
    BUNDLES.map(async ({ entry, file, format }) => {
      const { outputFiles } = await esbuild.build({
        ...shared,
        plugins: [generated(made)],
        format,
        bundle: format !== undefined,
        entryPoints: [sdk(entry)],
      })
      const [{ text }] = outputFiles
      const code = dev ? text : await shorten(text, format)
      writeFileSync(join(dist, file), (BANNERS[file] ?? '') + code.trim().replace(/;$/, '') + (format ? '\n' : ''))
    }),
  )
  for (const types of ['index.d.ts', 'events.d.ts', 'options.d.ts', 'consent.d.ts', 'widget.d.ts', 'web-pixel.d.ts']) copyFileSync(sdk(types), join(dist, types))
  copyFileSync(join(made, 'cartbeacon.wasm'), join(dist, 'cartbeacon.wasm'))
}

/** dist/formats.js anew, around another wasm, which is then all it knows. */
export async function bundleFormats(wasm) {
  const { build } = await import('esbuild')
  const own = {
    name: 'own',
    setup(build) {
      build.onResolve({ filter: /^#formats-all-chars$/ }, () => ({ path: wasm, namespace: 'chars' }))
      build.onLoad({ filter: /.*/, namespace: 'chars' }, ({ path }) => chars(path))
    },
  }
  const shared = { bundle: true, minifySyntax: true, write: false, target: 'es2021', charset: 'utf8', legalComments: 'none', logLevel: 'silent', format: 'esm' }
  const { outputFiles } = await build({ ...shared, plugins: [own], entryPoints: [sdk('formats-all.js')] })
  writeFileSync(join(dist, 'formats.js'), `${(await shorten(outputFiles[0].text, 'esm')).trim()}\n`)
}
