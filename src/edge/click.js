// What a click is: the declared event of the nearest `data-cb-event`, or a `click` on the nearest element that is there to be
// clicked. No text unless asked, never a value.

export const CLICKABLE = /^(a|button|input|select|textarea|summary|label|option)$/
export const ROLES = /^(button|link|tab|menuitem|option|checkbox|radio|switch)$/
/** Passwords, card numbers and one-time codes are not even described. */
export const SECRET = /(^| )(cc-|one-time-code)|-password$/i
/** The fields of GA4's items; the others belong to the event. */
const OF_ITEM = /^(item_.*|price|quantity|index|discount)$/

/** Has `track()` hear of a click, unless it is to be ignored, hit nothing, or is not wanted and declares nothing. */
export const clicked = (page, event, withText, withClicks) => {
  const path = event.composedPath().filter((node) => node.nodeType == 1)
  let target, declaring
  for (const node of path) {
    const read = (name) => node.getAttribute(name) || ''
    if (node.hasAttribute('data-cb-ignore') || /^password$/i.test(read('type')) || SECRET.test(read('autocomplete'))) return
    if (CLICKABLE.test(node.localName) || ROLES.test(read('role'))) target ||= node
    if (read('data-cb-event')) declaring ||= node
  }
  target ||= path[0]
  // The browser follows a click on a label with one on its control, which says more. Only what the label's side alone
  // declares would be lost with it.
  const control = target?.localName == 'label' && target.control
  const isEchoed = control && !control.disabled && !path.includes(control)
  if (!target || (isEchoed && (!control.getRootNode().contains(declaring) || declaring.contains(control)))) return
  // Without a prototype: a field may have any name.
  const [fields, item] = [{ __proto__: null }, { __proto__: null }]
  // The innermost element has the last word.
  const add = (object, name, value) => value && (object[name] ??= value)
  if (!declaring) {
    // Where on it: the part behind `behaviour.coordinates`.
    Object.assign(fields, page._notify.where?.(event, target))
    add(fields, 'tag', target.localName)
    for (const name of ['id', 'role', 'name', 'type']) add(fields, name, target.getAttribute(name))
    add(fields, 'href', target.getAttribute('href')?.split(/[?#]/)[0])
    // What has many children is no button, and what can be typed into has no text of the shop's.
    if (withText && target.childElementCount < 4 && !/^(input|select|textarea|body)$/.test(target.localName))
      add(fields, 'text', target.textContent.trim().slice(0, 100))
  }
  // What the declaring element leaves out is taken from the elements above it. By name: `attributes` would make an object for each.
  for (const node of declaring ? path.slice(path.indexOf(declaring)) : path)
    for (const attribute of node.getAttributeNames()) {
      const name = attribute.startsWith('data-cb-') && attribute.slice(8).replace(/-/g, '_')
      if (name && name != 'event') add(declaring && OF_ITEM.test(name) ? item : fields, name, node.getAttribute(attribute))
    }
  // One field is enough to make it an item.
  for (const _ in item) fields.items = [item]
  // As if the page had called it: an order then has the same id as one that a script tells of.
  if (declaring || withClicks) page._notify.run('track', [declaring ? declaring.getAttribute('data-cb-event') : 'click', fields])
}
