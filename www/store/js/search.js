import { searchView } from '../shared/view/search.js'
import { params, show } from './page.js'

document.getElementById('q').value = params.q ?? ''
show(searchView, { query: params.q })
