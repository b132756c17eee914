// A page's consent platform made from the IAB's own library.
import { CmpApi } from '@iabtechlabtcf/cmpapi'
import { GVL, TCModel, TCString } from '@iabtechlabtcf/core'
import { banner } from './banner.js'

const purposes = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [at + 1, { id: at + 1, name: `${at + 1}`, description: '', illustrations: [] }]))
const gvl = new GVL({
  gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 5, lastUpdated: '2026-01-01T00:00:00Z',
  purposes, specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {}, vendors: {},
})
const api = new CmpApi(300, 1, true)

const encode = (granted) => {
  const model = new TCModel(gvl)
  Object.assign(model, { cmpId: 300, cmpVersion: 1, isServiceSpecific: true, publisherCountryCode: 'DE' })
  model.purposeConsents.set(granted)
  return TCString.encode(model)
}
let text = encode([])
const update = (isShown) => api.update(text, isShown)
banner('euconsent-v2', {
  show: () => update(true),
  restore(kept) {
    text = kept
    update(false)
  },
  answer(yes) {
    text = encode(yes ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [])
    update(false)
    return text
  },
})
