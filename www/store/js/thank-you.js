import { thanksView } from '../shared/view/thanks.js'
import { params, show } from './page.js'

show(thanksView, { order: params.order })
