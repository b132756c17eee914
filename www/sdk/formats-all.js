/** Every format there is. */

import base64 from '#formats-all-base64'
import { opener } from './foreign.js'

export const part = opener(base64)
