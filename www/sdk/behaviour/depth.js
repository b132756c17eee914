/**
 * How far down something was seen, in percent of the height it has now: a list that grew while it was read was read less far.
 */
export const depth = () => {
  let bottom = 0
  let height = 0
  return {
    /** What is on screen begins at `top` and is `view` high, of `all`. */
    see({ scrollTop, clientHeight, scrollHeight }) {
      bottom = Math.max(bottom, scrollTop + clientHeight)
      height = scrollHeight
    },
    /** Whole percent, 0 where nothing was seen. Half pixels of zoomed pages count as the end. */
    percent: () => (bottom + 1 >= height ? (height ? 100 : 0) : Math.floor((bottom * 100) / height)),
  }
}

/** The marks that are passed now and were not before. */
export const passed = (marks, before, now) => marks.filter((mark) => mark > before && mark <= now)
