/** The formats most shops speak: ndjson, segment, rudderstack, posthog, matomo, umami, snowplow. Others are fetched. */

import wasm from '#formats-chars'
import { opener } from './foreign.js'

export const part = opener(wasm, () => import('./formats-all.js'))
