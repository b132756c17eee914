import { init } from '/node_modules/cartbeacon/dist/index.js'

window.tracker = init({ endpoint: '/collect', site: 'esm' })
