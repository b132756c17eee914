// The same for the IAB's Global Privacy Platform, in the section for all US states: the question is the sale of data.
import { CmpApi } from '@iabgpp/cmpapi'
import { banner } from './banner.js'

const api = new CmpApi(300, 1)
api.setApplicableSections([7])
api.setSupportedAPIs(['7:usnat'])
api.setCmpStatus('loaded')
api.setSignalStatus('not ready')

banner('gpp', {
  show: () => api.setCmpDisplayStatus('visible'),
  restore(kept) {
    api.setGppString(kept)
    api.setSignalStatus('ready')
  },
  answer(yes) {
    api.setSignalStatus('not ready')
    for (const field of ['SaleOptOutNotice', 'SharingOptOutNotice']) api.setFieldValue('usnat', field, 1)
    for (const field of ['SaleOptOut', 'SharingOptOut']) api.setFieldValue('usnat', field, yes ? 2 : 1)
    api.fireSectionChange('usnat')
    api.setCmpDisplayStatus('hidden')
    api.setSignalStatus('ready')
    return api.getGppString()
  },
})
