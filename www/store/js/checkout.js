import { checkoutView } from '../shared/view/checkout.js'
import { show } from './page.js'

/** The step is the fragment, so that back and forward walk through the steps. */
const step = () => show(checkoutView, { step: location.hash.slice(1) })

window.addEventListener('hashchange', step)
step()
