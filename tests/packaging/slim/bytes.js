import wasm from 'cartbeacon/cartbeacon.wasm'
import { init } from 'cartbeacon/slim'

// With esbuild's loader `binary`, importing the wasm gives its bytes.
window.tracker = init({ endpoint: '/collect', site: 'slim-bytes', wasm })
