/** Module hooks for these tests: the generated imports become mocks, and `?copy=n` follows from a file to what it imports. */

const GENERATED = {
  '#engine': new URL('engine.mock.mjs', import.meta.url).href,
  '#gzip-base64': 'data:text/javascript,export default globalThis.gzipBase64',
  '#wasm-base64': 'data:text/javascript,export default "AGFzbQEAAAA="',
}

export async function resolve(specifier, context, next) {
  const { search } = new URL(context.parentURL ?? 'file:///')
  const url = GENERATED[specifier] ?? (await next(specifier, context)).url
  return { url: url.startsWith('file:') && search ? url + search : url, shortCircuit: true }
}
