/**
 * The part for clicks that went wrong: in anger, because nothing happens, and dead, because nothing happened. What counts as
 * something is a change of the document, another page, scrolling, a selection, or what a field, form, film or dialog does.
 */

import { LEAVE, PAGE, VISIBILITY } from '../../src/edge/page.js'
import { attribute, calm, describe, isIgnored, pathOf, targetOf } from './behaviour/element.js'
import { everyDocument } from './behaviour/frames.js'
import { isPlayed, isStep, rage } from './behaviour/rage.js'

/** How long something may take to happen, in ms. */
const WAIT = 2500
/** So many dead clicks of a page are told, each place once. */
const MOST = 10
const SIGNS = ['scroll', 'submit', 'invalid', 'formdata', 'input', 'change', 'toggle', 'close', 'cancel', 'play', 'pause', 'copy', 'cut', 'fullscreenchange']
const MUTATIONS = { subtree: true, childList: true, attributes: true, characterData: true }

export const make = (tracker, options, tell) => {
  const closing = new AbortController()
  const { signal } = closing
  const { words, wanted } = tell.captured
  const told = new WeakSet()
  const isAngry = rage()
  const documents = []
  let count = 0
  /** While something may still happen: what ends that. */
  let stop, timer, target

  const alive = () => stop?.()

  /** Looks out for signs of life, from the first touch: menus open before the click. */
  const lookOut = (path) => {
    stop?.()
    const ending = new AbortController()
    const observer = new MutationObserver(alive)
    const roots = path.map((node) => node.shadowRoot).filter(Boolean)
    for (const root of [...documents, ...roots, path[0].getRootNode()]) observer.observe(root, MUTATIONS)
    const listen = (on, name, hear) => on.addEventListener(name, calm(hear), { capture: true, passive: true, signal: ending.signal })
    for (const found of documents) {
      for (const name of SIGNS) listen(found, name, alive)
      // Not the focus that the touch itself gives.
      listen(found, 'focusin', ({ target: focused }) => path.includes(focused) || alive())
      listen(found, 'selectionchange', () => found.getSelection()?.type == 'Range' && alive())
    }
    // Of elements as well, on the way down.
    listen(window, 'blur', (event) => event.target == window && alive())
    // That a link is followed is known before its answer comes.
    if (window.navigation) listen(window.navigation, 'navigate', alive)
    stop = () => {
      stop = target = undefined
      clearTimeout(timer)
      ending.abort()
      observer.disconnect()
    }
    timer = setTimeout(alive, WAIT)
  }

  /** What looks as if a click on it did something here. */
  const promises = (event, path) => {
    const node = targetOf(path)
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || isPlayed(node)) return
    if (/^(label|option)$/.test(node.localName)) return
    const link = path.find(({ localName }) => localName == 'a')
    const href = link && attribute(link, 'href')
    if (href) {
      if (!/^(_self|)$/.test(attribute(link, 'target')) || link.hasAttribute('download')) return
      if (!/^https?:$/.test(link.protocol) || (!window.navigation && link.href.split('#')[0] != location.href.split('#')[0])) return
    }
    const isClickable = node != path[0] || href || /^(button|summary|input)$/.test(node.localName) || attribute(node, 'role')
    return isClickable || getComputedStyle(node).cursor == 'pointer' ? node : undefined
  }

  const clicked = (event) => {
    const path = pathOf(event)
    if (!path.length || isIgnored(path)) return
    const { clientX, clientY, detail, timeStamp, view } = event
    if (words.includes('rageClicks') && detail && !isPlayed(path[0])) {
      const isSelecting = view?.getSelection()?.type == 'Range'
      if (isAngry(clientX, clientY, timeStamp + (view?.performance.timeOrigin || 0)) && !isSelecting && !isStep(path)) tracker.track('rage_click', describe(targetOf(path)))
    }
    if (!words.includes('deadClicks') || count >= MOST) return
    const node = promises(event, path)
    // Something has happened already, between touch and click; or an earlier click is still waiting.
    if (target || !node || told.has(node) || (detail && !stop)) return
    if (!stop) lookOut(path)
    target = node
    clearTimeout(timer)
    timer = setTimeout(calm(() => {
      alive()
      told.add(node)
      count++
      tracker.track('dead_click', describe(node))
    }), WAIT)
  }

  const attach = (found) => {
    documents.push(found)
    const listen = (name, hear) => found.addEventListener(name, calm(hear), { capture: true, passive: true, signal })
    listen('click', clicked)
    if (!words.includes('deadClicks')) return
    listen('pointerdown', (event) => {
      const path = pathOf(event)
      if (!target && count < MOST && path.length && !isIgnored(path)) lookOut(path)
    })
  }

  const heed = (what) => {
    if (what == PAGE || what == LEAVE || what == VISIBILITY || what == undefined) alive()
    if (what == PAGE) count = 0
    if (what != undefined) return
    closing.abort()
    tell.heeds.delete(heed)
  }

  ;(tell.heeds ||= new Set()).add(heed)
  everyDocument(wanted.frames, signal, attach)
}
