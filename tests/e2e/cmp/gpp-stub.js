// What a page has before its platform is there, as the specification of GPP asks: listeners are kept, and told that nothing
// is ready yet.
{
  const events = []
  window.__gpp = (command, callback) => {
    if (!command) return []
    if (command == 'events') return events
    if (command != 'addEventListener') return
    events.push({ id: events.length, callback })
    const pingData = { cmpStatus: 'stub', signalStatus: 'not ready', applicableSections: [], parsedSections: {} }
    callback({ eventName: 'listenerRegistered', listenerId: events.length - 1, data: true, pingData }, true)
  }
}
