/**
 * Addresses of the app and the way from one to the next. The tracker sees the moves by itself, from the history;
 * nothing here tells it about pages.
 */

let show = () => {}
let shown = ''
const placeOf = ({ pathname, search }) => pathname + search

/** `draw(url)` puts the page for an address on the screen. Called once, when the app starts. */
export function start(draw) {
  show = (url, how) => {
    shown = placeOf(url)
    draw(url, how)
  }
  // A fragment (the skip link) moves within the page that is there already.
  window.addEventListener('popstate', () => {
    if (placeOf(location) !== shown) show(location, { moved: true })
  })
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]')
    if (!link || !isOurs(link, event)) return
    event.preventDefault()
    go(link.href)
  })
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (form.getAttribute('role') !== 'search') return
    event.preventDefault()
    go(`${form.action}?${new URLSearchParams(new FormData(form))}`)
  })
  show(location, { moved: false })
}

/** A new entry in the history, unless it is the address we are at. */
export function go(target, { replace = false } = {}) {
  const url = new URL(target, location.href)
  if (replace || url.href === location.href) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  show(url, { moved: true })
  window.scrollTo(0, 0)
}

/** A plain click on a link into the app; everything else is the browser's. */
function isOurs(link, event) {
  return !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    && link.origin === location.origin && link.pathname.startsWith('/app/') && !link.target && !link.hash
}
