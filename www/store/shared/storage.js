/**
 * What the shop keeps in this browser, as JSON under `shop.…`. All of it is needed to run the shop (basket, orders,
 * the privacy choice itself), which is why it may be kept before the visitor has agreed to anything.
 * Where storage is blocked the shop works on from memory, for as long as the page lives.
 */

const memory = new Map()

function area(kind) {
  try {
    return kind === 'tab' ? window.sessionStorage : window.localStorage
  } catch {
    return undefined
  }
}

/** A named value; `kind` is 'browser' (kept) or 'tab' (gone with the tab). */
export function slot(name, empty, kind = 'browser') {
  const key = `shop.${name}`
  return {
    read() {
      try {
        const text = area(kind)?.getItem(key)
        if (text != null) return JSON.parse(text)
      } catch {
        // Unreadable or blocked: the same as never written.
      }
      return memory.has(key) ? memory.get(key) : empty
    },
    write(value) {
      memory.set(key, value)
      try {
        area(kind)?.setItem(key, JSON.stringify(value))
      } catch {
        // Full or blocked: memory has it.
      }
    },
    remove() {
      memory.delete(key)
      try {
        area(kind)?.removeItem(key)
      } catch {
        // Blocked: there was nothing to remove.
      }
    },
    /** Calls `changed` when another tab wrote this value. */
    whenOtherTab(changed, signal) {
      window.addEventListener('storage', (event) => {
        if (event.key === key || event.key === null) changed()
      }, { signal })
    },
  }
}

/** Everything the shop keeps, for the privacy page. */
export function everything() {
  const found = {}
  for (const kind of ['browser', 'tab']) {
    try {
      const store = area(kind)
      for (let i = 0; i < store.length; i += 1) {
        const key = store.key(i)
        if (key.startsWith('shop.')) found[key] = JSON.parse(store.getItem(key))
      }
    } catch {
      // Blocked storage holds nothing to show.
    }
  }
  return found
}
