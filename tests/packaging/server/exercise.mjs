// Every call of the package where there is no page, with all ways out of the process watched.

/** What `init` gives on a server: the answers, and what it tried to reach. */
export async function exercise({ init }) {
  const reached = []
  globalThis.fetch = async (url) => reached.push(String(url))
  const tracker = init({ endpoint: '/collect', site: 'server', debug: false })
  tracker.on('event', () => reached.push('a subscriber'))()
  const answers = [tracker.track('login'), tracker.page(), tracker.cart({ items: [] }), tracker.consent({ analytics: 'granted' })]
  tracker.identify('customer-1')
  for (const name of ['reset', 'flush', 'erase', 'shutdown']) tracker[name]()
  const { accepted } = tracker.stats()
  return { answers: answers.map((answer) => answer.accepted), accepted, reached, ids: tracker.ids(), ready: await tracker.ready }
}
