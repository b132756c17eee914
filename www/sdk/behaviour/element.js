/** What may be said of an element: where it may be, and never what somebody typed. */

import { SECRET } from '../../../src/edge/click.js'

/** '' where there is none. */
export const attribute = (node, name) => node.getAttribute(name) || ''

/** The elements that an event went through, through open shadow roots. */
export const pathOf = (event) => event.composedPath().filter((node) => node.nodeType == 1)

/** Passwords, card numbers and one-time codes. */
export const isSecret = (node) => /^password$/i.test(attribute(node, 'type')) || SECRET.test(attribute(node, 'autocomplete'))

/** Whether nothing may be said of what is there. */
export const isIgnored = (path) => path.some((node) => node.hasAttribute('data-cb-ignore') || isSecret(node))
