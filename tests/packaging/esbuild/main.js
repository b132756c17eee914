import { init } from 'cartbeacon'

// esbuild leaves the URL of the wasm as it is: the build copies the file beside the bundle.
window.tracker = init({ endpoint: '/collect', site: 'esbuild', compress: true })
