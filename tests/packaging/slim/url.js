import wasm from 'cartbeacon/cartbeacon.wasm'
import { init } from 'cartbeacon/slim'

// With esbuild's loader `file`, importing the wasm gives its URL.
window.tracker = init({ endpoint: '/collect', site: 'slim-url', wasm })
