/**
 * The part behind `impressions` of the option `capture`: articles and promotions that were really seen, at least half of
 * them for a second, once per page view. They become `view_item_list` with the articles, and `view_promotion`.
 *
 * What is watched: elements with `data-cb-impression` (`="promotion"` for those), described by `data-cb-*` on them and above
 * them; and schema.org's lists: the entries of a microdata ItemList, and links to the entries of one in JSON-LD. Also in open
 * shadow roots, and what is added later.
 */

import { LEAVE, PAGE, VISIBILITY } from '../../src/edge/page.js'
import { clean } from './sources/common.js'
import { entriesOf, jsonLists, listed, node } from './sources/schema.js'

const WAIT = 1000
/** What is seen within so many ms goes into one event. */
const GATHER = 250
/** GA4's limit of items. */
const MOST = 200
/** Of something taller than the window, half of the window counts as well. */
const STEPS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5]

const MARK = 'data-cb-impression'
/** The fields of GA4's items; the others belong to the event, as does the list. */
const OF_ITEM = /^(item_(?!list_).*|price|quantity|index|discount|location_id)$/

/** Up through the tree and out of shadow roots. */
const above = (element) => element.parentElement || element.getRootNode().host

/** What is declared on an element and above it; the innermost has the last word. Nothing where capture is forbidden. */
export const declared = (element) => {
  const [fields, item] = [{ __proto__: null }, { __proto__: null }]
  for (let at = element; at; at = above(at)) {
    if (at.hasAttribute('data-cb-ignore')) return
    for (const attribute of at.getAttributeNames()) {
      const name = attribute.startsWith('data-cb-') && attribute.slice(8).replace(/-/g, '_')
      const value = name && !/^(event|impression|privacy)$/.test(name) && at.getAttribute(attribute)
      if (value) (OF_ITEM.test(name) ? item : fields)[name] ??= value
    }
  }
  return { fields, item }
}

const bare = (url) => {
  try {
    return new URL(url, document.baseURI).href.split('#')[0]
  } catch {
    return ''
  }
}

/** Entries of JSON-LD's lists by their address. */
const linked = () => {
  const found = new Map()
  for (const list of jsonLists())
    entriesOf(list).forEach((entry, at) => {
      const url = entry.url || entry.item?.url || entry.item?.['@id'] || entry.item
      if (typeof url == 'string') found.set(bare(url), { fields: { item_list_name: list.name }, item: listed(entry, at) })
    })
  return found
}

/** A list may hold nothing but addresses: then an article is called as its link is. */
const ofLink = (link, { fields, item }) => {
  const name = link.textContent.trim().replace(/\s+/g, ' ') || link.querySelector('img')?.alt || ''
  return { fields, item: item.item_id || item.item_name ? item : { ...item, item_name: name.slice(0, 100) } }
}

/** An entry of a microdata list. */
const ofMicrodata = (element) => {
  const list = element.closest('[itemtype*="schema.org/ItemList"]')
  if (!list || element.hasAttribute(MARK) || element.querySelector(`[${MARK}]`) || element.closest('[data-cb-ignore]')) return
  return { fields: { item_list_name: node(list).name }, item: listed(element.hasAttribute('itemscope') ? node(element) : {}) }
}

