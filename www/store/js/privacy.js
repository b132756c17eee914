import { privacyView } from '../shared/view/privacy.js'
import { show } from './page.js'

show(privacyView)
