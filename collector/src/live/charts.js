// The two drawings: the funnel and the activity.
import { byId, count, el, share, svg } from './dom.js'

const STEPS = [
  ['sessions', 'Sessions', 'Visits with at least one event in this span; after 30 minutes of silence a new one begins.'],
  ['views', 'Product views', 'Sessions that saw a product (view_item) or came further.'],
  ['carts', 'Carts', 'Sessions that put something into the cart (add_to_cart) or came further.'],
  ['checkouts', 'Checkouts', 'Sessions that began the checkout (begin_checkout) or ordered.'],
  ['orders', 'Orders', 'Sessions with an order (purchase).'],
]
const WIDTH = 1000
const HEIGHT = 132

const steps = STEPS.map(([, name, about]) => {
  const number = el('div', 'count')
  const rate = el('div', 'rate')
  const step = el('div', 'step', [el('div', 'name', name), number, rate, el('div', 'about', about, { role: 'tooltip' })], { tabindex: 0 })
  return { step, number, rate }
})
const bands = STEPS.map((_, index) => {
  const band = svg('path', 'band', [], { 'fill-opacity': 0.5 + index * 0.125 })
  band.style.setProperty('--far', `${index * 25}%`)
  return band
})
byId('funnel').append(
  el('div', 'funnel', [
    el('div', 'steps', steps.map((s) => s.step)),
    svg('svg', '', bands, { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }),
  ]),
)

/** Shows how many sessions came how far. */
export function funnel({ funnel: reached }) {
  const counts = STEPS.map(([key]) => reached[key])
  const all = counts[0]
  const width = WIDTH / STEPS.length
  // A step that somebody reached stays visible, however few they were.
  const half = counts.map((n) => (n > 0 ? Math.max((n / all) * HEIGHT, 4) : 1) / 2)
  steps.forEach(({ number, rate }, index) => {
    number.textContent = count(counts[index])
    rate.textContent = index === 0 ? '\u00a0' : `↳ ${share(counts[index], counts[index - 1])}`
    rate.title = index === 0 ? '' : 'of the step before'
  })
  bands.forEach((band, index) => band.setAttribute('d', shape(index * width, width, half[index], half[index + 1] ?? half[index])))
}

/** One band: level at first, then bending to the height of the next step. */
function shape(x, width, from, to) {
  const middle = HEIGHT / 2
  const [start, bend, end] = [x + 1.5, x + width * 0.45, x + width - 1.5]
  const turn = (bend + end) / 2
  const edge = (sign, a, b) => `C ${turn} ${middle + sign * a} ${turn} ${middle + sign * b}`
  return [
    `M ${start} ${middle - from} L ${bend} ${middle - from}`,
    `${edge(-1, from, to)} ${end} ${middle - to} L ${end} ${middle + to}`,
    `${edge(1, to, from)} ${bend} ${middle + from} L ${start} ${middle + from} Z`,
  ].join(' ')
}

/** Shows when events came, and among them the orders. */
export function activity({ activity: { from, step, events, orders } }) {
  const most = Math.max(...events, 4)
  const width = WIDTH / events.length
  const columns = events.map((n, index) => {
    const height = (n / most) * 92
    const x = index * width + width * 0.12
    const bar = { x, width: width * 0.76, rx: 2 }
    const label = `${moment(from + index * step, step)}: ${count(n)} ${n === 1 ? 'event' : 'events'}${orders[index] ? `, ${count(orders[index])} ${orders[index] === 1 ? 'order' : 'orders'}` : ''}`
    return svg('g', 'column', [
      svg('title', '', label),
      svg('rect', 'hit', [], { x: index * width, width, y: 0, height: 96 }),
      n > 0 ? svg('rect', 'bar', [], { ...bar, y: 96 - Math.max(height, 2), height: Math.max(height, 2) }) : null,
      orders[index] > 0 ? svg('rect', 'order', [], { ...bar, y: 96 - Math.max((orders[index] / most) * 92, 4), height: Math.max((orders[index] / most) * 92, 4) }) : null,
    ])
  })
  const last = from + step * events.length
  byId('activity').replaceChildren(
    el('div', 'activity', [
      svg('svg', '', columns, { viewBox: `0 0 ${WIDTH} 96`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'Events over time' }),
      el('div', 'axis', [from, (from + last) / 2, last].map((at) => el('span', '', moment(at, step)))),
      el('div', 'key', [el('span', '', [el('i'), `events, up to ${count(most)} in a column`]), el('span', '', [el('i', 'order'), 'orders'])]),
    ]),
  )
}

function moment(at, step) {
  const date = new Date(at)
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  return step < 3600000 ? time : `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${time}`
}
