/**
 * How long somebody was at a page: while it is visible and focused, up to 30 s after the last sign of a hand. Times are ms of
 * the monotonic clock, given by the caller, who looks in at least every `TICK` while `isAtWork`.
 */

/** A page without input for so long is read no more. */
export const IDLE = 30_000
/** A gap of more than two ticks is a computer that slept or a page that was frozen, if its clock went on: one tick counts. */
export const TICK = 5_000

/** Loading the page counts as a sign. */
export const engaged = (now) => {
  let spent = 0
  let isOn = false
  let from = now
  let touched = now

  const settle = (now) => {
    const gap = Math.min(now, touched + IDLE) - from
    if (isOn && gap > 0) spent += gap > 2 * TICK ? TICK : gap
    from = now
  }

  return {
    /** Whether the page is visible and focused. */
    set(now, on) {
      settle(now)
      // Who comes back is there.
      if (on && !isOn) touched = now
      isOn = on
    },
    touch(now) {
      settle(now)
      touched = now
    },
    /** Whether time passes for it. */
    isAtWork: (now) => isOn && now < touched + IDLE,
    /** Milliseconds so far. */
    read(now) {
      settle(now)
      return Math.round(spent)
    },
    /** What was read has been told. */
    clear: () => (spent = 0),
  }
}
