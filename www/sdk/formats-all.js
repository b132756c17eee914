/** Every format there is. */

import wasm from '#formats-all-chars'
import { opener } from './foreign.js'

export const part = opener(wasm)
