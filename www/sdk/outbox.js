/**
 * The part that keeps the outbox's records in local storage, fetched when consent first allows to store: see `Kept` in
 * src/engine/io.rs and src/edge/store.js. Nothing here decides anything; what throws is caught by the edge.
 *
 * Keys begin with `cb_`, the site and `!`. That alone is the mark that a yes is kept in this browser; with `tab!number` a
 * record: a checksum, a dot, and the text.
 */

import { FOUND, OPENED, quietly } from '../../src/edge/page.js'

/** How long a page that is being left may take to go, in milliseconds. */
const LEAVING = 3_000

/** FNV-1a, 32 bits: against damage, not against malice. http://www.isthe.com/chongo/tech/comp/fnv/ */
const sum = (text) => {
  let hash = -2128831035
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619)
  return hash
}

/**
 * Opens the outbox under a name for this tab. A tab holds a lock of its name, so whoever gets the lock of another's name
 * knows that it is gone, and has what it left. Without Web Locks (no secure context) a page takes over all that it finds
 * when it opens: ids make up for a race. `hear(what, slot, text)` is told what was opened, found and withdrawn.
 *
 * Gecko takes no page into its back/forward cache that holds a lock or waits for one, and decides that when the next page's
 * answer comes: before `pagehide`, after `beforeunload`. There a page leaves a note in `beforeunload`, a record without a number,
 * under each name that it has, and lets go in the next task: other processes are told of what is written when a task has ended,
 * of a lock at once, so that whoever got it in between would find no note. Who gets the lock and finds a note comes back when the
 * note is gone, as it is once the page is, or after twice as long as the page may take: a tab that is closed has not always the
 * time to remove it. If the page stays, it takes its locks back.
 *
 * Answers what keeps a record (1: there is no room) or, without a slot, removes all but those of the listed slots; what gives the
 * names back; and whether a slot's record is there. `sign` stands between the parts of a record's key.
 */
const open = (mark, hear, sign = '!') => {
  const store = localStorage
  const tab = Math.random().toString(36).slice(2)
  const closing = new AbortController()
  const { locks } = navigator
  /** The names that are asked for (1), those that this tab has (2), and those whose note has to go first (-1). */
  const names = {}
  /** The notes of others that were waited for, by name, and the records that were found, by key. */
  const notes = {}
  /** Our own while the page is being left. */
  let note
  let timer
  /** Ends all locks and requests. */
  let holding = new AbortController()
  /** Keys of the records by slots: the engine's own count from 1, those that were found from 2³¹. */
  const records = {}
  let slots = 2 ** 31
  /** Of the records of all tabs, in UTF-16 units. */
  let stored = 0
  const tabOf = (key) => key.slice(mark.length).split(sign)[0]
  const noteOf = (name) => mark + name + sign

  /** Looks at what is there under a key: a record of a name that this tab has taken over, or of one to be asked for. */
  const find = (key) => {
    const value = store.getItem(key)
    const name = tabOf(key)
    claim(name)
    if (value && names[name] > 1 && name != tab && !notes[key]) {
      notes[key] = records[++slots] = key
      const [hash] = value.split('.', 1)
      const text = value.slice(hash.length + 1)
      hear(FOUND, slots, sum(text) == hash ? text : '')
    }
    return value
  }

  const claim = (name) => {
    if (!name || names[name] > 0) return
    names[name] = 1
    if (!note) request(name)
  }

  const request = (name) => {
    const { signal } = holding
    const take = () => {
      if (signal.aborted) return
      const isBack = names[name] > 1
      try {
        const found = store.getItem(noteOf(name))
        if (found && !isBack && found != notes[name]) {
          names[name] = -1
          setTimeout(() => {
            notes[name] = found
            claim(name)
          }, 2 * LEAVING)
          return
        }
        names[name] = 2
        if (found) store.removeItem(noteOf(name))
        if (!isBack)
          for (const key of Object.keys(store).filter((key) => key.startsWith(mark))) {
            const { length } = find(key)
            if (name == tab) stored += length
          }
      } catch {
        // What cannot be read stays where it is.
      }
      if (name == tab && !isBack) hear(OPENED)
      return new Promise((done) => signal.addEventListener('abort', done))
    }
    ;(locks ? locks.request(mark + name, { signal }, take) : Promise.resolve().then(take)).catch(() => {})
  }

  const each = (work) => Object.keys(names).forEach(work)
  const release = () => {
    clearTimeout(timer)
    holding.abort()
  }

  const leaving = () =>
    quietly(() => {
      // Nothing is written when the yes is gone.
      if (!store.getItem(mark.split(sign)[0] + '!')) return
      const word = tab + performance.now()
      each((name) => names[name] > 1 && store.setItem(noteOf(name), word))
      note = word
      clearTimeout(timer)
      timer = setTimeout(() => {
        release()
        holding = new AbortController()
        timer = setTimeout(() => {
          note = 0
          each((name) => names[name] > 0 && request(name))
        }, LEAVING)
      })
    })

  const heard = ({ key, newValue, oldValue }) => {
    if (key?.startsWith(mark)) {
      stored += (newValue || '').length - (oldValue || '').length
      // Other processes may see what a page wrote last only after they have its lock.
      if (locks) quietly(() => find(key))
    }
  }

  const keep = (text, slot, room) => {
    if (slot) {
      const key = mark + tab + sign + slot
      const value = sum(text) + '.' + text
      if (stored + value.length > room) return 1
      store.setItem(key, value)
      stored += value.length
      records[slot] = key
    } else {
      const live = new Set(text.split(','))
      for (const dead of Object.keys(records).filter((slot) => !live.has(slot))) {
        stored -= store.getItem(records[dead])?.length || 0
        store.removeItem(records[dead])
        delete records[dead]
      }
    }
  }

  // Records under another sign are not what says that there is a yes.
  if (sign == '!') store.setItem(mark, 1)
  const { signal } = closing
  addEventListener('storage', heard, { signal })
  if (locks && 'mozInnerScreenX' in globalThis) addEventListener('beforeunload', leaving, { signal })
  claim(tab)
  const close = () => {
    closing.abort()
    release()
    if (note) quietly(() => each((name) => names[name] > 1 && store.removeItem(noteOf(name))))
  }
  return [keep, close, (slot) => store.getItem(records[slot])]
}

export const part = open
