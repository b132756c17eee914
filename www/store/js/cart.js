import { cartView } from '../shared/view/cart.js'
import { show } from './page.js'

show(cartView)
