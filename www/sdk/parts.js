/** The parts as the npm entries get them: imports that bundlers follow, so that they are there wherever the entry is. */

const PARTS = {
  destinations: () => import('./destinations.js'),
  filter: () => import('./filter.js'),
  debug: () => import('./debug.js'),
  forward: () => import('./forward.js'),
  formats: () => import('./formats.js'),
  gzip: () => import('./gzip.js'),
  privacy: () => import('./privacy.js'),
  sources: () => import('./sources.js'),
  behaviour: () => import('./behaviour.js'),
  device: () => import('./device.js'),
  errors: () => import('./errors.js'),
  impressions: () => import('./impressions.js'),
  vitals: () => import('./vitals.js'),
  visits: () => import('./visits.js'),
  sampling: () => import('./sampling.js'),
  cookie: () => import('./cookie.js'),
  linker: () => import('./linker.js'),
  clicks: () => import('./clicks.js'),
  forms: () => import('./forms.js'),
  friction: () => import('./friction.js'),
  anonymous: () => import('./anonymous.js'),
  outbox: () => import('./outbox.js'),
}

export const findPart = (name) => PARTS[name]()
