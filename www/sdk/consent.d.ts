/** `cartbeacon/consent`: passes on what consent platforms say. A tracker needs the option `consent.source` to wait for it. */

import type { ConsentOptions, Tracker } from './index.js'

/** `source`, `waitMs`, `region` and `vendor` of the tracker's own consent options. Returns what ends the looking. */
export function listen(
  tracker: Pick<Tracker, 'consent'>,
  options?: Pick<ConsentOptions, 'source' | 'waitMs' | 'region' | 'vendor'>,
): () => void
