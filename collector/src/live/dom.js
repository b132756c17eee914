// Elements from data. Everything shown comes from strangers: it becomes text or an attribute value, never markup.

/** Makes an element: its class, its children (text or elements), its attributes. */
export function el(tag, className, children = [], attributes = {}) {
  return fill(document.createElement(tag), className, children, attributes)
}

/** The same for SVG. */
export function svg(tag, className, children = [], attributes = {}) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), className, children, attributes)
}

function fill(node, className, children, attributes) {
  if (className) node.setAttribute('class', className)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value)
  }
  node.append(...[children].flat().filter((child) => child !== null && child !== undefined && child !== ''))
  return node
}

/** The element with this id; the page is ours, so it is there. */
export const byId = (id) => document.getElementById(id)

/** A table's own entry: a stranger's key may be called `constructor`. */
export const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined)

/** Changes a text only when it differs, and lights it up for a moment. */
export function retext(node, text) {
  if (node.textContent === text) return
  const first = node.textContent === ''
  node.textContent = text
  if (first) return
  node.classList.remove('changed')
  void node.offsetWidth // restarts the animation
  node.classList.add('changed')
}

const whole = new Intl.NumberFormat()
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })

export const count = (n) => (n < 100000 ? whole : short).format(n)
export const share = (part, all) => (all > 0 ? percent.format(part / all) : '–')

const moneys = new Map()

/** Formats decimal text of a currency without making it a float; the code stands for what the browser does not know. */
export function money(amount, currency) {
  let format = moneys.get(currency)
  if (format === undefined) {
    try {
      format = new Intl.NumberFormat(undefined, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
    } catch {
      format = null
    }
    moneys.set(currency, format)
  }
  return format ? format.format(amount) : `${amount} ${currency}`
}

/** `12 s`, `3 min`, `2 h`, then the date. */
export function ago(at, now) {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 2) return 'now'
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`
  return new Date(at).toLocaleDateString()
}
