// The report pages. Figures, columns and their definitions come from the server, which also writes the files; here they only
// become text, in the reader's own language of numbers.
import { byId, el, money, own } from './dom.js'
import { LOSSES, REFUSALS } from './words.js'

const PAGES = {
  overview: {
    title: 'Overview',
    about: 'What the shop earned, and where shoppers were lost.',
    figures: ['net', 'orders', 'conversion_rate', 'average_order', 'lifetime_value', 'abandonment_rate', 'recovered', 'left_value'],
    tables: ['steps', 'devices', 'campaigns'],
  },
  orders: {
    title: 'Orders placed',
    about: 'Each order once, with what was given back of it.',
    figures: ['orders', 'revenue', 'refunded', 'net', 'average_order'],
    tables: ['orders', 'failures'],
  },
  carts: {
    title: 'Abandoned carts',
    about: 'Carts with something in them that nobody touched for half an hour.',
    figures: ['carts', 'abandoned', 'abandonment_rate', 'recovered', 'left_value'],
    tables: ['steps', 'carts'],
  },
  items: { title: 'Items purchased', about: 'Each line of each order.', figures: [], tables: ['items'] },
  products: { title: 'Products', about: 'From seeing a product to buying it.', figures: [], tables: ['products'] },
  friction: { title: 'Friction', about: 'Forms that were begun and not sent, and clicks in anger or without effect.', figures: [], tables: ['forms', 'clicks'] },
  campaigns: { title: 'Campaigns', about: 'What brought the orders: five ways to share them out, where visits began, and the paths that led to orders.', figures: [], tables: ['campaigns', 'landings', 'paths'] },
  spelling: { title: 'Spelling', about: 'Campaigns, sources and mediums that are spelled in several ways, or named by halves.', figures: [], tables: ['spelling'] },
  delivery: { title: 'Delivery', about: 'What did not arrive or not whole, was only counted, or does not add up, and why.', figures: [], tables: ['losses', 'refusals', 'replaced', 'values', 'anonymous'] },
}

/** Title, what is said while there is nothing, and whether it is small enough to stand beside another. */
const TABLES = {
  orders: ['Orders', 'No orders in this range. They appear with the first purchase event.'],
  failures: ['Orders that failed', 'No purchase_error in this range.'],
  carts: ['Carts', 'No abandoned carts in this range.'],
  steps: ['Abandonment by step', '', true],
  items: ['Items', 'No items were bought in this range.'],
  devices: ['Revenue by device', 'No visits in this range.', true],
  products: ['Product view to purchase', 'No product was viewed or bought in this range.'],
  forms: ['Forms', 'No form was begun in this range. The word forms in the option capture has them told.'],
  clicks: ['Clicks that went wrong', 'None in this range. The words rageClicks and deadClicks in the option capture have them told.'],
  campaigns: ['Revenue by campaign', 'No campaign and no order in this range.'],
  landings: ['Landing pages', 'No visits in this range.'],
  paths: ['Paths to orders', 'No orders in this range.'],
  spelling: ['Inconsistent spelling', 'Every campaign, source and medium in this range is spelled in one way.'],
  losses: ['Lost on the way, as told by the SDK', 'Nothing was told lost in this range.'],
  refusals: ['Turned away by this collector', 'Nothing was turned away in this range.'],
  replaced: ['Taken out by the privacy firewall', 'Nothing was taken out of what arrived in this range.'],
  values: ['Values that the items do not come to', 'Every value in this range is what its items come to.'],
  anonymous: ['Counted after a no, of nobody', 'Nothing in this range. The option consent.anonymous counts what happens after a no, without any id.'],
}

const DAY = 86400000
const whole = new Intl.NumberFormat()
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })
const decimals = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })
const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const NONE = '–'

const name = Object.hasOwn(PAGES, location.pathname.split('/')[3]) ? location.pathname.split('/')[3] : 'overview'
const page = PAGES[name]
const PATH = `/live/reports${name === 'overview' ? '' : `/${name}`}`
const state = read()

/** The range from the address: `days`, or `from` and `to` as dates, both included. */
function read() {
  const query = new URLSearchParams(location.search)
  const date = (key) => (/^\d{4}-\d\d-\d\d$/.test(query.get(key) ?? '') ? query.get(key) : '')
  const days = ['1', '7', '30', '90', 'all'].find((d) => d === query.get('days'))
  const [from, to] = [date('from'), date('to')]
  return { days: days ?? (from || to ? '' : '30'), from, to, site: query.get('site') ?? '' }
}

