// Who is measured. `contender` is the object that page.mjs calls, as source: it is made in the page.
// `delivers`: whether its events are waited for.

const CONTENDERS = [
  {
    name: 'nothing',
    data: () => ({}),
    contender: '({ track() {}, page() {}, flush() {} })',
    delivers: false,
  },
  {
    name: 'batcher',
    src: '/batcher.js',
    data: (endpoint) => ({ endpoint }),
    contender: `({ track: (data) => batcher.track('add_to_cart', data), page: batcher.page, flush: batcher.flush })`,
    delivers: true,
  },
  {
    name: 'cartbeacon',
    src: '/cartbeacon.js',
    data: (endpoint) => ({ endpoint, site: 'bench', consentDefault: '{"analytics":"granted"}' }),
    // A page that is said again at once is no other view: each is one of its own, as the stub tells them.
    contender: `(({ tracker, q }, n = 0) => ({
      ready: tracker.ready, track: (data) => tracker.track('add_to_cart', data), flush: tracker.flush,
      page: () => q.push([Date.now(), location.origin + '/page/' + n++, document.title, '', 'page'])
    }))(cartbeacon)`,
    delivers: true,
  },
]

/** Somebody else's tracker (peers.mjs), from the moment its script has run. */
const peer = (name) => ({
  name,
  src: `/peer/${name}.js`,
  data: (endpoint) => ({ endpoint }),
  // They flush by themselves, or when their buffer is full.
  contender: '({ ...peer, flush() {} })',
  delivers: true,
})

export const contenders = (peers) => [...CONTENDERS, ...Object.keys(peers).map(peer)]
