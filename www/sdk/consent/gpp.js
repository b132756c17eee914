/**
 * IAB Global Privacy Platform 1.1, `__gpp`:
 * https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform/blob/main/Core/CMP%20API%20Specification.md
 *
 * Nothing is read before `signalStatus` is `ready`. Of the sections only those that apply to this shopper count, and the
 * most restrictive of them. The sections of the US states know opt-outs: of sale and sharing, of targeted advertising, and
 * Global Privacy Control as a sub-section; counting visits is none of their questions.
 */

import { choices } from './tcf.js'

/** The section that is the TCF's string for the EU. */
const EU = 2
const OPTED_OUT = 1
const all = (answer) => ({ analytics: answer, marketing: answer, preferences: answer, sale: answer })

/** Segments come as one object or as a list of them. */
const flat = (section) => Object.assign({}, ...[section].flat(2))

const eu = ({ PurposeConsents = [], VendorConsents = [] }, vendor) =>
  choices([undefined, ...PurposeConsents], !vendor || VendorConsents.includes(+vendor))

const us = ({ SaleOptOut, SharingOptOut, TargetedAdvertisingOptOut, Gpc, OptOutSale }) => {
  const sold = [SaleOptOut, SharingOptOut].includes(OPTED_OUT) || Gpc === true || Gpc === 1 || OptOutSale == 'Y'
  const targeted = TargetedAdvertisingOptOut === OPTED_OUT
  return { ...all('granted'), sale: sold ? 'denied' : 'granted', marketing: targeted ? 'denied' : 'granted' }
}

export const gpp = (say, { vendor }) => {
  if (typeof window.__gpp != 'function') return false
  if (!say) return true
  window.__gpp('addEventListener', (event, success) => {
    const ping = event && event.pingData
    if (!success || !ping || ping.signalStatus != 'ready') return
    const { applicableSections = [], parsedSections = {} } = ping
    // No section applies (0): nothing to forbid. Not known (-1), or nothing said: no answer.
    if (applicableSections.includes(0)) return say(all('granted'))
    if (!applicableSections.length || applicableSections.includes(-1)) return
    const said = {}
    for (const id of applicableSections) {
      const names = Object.keys(parsedSections).filter((name) => idOf(name) == id)
      // One that cannot be read may forbid anything.
      if (!names.length) return
      for (const name of names) {
        const section = flat(parsedSections[name])
        const answers = id == EU ? eu(section, vendor) : us(section)
        for (const purpose in answers) if (said[purpose] != 'denied') said[purpose] = answers[purpose]
      }
    }
    say(said)
  })
  return true
}

/** https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform/blob/main/Sections/Section%20Information.md */
const IDS = { tcfeuv2: EU, uspv1: 6, usnat: 7, usca: 8, usva: 9, usco: 10, usut: 11, usct: 12, usfl: 13, usmt: 14, usor: 15, ustx: 16,
  usde: 17, usia: 18, usne: 19, usnh: 20, usnj: 21, ustn: 22, usmn: 23, usmd: 24, usin: 25, usky: 26, usri: 27 }
const idOf = (name) => IDS[name] || IDS[name.replace(/v\d+$/, '')]
