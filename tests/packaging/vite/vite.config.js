// Only for vite's development server, which bundles dependencies beforehand and loses the wasm that lies beside them.
export default { optimizeDeps: { exclude: ['cartbeacon'] } }
