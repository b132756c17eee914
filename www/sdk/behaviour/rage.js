/** Clicks in anger: three within 30 px and a second. A series is told once. */

const CLICKS = 3
const MS = 1000
const PX = 30
/** Nobody clicks twice so fast: the browser clicks a label's control right after the label. */
const ECHO_MS = 10

export const rage = () => {
  let clicks = []
  let isTold = false
  /** A click, in px of the window and ms; whether it makes the series one of anger. */
  return (x, y, t) => {
    const last = clicks[clicks.length - 1]
    if (last && t - last.t < ECHO_MS) return false
    if (!last || t - last.t > MS || Math.hypot(x - last.x, y - last.y) > PX) {
      clicks = []
      isTold = false
    }
    clicks.push({ x, y, t })
    clicks = clicks.filter((click) => t - click.t <= MS && Math.hypot(x - click.x, y - click.y) <= PX)
    if (isTold || clicks.length < CLICKS) return false
    return (isTold = true)
  }
}

/** What is there to be clicked again and again: steppers, arrows of carousels and pages of lists, by what they are called … */
const STEP = /(^|[^a-z])(plus|minus|add one|increase?|increment|decrease?|decrement|qty|quantity|stepper|spinner|next|prev|previous|forward|back|arrow|scrub|seek|volume|zoom)([^a-z]|$)/
/** … or where they stand, */
const PLACE = /carousel|slider|slideshow|swiper|slick|splide|glide__|flickity|pagination|datepicker|calendar/
/** … or what is written on them. */
const SIGN = /^[-+−–—±<>‹›«»←→↑↓◀▶▲▼❮❯]{1,2}$/
const ROLE = /^(spinbutton|slider|scrollbar)$/
const WORDS = ['class', 'id', 'name', 'aria-label', 'title', 'data-action', 'data-testid', 'rel']

/** Letters apart from what is between them, `btnPlus` as well. */
const plain = (text) => text.replace(/([a-z])(?=[A-Z])/g, '$1 ').toLowerCase()
const said = (node, names) => names.map((name) => plain(node.getAttribute(name) || '')).join(' ; ')

/** Whether a click on this path of elements may be one of many on purpose. */
export const isStep = (path) =>
  path.slice(0, 4).some((node) => STEP.test(said(node, WORDS)) || (node.textContent.length < 9 && SIGN.test(node.textContent.trim()))) ||
  path.some((node) => ROLE.test(node.getAttribute('role')) || PLACE.test(said(node, ['class', 'aria-roledescription'])))

/** What has clicks of its own that mean something else: text that is typed or selected, films, maps. */
export const isPlayed = (node) =>
  /^(textarea|select|option|video|audio|canvas|object|embed)$/.test(node.localName) ||
  (node.localName == 'input' && !/^(button|submit|reset|image)$/.test(node.getAttribute('type'))) ||
  node.isContentEditable
