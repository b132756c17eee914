import url from 'cartbeacon/cartbeacon.wasm'
import { init } from 'cartbeacon/slim'

// A promise of a compiled module will do, so that the tracker is there at once.
window.tracker = init({ endpoint: '/collect', site: 'slim-module', wasm: WebAssembly.compileStreaming(fetch(url)) })
