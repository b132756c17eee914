/** What may be said of an element: where it may be, and never what somebody typed. */

import { CLICKABLE, ROLES, SECRET } from '../../../src/edge/click.js'
import { quietly } from '../../../src/edge/page.js'

/** `work`, which throws nothing into the page. */
export const calm = (work) => (...args) => quietly(() => work(...args))

/** '' where there is none. */
export const attribute = (node, name) => node.getAttribute(name) || ''

/** The elements that an event went through, through open shadow roots. */
export const pathOf = (event) => event.composedPath().filter((node) => node.nodeType == 1)

/** Passwords, card numbers and one-time codes. */
export const isSecret = (node) => /^password$/i.test(attribute(node, 'type')) || SECRET.test(attribute(node, 'autocomplete'))

/** Whether nothing may be said of what is there. */
export const isIgnored = (path) => path.some((node) => node.hasAttribute('data-cb-ignore') || isSecret(node))

/** The nearest that is there to be clicked, else the innermost, as in src/edge/click.js. */
export const targetOf = (path) => path.find((node) => CLICKABLE.test(node.localName) || ROLES.test(attribute(node, 'role'))) || path[0]

/** The fields of a `click` on it. */
export const describe = (node) => {
  const fields = { tag: node.localName }
  for (const name of ['id', 'role', 'name', 'type']) fields[name] = attribute(node, name) || undefined
  fields.href = attribute(node, 'href').split(/[?#]/)[0] || undefined
  return fields
}

/** Secret fields of forms that do not say so by `autocomplete`. */
const SECRET_NAME = /pass?w|pwd|card.?n|cc.?(n|ex|c[sv])|cv[cv]|csc|iban|\botp|one.?time/i

/** The name that a field goes by, '' where nothing may be said of it, undefined where it is a button. */
export const fieldName = (node) => {
  const [type, name] = [attribute(node, 'type'), attribute(node, 'name') || attribute(node, 'id')]
  if (node.localName == 'button' || /^(submit|button|image|reset|hidden)$/i.test(type)) return
  return isSecret(node) || SECRET_NAME.test(name) ? '' : (name || type || node.localName).replace(/\s+/g, '_').slice(0, 60)
}
