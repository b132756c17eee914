/** Module hooks for these tests: the generated imports become mocks, and `?copy=n` follows from a file to what it imports. */

const GENERATED = {
  '#engine': new URL('engine.mock.mjs', import.meta.url).href,
  '#debug-chars': 'data:text/javascript,export default globalThis.debugChars',
  '#formats-all-chars': 'data:text/javascript,export default globalThis.formatsChars',
  '#gzip-chars': 'data:text/javascript,export default globalThis.gzipChars',
  '#privacy-chars': 'data:text/javascript,export default globalThis.privacyChars',
  '#wasm-chars': 'data:text/javascript,export default String.fromCharCode(35,132,150,144,36,35,35,35)',
}

export async function resolve(specifier, context, next) {
  const { search } = new URL(context.parentURL ?? 'file:///')
  // What the tag imports from beside itself.
  const beside = /^https:.*\/(\w+\.js)/.exec(specifier)
  if (beside) return { url: new URL(`../../www/sdk/${beside[1]}${search}`, import.meta.url).href, shortCircuit: true }
  const url = GENERATED[specifier] ?? (await next(specifier, context)).url
  return { url: url.startsWith('file:') && search ? url + search : url, shortCircuit: true }
}