/** Midnight of a date in this browser's time zone, `more` days later. */
function midnight(text, more = 0) {
  const [year, month, date] = text.split('-').map(Number)
  return new Date(year, month - 1, date + more).getTime()
}

const isoDay = (at) => {
  const date = new Date(at)
  const two = (n) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The range in milliseconds; `to` is not included. */
function range() {
  if (state.days === 'all') return {}
  if (state.days) return { from: midnight(isoDay(Date.now()), 1 - Number(state.days)) }
  return { from: state.from ? midnight(state.from) : undefined, to: state.to ? midnight(state.to, 1) : undefined }
}

function query(more = {}) {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries({ ...range(), site: state.site, ...more })) {
    if (value !== undefined && value !== '') params.set(key, value)
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/** The page's own address, so that it can be kept and passed on. */
function address() {
  const params = new URLSearchParams()
  for (const key of ['days', 'from', 'to', 'site']) {
    if (state[key] && !(key === 'days' && state.days === '30')) params.set(key, state[key])
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

function controls() {
  const { from, to } = range()
  for (const button of byId('presets').children) button.setAttribute('aria-pressed', button.value === state.days)
  byId('from').value = state.from || (from ? isoDay(from) : '')
  byId('to').value = state.to || (state.days ? isoDay(Date.now()) : '')
  byId('from').max = byId('to').value
  byId('to').min = byId('from').value
  for (const tab of byId('tabs').children) {
    tab.search = address()
    if (tab.pathname === PATH) tab.setAttribute('aria-current', 'page')
  }
  // Only sideways: the page itself stays where it is.
  const current = byId('tabs').querySelector('[aria-current]')
  byId('tabs').scrollLeft = current.offsetLeft - byId('tabs').clientWidth / 2 + current.offsetWidth / 2
  byId('span').textContent = from || to ? `${from ? day.format(from) : 'Everything'} until ${to ? day.format(to - DAY / 2) : 'now'}` : 'Everything there is'
}

function stores(sites) {
  byId('site-label').dataset.shown = sites.length > 1 || Boolean(state.site)
  const names = ['', ...new Set(state.site ? [...sites, state.site] : sites)]
  if (byId('site').length === names.length) return
  byId('site').replaceChildren(...names.map((site) => el('option', '', site || 'all', { value: site })))
  byId('site').value = state.site
}

/** The value of a cell as text; a part of a whole has its bar. */
function shown(cell, column) {
  if (cell === null) return el('span', 'none', NONE, { 'aria-label': 'none' })
  if (typeof cell === 'object' && 'amount' in cell) return money(cell.amount, cell.currency)
  if (typeof cell === 'object') {
    const part = cell.all > 0 ? cell.part / cell.all : null
    if (part === null) return el('span', 'none', NONE, { 'aria-label': 'none' })
    const bar = el('span', 'share-bar')
    bar.style.setProperty('--part', Math.min(part, 1))
    return [percent.format(part), bar]
  }
  switch (column.kind) {
    case 'time':
      return el('time', '', when.format(cell), { datetime: new Date(cell).toISOString() })
    case 'count':
      return whole.format(cell)
    case 'number':
      return decimals.format(cell)
    default:
      return column.key === 'cart_id' ? el('span', '', `…${cell.slice(-8)}`, { title: cell }) : worded(cell, column.key)
  }
}

function worded(cell, key) {
  if (key === 'reason' && own(LOSSES, cell)) return [cell.replaceAll('_', ' '), el('span', 'why', own(LOSSES, cell))]
  return key === 'kind' ? (own(REFUSALS, cell) ?? cell) : cell
}

const isNumber = ({ kind }) => kind === 'count' || kind === 'money' || kind === 'share' || kind === 'number'

function figures({ rows }) {
  const tiles = page.figures.map((key) => {
    const values = rows.filter((row) => row[0] === key)
    const [first, ...others] = values
    const column = { kind: typeof first[2] === 'number' ? 'count' : '' }
    const more = others.map((row) => shown(row[2], column)).join(' · ')
    const share = first[2]?.all ? `${whole.format(first[2].part)} of ${whole.format(first[2].all)}` : ''
    const value = [shown(first[2], column)].flat()[0]
    return el('div', 'card tile', [
      el('h2', '', first[1]),
      el('div', 'value', value),
      el('div', 'more', more || share || '\u00a0'),
      el('details', 'how', [el('summary', '', ['How it is computed', el('span', 'unseen', `: ${first[1]}`)]), el('p', '', first[4])]),
    ])
  })
  byId('figures').style.setProperty('--across', tiles.length > 5 ? 4 : tiles.length)
  byId('figures').replaceChildren(...tiles)
  byId('figures').hidden = !tiles.length
}

function table(key, { columns, rows, total }) {
  const [title, empty, half] = TABLES[key]
  const places = columns.map((column, index) => [column, index]).filter(([column]) => !column.file)
  const head = places.map(([column]) => el('th', isNumber(column) ? 'number' : '', column.name, { scope: 'col' }))
  const lines = rows.map((row) =>
    el('tr', '', places.map(([column, index], at) => {
      const classes = `${isNumber(column) ? 'number' : ''} col-${column.key}`
      return at === 0 ? el('th', classes, shown(row[index], column), { scope: 'row' }) : el('td', classes, shown(row[index], column))
    })),
  )
  const defined = columns.filter((column) => column.about)
  const file = `/reports/${key}.csv${query()}`
  const note = total > rows.length ? `The first ${whole.format(rows.length)} of ${whole.format(total)}; the file has all.` : ''
  return el('section', `card report${half && page.tables.includes('devices') ? ' half' : ''}`, [
    el('div', 'report-top', [
      el('h2', '', [title, half ? null : el('span', 'total', ` ${whole.format(total)}`)], { id: `${key}-title` }),
      el('a', 'download', ['CSV', el('span', 'unseen', ` file: ${title}`)], { href: file, download: `${key}.csv` }),
    ]),
    el('details', 'how', [
      el('summary', '', ['How the columns are computed', el('span', 'unseen', `: ${title}`)]),
      el('dl', '', defined.flatMap(({ name: label, about, file: only }) => [el('dt', '', only ? `${label} (in the file)` : label), el('dd', '', about)])),
    ]),
    rows.length
      ? el('div', 'scroll', el('table', '', [el('thead', '', el('tr', '', head)), el('tbody', '', lines)], { 'aria-labelledby': `${key}-title` }), { tabindex: 0, role: 'region', 'aria-labelledby': `${key}-title` })
      : el('p', 'quiet', empty),
    note ? el('p', 'quiet', note) : null,
  ], { 'aria-labelledby': `${key}-title` })
}

let asked = 0

/** Asks for everything the page shows; what is on screen stays until all of it is there. */
async function load() {
  const mine = ++asked
  controls()
  byId('main').setAttribute('aria-busy', 'true')
  try {
    const names = [...(page.figures.length ? ['figures'] : []), ...page.tables]
    const answers = await Promise.all(names.map(async (report) => {
      const answer = await fetch(`/reports/${report}${query(report === 'campaigns' && name === 'overview' ? { limit: 10 } : {})}`)
      if (!answer.ok) throw new Error(`${report}: ${answer.status}`)
      return [report, await answer.json()]
    }))
    if (mine !== asked) return
    stores(answers[0][1].sites)
    for (const [report, answer] of answers) if (report === 'figures') figures(answer)
    byId('tables').replaceChildren(...answers.filter(([report]) => report !== 'figures').map(([report, answer]) => table(report, answer)))
    byId('failure').hidden = true
  } catch (error) {
    if (mine !== asked) return
    byId('failure').textContent = `The collector did not answer (${error.message}). What is shown below, if anything, is from before.`
    byId('failure').hidden = false
  }
  byId('main').setAttribute('aria-busy', 'false')
}

function change(next) {
  Object.assign(state, next)
  history.replaceState(null, '', location.pathname + address())
  void load()
}

byId('title').textContent = page.title
byId('about').textContent = page.about
document.title = `${page.title} · cartbeacon`
for (const button of byId('presets').children) button.addEventListener('click', () => change({ days: button.value, from: '', to: '' }))
for (const id of ['from', 'to']) {
  byId(id).addEventListener('change', () => change({ days: byId('from').value || byId('to').value ? '' : 'all', from: byId('from').value, to: byId('to').value }))
}
byId('site').addEventListener('change', () => change({ site: byId('site').value }))
byId('range').addEventListener('submit', (event) => event.preventDefault())
void load()
