/** The wasm beside the entry. Bundlers look for exactly this expression to carry the file along. */
export const besideThis = () => {
  try {
    return new URL('./cartbeacon.wasm', import.meta.url)
  } catch {
    throw 'wasm: a bundle that is no ES module needs this option, or cartbeacon/inline'
  }
}
