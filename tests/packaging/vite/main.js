import { init } from 'cartbeacon'

// vite sees the URL of the wasm inside the package and carries the file along, named by its hash.
window.tracker = init({ endpoint: '/collect', site: 'vite', compress: true })
