// The baseline of the bench: what a good developer writes by hand in an afternoon. No consent, no checks, no session, no
// acknowledgement, no retry; events are encoded when they happen, joined, and sent by beacon at 20, after 5 s or when the
// page is hidden, in bodies under 64 KiB. Sending is kept out of the caller's task.
;(() => {
  const { endpoint } = document.currentScript.dataset
  const LIMIT = 60_000
  let queue = []
  let timer
  const send = (texts) => {
    const body = `{"v":1,"sent":${Date.now()},"events":[${texts.join()}]}`
    // What is over the browser's budget of 64 KiB in flight goes by fetch, which has none.
    if (!navigator.sendBeacon(endpoint, body)) fetch(endpoint, { method: 'POST', body }).catch(() => {})
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    let batch = []
    let size = 0
    for (const text of queue) {
      if (size + text.length > LIMIT) {
        send(batch)
        batch = []
        size = 0
      }
      batch.push(text)
      size += text.length + 1
    }
    queue = []
    if (batch.length) send(batch)
  }
  const track = (name, data) => {
    const { href, pathname } = location
    queue.push(JSON.stringify({ id: crypto.randomUUID(), t: Date.now(), name, url: href, path: pathname, data }))
    if (queue.length === 20) setTimeout(flush)
    timer ??= setTimeout(flush, 5000)
  }
  const page = () => track('page_view', { title: document.title, referrer: document.referrer })
  const describe = ({ localName, id, name, href, ariaLabel, role }) => ({ tag: localName, id, name, href, label: ariaLabel, role })
  const click = (event) => track('click', describe(event.composedPath()[0].closest?.('a, button, [role]') ?? event.target))
  document.addEventListener('click', click, { capture: true, passive: true })
  document.addEventListener('visibilitychange', () => document.hidden && flush())
  window.batcher = { track, page, flush }
  page()
})()
