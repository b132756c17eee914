/** The npm entry whose part for formats has all there are: one file to fetch for those that the usual one has to ask another for. */

import { besideThis } from './beside.js'
import { findPart } from './parts.js'
import { start } from './tracker.js'

export const init = (options) => start(options, besideThis, (name) => (name == 'formats' ? import('./formats-all.js') : findPart(name))).tracker
