/**
 * What became of a form: begun, sent or left, and how long each field took. It knows fields by their names, never what
 * stands in them. Times are ms of the monotonic clock, given by the caller.
 */

/** So many fields are listed. */
const MOST = 30

export const story = () => {
  const times = new Map()
  let begun, current, since, last
  let errors = 0
  let failed

  const settle = (now) => {
    if (current) times.set(current, times.get(current) + now - since)
    since = now
  }

  return {
    /** A field has the focus; '' for one of which nothing may be said, undefined where none has it any more. */
    focus(now, field) {
      settle(now)
      current = field
      if (!field) return
      last = field
      times.set(field, times.get(field) || 0)
    },
    /** Something was put in, by hand or by the browser. Whether that begins the form. */
    input(now, field) {
      if (field && !times.has(field)) times.set(field, 0)
      if (field) last = field
      const isFirst = begun == undefined
      begun ??= now
      return isFirst
    },
    /** The browser refused what stands in a field. */
    refuse(field) {
      errors++
      failed = field || failed
    },
    isBegun: () => begun != undefined,
    /** The fields of its event; then it starts anew. */
    end(now) {
      settle(now)
      const fields = [...times].slice(0, MOST)
      const told = {
        last_field: last,
        fields_touched: times.size,
        field_times: fields.map(([name, ms]) => `${name}:${Math.round(ms)}`).join(' ') || undefined,
        form_time_msec: begun == undefined ? undefined : Math.round(now - begun),
        form_errors: errors || undefined,
        last_error_field: failed,
      }
      times.clear()
      if (current) times.set(current, 0)
      begun = last = failed = undefined
      errors = 0
      return told
    },
  }
}
