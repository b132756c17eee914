/**
 * What the tracker keeps of its visitor, as src/engine/session.rs writes it, for parts without a wasm:
 * `1.visitor.session.number.started.last.seq.choices.consented`, numbers in decimal.
 */

export const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** What it holds; undefined where it is none of ours. */
export const read = (text) => {
  const [version, visitor, session, ...numbers] = String(text || '').split('.')
  if (version != '1' || !UUID.test(visitor) || !UUID.test(session) || numbers.length != 6 || !numbers.every((number) => /^\d{1,16}$/.test(number))) return
  const [n, started, last, seq, choices, consented] = numbers.map(Number)
  return { visitor, session, n, started, last, seq, choices, consented }
}

/** The identity for an event of the moment `t`: the same session, or the next where it was idle or lasted for too long. */
export const touch = (kept, t, { idle, max, id, decided }) => {
  const goesOn = kept && t - kept.last <= idle && t - kept.started <= max
  const { visitor, n, choices = 0, consented = decided } = kept || { visitor: id(), n: 0 }
  if (!goesOn) return { visitor, session: id(), n: n + 1, started: t, last: t, seq: 1, choices, consented }
  return { ...kept, last: Math.max(kept.last, t), seq: kept.seq + 1 }
}

/**
 * The text to store; where the storefront has stored no choices, what is `granted` now. The visitor is named where the choices
 * that are stored, or else the present ones, say yes to marketing.
 */
export const write = ({ visitor, session, n, started, last, seq, choices, consented }, granted, isNamed) => {
  const bits = choices || ['analytics', 'marketing', 'preferences', 'sale'].reduce((bits, purpose, bit) => bits | (granted.includes(purpose) << bit), 0)
  return ['1', (choices ? (choices >> 1) & 1 : isNamed) ? visitor : session, session, n, started, last, seq, bits, consented].join('.')
}
