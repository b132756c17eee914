// What a page says before the tag has loaded.
cartbeacon('track', 'login', { method: 'mail' })
history.pushState(null, '', '/stub-calls/later')
document.title = 'Later'
cartbeacon('track', 'share', { method: 'link' })
cartbeacon('consent', { analytics: 'granted' })
window.calledBefore = Date.now()
