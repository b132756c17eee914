// A page's consent platform made from the IAB's own library: its interface is shown until a button is clicked.
import { CmpApi } from '@iabtechlabtcf/cmpapi'
import { GVL, TCModel, TCString } from '@iabtechlabtcf/core'

const purposes = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [at + 1, { id: at + 1, name: `${at + 1}`, description: '', illustrations: [] }]))
const gvl = new GVL({
  gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 5, lastUpdated: '2026-01-01T00:00:00Z',
  purposes, specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {}, vendors: {},
})
const api = new CmpApi(300, 1, true)

const text = (granted) => {
  const model = new TCModel(gvl)
  Object.assign(model, { cmpId: 300, cmpVersion: 1, isServiceSpecific: true, publisherCountryCode: 'DE' })
  model.purposeConsents.set(granted)
  return TCString.encode(model)
}
const none = text([])
api.update(none, true)
document.querySelector('#yes').onclick = () => api.update(text([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), false)
document.querySelector('#no').onclick = () => api.update(none, false)
