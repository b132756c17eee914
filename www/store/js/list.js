import { listView } from '../shared/view/list.js'
import { params, show } from './page.js'

show(listView, { category: params.category, sort: params.sort })
