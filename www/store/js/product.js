import { productView } from '../shared/view/product.js'
import { params, show } from './page.js'

show(productView, { sku: params.sku })
