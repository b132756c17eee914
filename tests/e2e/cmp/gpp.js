// The same for the IAB's Global Privacy Platform, in the section for all US states: the question is the sale of data.
import { CmpApi } from '@iabgpp/cmpapi'

const api = new CmpApi(300, 1)
api.setApplicableSections([7])
api.setSupportedAPIs(['7:usnat'])
api.setCmpStatus('loaded')
api.setSignalStatus('not ready')

const answer = (optOut) => {
  api.setSignalStatus('not ready')
  for (const field of ['SaleOptOutNotice', 'SharingOptOutNotice']) api.setFieldValue('usnat', field, 1)
  for (const field of ['SaleOptOut', 'SharingOptOut']) api.setFieldValue('usnat', field, optOut ? 1 : 2)
  api.fireSectionChange('usnat')
  api.setSignalStatus('ready')
}
document.querySelector('#yes').onclick = () => answer(false)
document.querySelector('#no').onclick = () => answer(true)
