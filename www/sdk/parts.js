/** The parts as the npm entries get them: imports that bundlers follow, so that they are there wherever the entry is. */

export const gzip = () => import('./gzip.js')
