import { checkoutView } from '../shared/view/checkout.js'
import { show } from './page.js'

/** The step is the fragment, so that back and forward walk through the steps; `#/…` is a route, which counts as a page. */
const step = () => show(checkoutView, { step: location.hash.replace(/^#\/?/, '') })

window.addEventListener('hashchange', step)
step()
