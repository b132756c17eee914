// A banner for Google consent mode 2, set up as its documentation says: what was answered before is the default, and the
// element's own buttons make the updates.
import '@walltowall/cookie-banner'

const TYPES = ['analytics_storage', 'ad_storage', 'ad_user_data', 'ad_personalization', 'functionality_storage', 'personalization_storage']
window.dataLayer ||= []
window.gtag = function () {
  window.dataLayer.push(arguments)
}
const kept = localStorage.getItem('cookie-consent') || 'denied'
window.gtag('consent', 'default', Object.fromEntries(TYPES.map((type) => [type, kept])))

const sheet = new CSSStyleSheet()
sheet.replaceSync('cookie-banner::part(dialog) { position: fixed; inset: auto 0 0 auto; margin: 0 }')
document.adoptedStyleSheets.push(sheet)
const banner = document.createElement('cookie-banner')
banner.dataset.cbIgnore = ''
document.body.append(banner)
window.reopen = () => banner.promptForConsent()
