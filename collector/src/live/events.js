// The list of latest events: one line each, readable at a glance; more of it on a click.
import { ago, byId, count, el, money, own, svg } from './dom.js'

const KEPT = 200

// Icons are strokes in a box of 24.
const ICONS = {
  page: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  product: 'M20 12 12 20 3 11V3h8zM7.5 7.5h.01',
  cart: 'M3 4h2l2.5 11h10l2-8H6.2M9 20h.01M16 20h.01',
  checkout: 'M3 6h18v12H3zM3 10h18M7 15h3',
  order: 'M4 12.5 9.5 18 20 6.5',
  click: 'M6 4l12 7-5.5 1.5L10 18z',
  problem: 'M12 4 2.8 20h18.4zM12 10v4M12 17h.01',
  other: 'M12 12h.01M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18',
}

// Kind and human name of each event of the vocabulary; any other is shown under its own name.
const NAMES = {
  page_view: ['page', 'Page view'],
  view_item_list: ['product', 'Saw a list'],
  select_item: ['product', 'Chose a product'],
  view_item: ['product', 'Product view'],
  view_promotion: ['product', 'Saw a promotion'],
  select_promotion: ['product', 'Chose a promotion'],
  add_to_wishlist: ['product', 'Added to wishlist'],
  remove_from_wishlist: ['product', 'Removed from wishlist'],
  search: ['product', 'Search'],
  view_cart: ['cart', 'Looked into the cart'],
  add_to_cart: ['cart', 'Added to cart'],
  remove_from_cart: ['cart', 'Removed from cart'],
  update_cart: ['cart', 'Changed the cart'],
  clear_cart: ['cart', 'Emptied the cart'],
  cart_abandoned: ['cart', 'Cart abandoned'],
  cart_restored: ['cart', 'Cart restored'],
  apply_coupon: ['cart', 'Coupon accepted'],
  remove_coupon: ['cart', 'Coupon removed'],
  deny_coupon: ['problem', 'Coupon refused'],
  begin_checkout: ['checkout', 'Began checkout'],
  checkout_step: ['checkout', 'Checkout step'],
  add_shipping_info: ['checkout', 'Chose shipping'],
  add_payment_info: ['checkout', 'Chose payment'],
  purchase: ['order', 'Order'],
  refund: ['problem', 'Refund'],
  purchase_error: ['problem', 'Order failed'],
  error: ['problem', 'Error'],
  rage_click: ['problem', 'Angry clicks'],
  dead_click: ['problem', 'Dead click'],
  form_abandon: ['problem', 'Form abandoned'],
  click: ['click', 'Click'],
  outbound_click: ['click', 'Left for'],
  file_download: ['click', 'Download'],
  form_start: ['click', 'Form begun'],
  form_submit: ['click', 'Form sent'],
  scroll: ['click', 'Scrolled'],
  engagement: ['click', 'Engagement'],
  web_vital: ['other', 'Web vital'],
  device: ['other', 'Device'],
  login: ['other', 'Login'],
  sign_up: ['other', 'Sign-up'],
  generate_lead: ['other', 'Lead'],
  share: ['other', 'Share'],
}

const list = byId('events')
const state = { paused: false, waiting: [], only: null }

/** Adds events, oldest first. */
export function add(events) {
  if (state.paused) {
    state.waiting.push(...events)
    state.waiting.splice(0, state.waiting.length - KEPT)
    label()
    return
  }
  const fresh = list.childElementCount > 0
  for (const event of events) {
    const item = entry(event)
    if (fresh) item.classList.add('new')
    list.prepend(item)
  }
  while (list.childElementCount > KEPT) list.lastElementChild.remove()
  byId('no-events').hidden = list.childElementCount > 0
}

/** Forgets every event on screen. */
export function clear() {
  list.replaceChildren()
  state.waiting = []
  byId('no-events').hidden = false
}

/** Brings the ages up to date. */
export function tick(now) {
  for (const time of list.querySelectorAll('time')) {
    const text = ago(Number(time.dataset.at), now)
    if (time.textContent !== text) time.textContent = text
  }
}

function entry(event) {
  const [kind, title] = own(NAMES, event.name) ?? ['other', event.name]
  const data = event.data ?? {}
  const item = el('li', `event kind-${kind}`)
  item.dataset.session = event.session
  item.hidden = state.only !== null && state.only !== event.session
  const amount = data.currency && data.value !== undefined ? money(data.value, data.currency) : null
  const time = el('time', '', ago(event.at, Date.now()), { title: new Date(event.at).toLocaleString() })
  time.dataset.at = event.at
  const details = el('details', '', el('summary', '', [
    el('span', 'icon', svg('svg', '', svg('path', '', [], { d: ICONS[kind] }), { viewBox: '0 0 24 24', 'aria-hidden': 'true' })),
    el('div', '', [
      el('div', 'title', amount ? [title, ' ', el('b', '', amount)] : title, { title: event.name }),
      el('div', 'detail', detail(event.name, data, event)),
    ]),
    el('div', 'side', [time, chip(event.session)]),
  ]))
  // The rest is made only when someone asks: most lines pass by unopened.
  details.addEventListener('toggle', () => details.childElementCount === 1 && details.append(more(event)), { once: true })
  item.append(details)
  return item
}

