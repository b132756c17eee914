// vanilla-cookieconsent, as its documentation sets it up, and the line that passes its answer on.
const tell = () => cartbeacon('consent', { analytics: CookieConsent.acceptedCategory('analytics') ? 'granted' : 'denied' })
CookieConsent.run({
  // It hides from browsers that are driven.
  hideFromBots: false,
  categories: { necessary: { enabled: true, readOnly: true }, analytics: {} },
  onConsent: tell,
  onChange: tell,
  language: {
    default: 'en',
    translations: { en: { consentModal: { title: 'Cookies', description: 'May we?', acceptAllBtn: 'Yes', acceptNecessaryBtn: 'No' }, preferencesModal: { sections: [] } } },
  },
})
window.reopen = () => CookieConsent.show(true)
