import { calm } from './element.js'

/** The documents of a page: its own, and where asked those of frames of the same origin, now and later. */

/** Calls `attach(document)` once for each; `signal` ends that. */
export const everyDocument = (withFrames, signal, attach) => {
  const known = new WeakSet()
  const visit = (frame) => {
    try {
      const inner = frame.contentDocument
      // A frame is empty first; that document is replaced.
      if (inner && inner.URL != 'about:blank') enter(inner)
    } catch {
      // Another origin's.
    }
  }
  const enter = (found) => {
    if (known.has(found)) return
    known.add(found)
    attach(found)
    if (!withFrames) return
    found.addEventListener('load', calm(({ target }) => target.localName == 'iframe' && visit(target)), { capture: true, signal })
    found.querySelectorAll('iframe').forEach(visit)
  }
  enter(document)
}
