/** Stand-ins for local storage and Web Locks. */

/** As the browser has it: keys are properties, so that `Object.keys` lists them. */
export class Storage {
  setItem(key, value) {
    this[key] = String(value)
  }
  getItem(key) {
    return this[key] ?? null
  }
  removeItem(key) {
    delete this[key]
  }
}

/** Web Locks: whoever asks first has it until its promise ends. */
export class Locks {
  #held = new Map()
  async request(name, { signal }, work) {
    const before = this.#held.get(name)
    let end
    this.#held.set(name, new Promise((resolve) => (end = resolve)))
    await before
    if (!signal.aborted) await work()
    end()
  }
}
