import { homeView } from '../shared/view/home.js'
import { show } from './page.js'

show(homeView)
