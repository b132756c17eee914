import { init } from 'cartbeacon/inline'

// One file, also as a classic script: there is no wasm to be found.
window.tracker = init({ endpoint: '/collect', site: 'inline', compress: true })
