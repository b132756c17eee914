// CommonJS: the package is a module, so it is loaded by import().
export async function start() {
  const { init } = await import('cartbeacon')
  const tracker = init({ endpoint: '/collect' })
  // @ts-expect-error items are required
  tracker.track('add_to_cart')
  return tracker
}
