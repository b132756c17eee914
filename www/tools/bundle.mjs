// The JavaScript of www/sdk joined with the generated glue into the files of dist/.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { at, dist } from './paths.mjs'

const sdk = (name) => at('www/sdk', name)

/** Every file of dist/; what is not bundled is copied. */
export const SHIPPED = ['cartbeacon.js', 'cartbeacon.wasm', 'gzip.js', 'index.js', 'index.d.ts', 'inline.js', 'slim.js', 'stub.js']

const BUNDLES = [
  { entry: 'tag.js', file: 'cartbeacon.js', format: 'iife' },
  { entry: 'index.js', file: 'index.js', format: 'esm' },
  { entry: 'inline.js', file: 'inline.js', format: 'esm' },
  { entry: 'slim.js', file: 'slim.js', format: 'esm' },
  // A part; the entries import it when they need it.
  { entry: 'gzip.js', file: 'gzip.js', format: 'esm' },
  // What shops paste: no wrapper, no bundler's prelude.
  { entry: 'stub.js', file: 'stub.js' },
]

<<<<<<< HEAD
// Nearly all of the tag runs at once: V8 then compiles it in one go, off the main thread, instead of function by function.
const HINTED = { 'cartbeacon.js': { js: '//# allFunctionsCalledOnLoad' } }

/** Two imports that no file answers: the generated glue, and the wasm as text for the entry that carries it inside. */
=======
/** Imports that no file answers: the generated glue, and a wasm as text for what carries it inside. */
>>>>>>> 8cde10b (wip all)
function generated(made) {
  return {
    name: 'generated',
    setup(build) {
      // A part stays an import of the file beside the entry.
      build.onResolve({ filter: /^\.\// }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined))
      build.onResolve({ filter: /^#engine$/ }, () => ({ path: join(made, 'engine.js') }))
      for (const [name, file] of [['wasm', 'cartbeacon.wasm'], ['gzip', 'gzip.wasm']])
        build.onResolve({ filter: new RegExp(`^#${name}-base64$`) }, () => ({ path: file, namespace: 'base64' }))
      build.onLoad({ filter: /.*/, namespace: 'base64' }, ({ path }) => ({
        contents: readFileSync(join(made, path)).toString('base64'),
        loader: 'text',
      }))
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
    minify: !dev,
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    define: { VERSION: JSON.stringify(version), DEV: String(dev) },
    // Private properties are written with one underscore; the glue's own `__wbg_ptr` is left alone.
    mangleProps: dev ? undefined : /^_[a-z]/,
    plugins: [generated(made)],
  }
  await Promise.all(
    BUNDLES.map(({ entry, file, format }) =>
      esbuild.build({ ...shared, format, bundle: format !== undefined, banner: HINTED[file], entryPoints: [sdk(entry)], outfile: join(dist, file) })),
  )
  const stub = join(dist, 'stub.js')
  writeFileSync(stub, readFileSync(stub, 'utf8').trim().replace(/;$/, ''))
  copyFileSync(sdk('index.d.ts'), join(dist, 'index.d.ts'))
  copyFileSync(join(made, 'cartbeacon.wasm'), join(dist, 'cartbeacon.wasm'))
}
