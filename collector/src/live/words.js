// What the short names of losses and refusals mean.

export const LOSSES = {
  consent_denied: 'the shopper said no',
  withdrawn: 'the shopper took the consent back',
  queue_full: 'more waited than the page may hold',
  expired: 'waited too long for a connection',
  oversize: 'one event larger than a send may be',
  rejected: 'the endpoint refused it',
  filtered: 'the store’s own beforeSend dropped it',
  sampled: 'outside the sample',
  duplicate: 'the same thing twice',
}

export const REFUSALS = {
  event: 'Event turned away',
  malformed: 'Not a batch',
  too_large: 'Too large',
  consent: 'Without consent',
  origin: 'Page of another origin',
  slow: 'Too slow',
  busy: 'Told to come back',
  unstored: 'Database busy',
}
