/** The formats most shops speak: ndjson, segment, rudderstack, posthog, matomo, umami, snowplow. Others are fetched. */

import base64 from '#formats-base64'
import { opener } from './foreign.js'

export const part = opener(base64, () => import('./formats-all.js'))
