// Imported for what it does; a bundler must not take it for dead code.
import 'cartbeacon/stub'

window.cartbeacon('track', 'login')
