// Klaro, as its documentation sets it up, and the lines that pass its answer on.
const config = {
  storageMethod: 'cookie',
  acceptAll: true,
  services: [{ name: 'cartbeacon', title: 'Statistics', purposes: ['analytics'] }],
  translations: { zz: { privacyPolicyUrl: '/privacy' }, en: { purposes: { analytics: 'Statistics' } } },
}
klaro.setup(config)
const manager = klaro.getManager(config)
const tell = () => manager.confirmed && cartbeacon('consent', { analytics: manager.getConsent('cartbeacon') ? 'granted' : 'denied' })
manager.watch({ update: (_, type) => type == 'saveConsents' && tell() })
tell()
window.reopen = () => {
  manager.resetConsents()
  klaro.render(config, { show: true })
}