export const make = (tracker, options, tell) => {
  /** What describes each element that is watched. */
  let watched = new WeakMap()
  let links = linked()
  const seen = new Set()
  const timers = new Map()
  const onScreen = new Set()
  /** Articles by what their event has in common, as JSON. */
  const lists = new Map()
  let gathering, scanning
  const added = new Set()

  const flush = () => {
    clearTimeout(gathering)
    gathering = 0
    for (const [fields, items] of lists) tracker.track('view_item_list', clean({ ...JSON.parse(fields), items }))
    lists.clear()
  }

  const mature = (element) => {
    timers.delete(element)
    const { fields, item } = watched.get(element)?.(element) || {}
    if (!fields) return
    const isPromotion = element.getAttribute(MARK) == 'promotion'
    const key = isPromotion
      ? JSON.stringify([fields.promotion_id, fields.promotion_name, fields.creative_name, fields.creative_slot])
      : JSON.stringify([fields.item_list_id, fields.item_list_name, item.item_id || item.item_name, item.item_variant])
    if (seen.has(key)) return
    if (isPromotion) {
      seen.add(key)
      return tracker.track('view_promotion', clean({ ...fields, items: item.item_id || item.item_name ? [item] : undefined }))
    }
    if (!item.item_id && !item.item_name) return
    seen.add(key)
    const { currency = item.currency, ...others } = fields
    const group = JSON.stringify({ ...others, currency })
    // A price in no currency is none.
    lists.set(group, [...(lists.get(group) || []), currency ? item : { ...item, price: undefined, discount: undefined }])
    if (lists.get(group).length >= MOST) flush()
    gathering ||= setTimeout(flush, GATHER)
  }

  /** Begins or ends the second of what is on screen. */
  const time = (element) => {
    const isOn = onScreen.has(element) && !document.hidden
    if (isOn && !timers.has(element)) timers.set(element, setTimeout(mature, WAIT, element))
    if (isOn) return
    clearTimeout(timers.get(element))
    timers.delete(element)
  }
  const timeAll = () => [...new Set([...onScreen, ...timers.keys()])].forEach(time)

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio, intersectionRect: part } of entries) {
        const area = part.width * part.height
        const isHalf = area > 0 && (intersectionRatio >= 0.5 || area * 2 >= innerWidth * innerHeight)
        if (isHalf) onScreen.add(target)
        else onScreen.delete(target)
        time(target)
      }
    },
    { threshold: STEPS },
  )

  const watch = (element, describe) => {
    if (watched.has(element)) return
    watched.set(element, describe)
    observer.observe(element)
  }

  const each = (root, selector, use) => {
    if (root.matches?.(selector)) use(root)
    root.querySelectorAll(selector).forEach(use)
  }

  const scan = (root) => {
    each(root, `[${MARK}]`, (element) => watch(element, declared))
    each(root, '[itemprop~="itemListElement"]', (element) => watch(element, ofMicrodata))
    if (links.size)
      each(root, 'a[href]', (link) => {
        const entry = links.get(bare(link.href))
        const card = link.closest('li, article') || link
        if (entry && !card.closest(`[${MARK}], [data-cb-ignore]`)) watch(card, () => ofLink(link, entry))
      })
    each(root, '*', ({ shadowRoot }) => shadowRoot && enter(shadowRoot))
  }

  const roots = new WeakSet()
  const changes = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records)
      if (type == 'attributes') {
        // A list that draws another article into the same element.
        observer.unobserve(target)
        onScreen.delete(target)
        time(target)
        watched.delete(target)
        added.add(target)
      } else for (const node of addedNodes) if (node.nodeType == 1) added.add(node)
    if (added.size) scanning ||= (globalThis.requestIdleCallback || setTimeout)(scanAdded, { timeout: 500 })
  })
  const scanAdded = () => {
    scanning = 0
    const all = [...added].filter((node) => node.isConnected)
    added.clear()
    if (all.some((node) => node.localName == 'script' && /ld\+json/.test(node.type))) {
      links = linked()
      return scan(document)
    }
    all.forEach(scan)
  }
  const enter = (root) => {
    if (!roots.has(root)) {
      roots.add(root)
      changes.observe(root, { childList: true, subtree: true, attributeFilter: [MARK, 'data-cb-item-id', 'data-cb-promotion-id'] })
    }
    scan(root)
  }
  enter(document)

  // Another page view: all is seen anew.
  const off = tracker.on('event', ({ name }) => {
    if (name != 'page_view') return
    seen.clear()
    observer.disconnect()
    onScreen.clear()
    timeAll()
    watched = new WeakMap()
    links = linked()
    enter(document)
  })
  const closing = new AbortController()
  document.addEventListener('visibilitychange', timeAll, { signal: closing.signal })
  const heed = (what) => {
    // What was seen is still of the page that is being left.
    if (what === undefined || what == PAGE || what == LEAVE || (what == VISIBILITY && document.hidden)) flush()
    if (what !== undefined) return
    closing.abort()
    observer.disconnect()
    changes.disconnect()
    onScreen.clear()
    timeAll()
    off()
  }
  ;(tell.heeds ||= new Set()).add(heed)
}
