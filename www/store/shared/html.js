/**
 * Markup as template text: whatever is put in is escaped, unless it is itself made by `html`. A shop of this size needs
 * no more than that; a page part is drawn again as a whole when it changes.
 */

class Markup {
  constructor(text) {
    this.text = text
  }
}

const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function put(value) {
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(put).join('')
  if (value === undefined || value === null || value === false) return ''
  return String(value).replace(/[&<>"']/g, (sign) => signs[sign])
}

/** Undefined, null and false leave nothing behind, so `${open && html`…`}` reads as it should. */
export const html = (strings, ...values) => new Markup(String.raw({ raw: strings }, ...values.map(put)))

/** Draws into `root`; the control that had the focus gets it back if one with the same id is drawn again. */
export function draw(root, markup) {
  const { activeElement } = document
  const id = root.contains(activeElement) ? activeElement.id : ''
  root.innerHTML = markup.text
  if (id) document.getElementById(id)?.focus({ preventScroll: true })
}

/** Listens on `root` for events from elements that match; `act(element, event)`. */
export function listen(root, type, selector, act) {
  root.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector)
    if (found && root.contains(found)) act(found, event)
  })
}

export const icon = (name, className = 'icon') =>
  html`<svg class="${className}" width="24" height="24" aria-hidden="true" focusable="false"><use href="/img/icons.svg#${name}"/></svg>`

/** Set before a view tracks anything, so that no event carries the title of the page before. */
export function setTitle(text) {
  document.title = `${text} – Quern`
}
