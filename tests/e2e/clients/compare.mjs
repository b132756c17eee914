// What two clients sent, field by field: where both have it, where one has, and where they do not agree.

/** `a.b` to value, for everything inside; a list by place, Snowplow's entities by the name of their schema. */
function flat(value, path = '', out = {}) {
  if (value && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) flat(inner, path ? `${path}.${key}` : key, out)
    if (!Object.keys(value).length) out[path] = Array.isArray(value) ? '[]' : '{}'
  } else out[path] = value
  return out
}

const schemaName = (schema) => schema.split('/')[1]

/** A payload of Snowplow's, its JSON texts opened. */
function opened({ co, ue_pr, se_pr, ...payload }) {
  const entities = {}
  for (const { schema, data } of co ? JSON.parse(co).data : []) (entities[schemaName(schema)] ??= []).push(data)
  const event = ue_pr ? JSON.parse(ue_pr).data : undefined
  return { ...payload, ...(event && { ue: { schema: event.schema, ...event.data } }), ...(se_pr && { se_pr: JSON.parse(se_pr) }), entities }
}

/** Events in order, and what stands beside them, of the requests of one client. */
export function read(requests) {
  const bodies = requests.map(({ path, type, body }) => ({ path: path.split('?')[0], type: type.split(';')[0], ...JSON.parse(body) }))
  const events = bodies.flatMap(({ batch, data }) => batch ?? data.map(opened))
  const { batch, data, ...beside } = bodies[0]
  return { beside: flat(beside), events: events.map((event) => flat(event)) }
}

const kindOf = (ours, theirs) => {
  if (ours === undefined) return 'theirs alone'
  if (theirs === undefined) return 'ours alone'
  if (ours === theirs) return 'same'
  return typeof ours === typeof theirs ? 'other value' : `${typeof ours}, not ${typeof theirs}`
}

/** `[path, kind, names of the events]` of each field that is not the same everywhere, and how many fields are. */
export function differences(ours, theirs, names) {
  const found = new Map()
  let same = 0
  const note = (a, b, name) => {
    for (const path of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const kind = kindOf(a[path], b[path])
      if (kind === 'same') same++
      else {
        // How many brands a browser names, say, is its own affair.
        const key = `${path.replace(/\.\d+(?=\.|$)/g, '.*')}|${kind}`
        found.set(key, (found.get(key) ?? new Set()).add(name))
      }
    }
  }
  note(ours.beside, theirs.beside, 'request')
  names.forEach((name, at) => note(ours.events[at] ?? {}, theirs.events[at] ?? {}, name))
  const rows = [...found].map(([key, events]) => [...key.split('|'), events.size === names.length ? 'all' : [...events].join(', ')])
  return { same, rows: rows.sort(([a, x], [b, y]) => (x + a < y + b ? -1 : 1)) }
}