/** A session's mark: same session, same colour. The end of a v7 id is its random part. */
function chip(session) {
  const mark = el('button', 'chip', session.slice(-4), { type: 'button', title: `Only session ${session}` })
  mark.style.setProperty('--hue', hue(session))
  mark.addEventListener('click', (click) => {
    click.preventDefault()
    filter(state.only === session ? null : session)
  })
  return mark
}

function hue(text) {
  let sum = 0
  for (const c of text) sum = (sum * 31 + c.codePointAt(0)) % 3600
  return Math.round(sum / 10)
}

function filter(session) {
  state.only = session
  for (const item of list.children) item.hidden = session !== null && item.dataset.session !== session
  const only = byId('only')
  only.hidden = session === null
  if (session === null) return
  only.textContent = `${session.slice(-4)} ×`
  only.title = 'Show all sessions'
  only.style.setProperty('--hue', hue(session))
}

/** The few fields that matter, in one line. */
function detail(name, data, { url, title }) {
  const items = Array.isArray(data.items) ? data.items : []
  const parts = []
  if (data.transaction_id) parts.push(`№ ${data.transaction_id}`)
  if (items.length) {
    const first = items[0]
    const times = first.quantity > 1 ? ` × ${first.quantity}` : ''
    parts.push(`${first.item_name ?? first.item_id}${times}${items.length > 1 ? ` and ${items.length - 1} more` : ''}`)
  }
  if (name === 'page_view') parts.push(title || '')
  for (const key of ['search_term', 'coupon', 'payment_type', 'shipping_tier', 'step', 'method', 'error_message', 'promotion_name']) {
    if (data[key] !== undefined && data[key] !== null) parts.push(String(data[key]))
  }
  if (name === 'web_vital' && data.metric_name) parts.push(`${data.metric_name} ${data.metric_value ?? ''} ${data.metric_rating ?? ''}`)
  if (name === 'engagement') parts.push(`${Math.round((data.engagement_time_msec ?? 0) / 1000)} s`, depth(data))
  if (name === 'scroll') parts.push(depth(data))
  if (name.startsWith('form_')) parts.push(data.form_name ?? data.form_id, data.last_field && `last field ${data.last_field}`)
  if (name === 'device') parts.push([data.viewport, data.browser, data.platform, data.language, data.robot].filter(Boolean).join(', '))
  if (['click', 'outbound_click', 'file_download', 'rage_click', 'dead_click'].includes(name)) parts.push(element(data))
  if (!parts.some(Boolean)) parts.push(...scalars(data))
  parts.push(path(url))
  return parts.filter(Boolean).join(' · ')
}

/** How far down a page was seen. */
const depth = ({ percent_scrolled: percent }) => percent !== undefined && `${percent}% of the page`

/** `button#buy “Buy now”`, as far as it is known. */
function element({ tag, id, role, name, text, href }) {
  const label = text ?? name ?? href ?? role
  return `${tag ?? ''}${id ? `#${id}` : ''}${label ? ` ${label}` : ''}`.trim()
}

function scalars(data) {
  return Object.entries(data)
    .filter(([key, value]) => typeof value !== 'object' && key !== 'currency' && key !== 'value')
    .slice(0, 3)
    .map(([key, value]) => `${key} ${value}`)
}

function path(url) {
  if (!url) return ''
  try {
    const { pathname, hash } = new URL(url)
    return pathname + (hash.startsWith('#/') ? hash : '')
  } catch {
    return url
  }
}

function more(event) {
  const facts = [
    ['event', event.name],
    ['when', `${new Date(event.at).toLocaleString()}${event.ahead ? ' (the sender’s clock was ahead)' : ''}`],
    ['page', event.url],
    ['site', event.site],
    ['session', event.session],
    ['id', event.id],
  ]
  const rows = facts.filter(([, value]) => value).flatMap(([name, value]) => [el('dt', '', name), el('dd', '', value)])
  const text = event.data ? JSON.stringify(event.data, null, 2) : 'too long to show here; /events has it'
  return el('dl', '', [...rows, text === '{}' ? null : el('pre', '', text)])
}

const pause = byId('pause')

function label() {
  pause.textContent = state.paused ? `Go on${state.waiting.length ? ` (${count(state.waiting.length)})` : ''}` : 'Pause'
  pause.setAttribute('aria-pressed', state.paused)
}

pause.addEventListener('click', () => {
  state.paused = !state.paused
  const waiting = state.waiting.splice(0)
  label()
  if (!state.paused) add(waiting)
})
byId('only').addEventListener('click', () => filter(null))
