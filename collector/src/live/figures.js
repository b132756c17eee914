// The figures at the top, each with its definition. The definitions say what stats.rs computes: change both together.
import { byId, count, el, money, own, retext, share } from './dom.js'
import { LOSSES, REFUSALS } from './words.js'

const FIGURES = [
  {
    label: 'Revenue',
    about: 'The sum of the values of all orders in this span, to the cent, per currency. An order number counts once, however often its thank-you page is loaded. Refunds are not taken off; they are shown beside it, and taken off in the reports.',
    value: ({ revenue }) => (revenue[0] ? money(revenue[0].amount, revenue[0].currency) : '–'),
    more({ revenue, refunds }) {
      const others = revenue.slice(1).map((r) => `+ ${money(r.amount, r.currency)}`)
      const back = refunds.map((r) => money(r.amount, r.currency)).join(' and ')
      return [...others, back ? `refunded ${back}` : ''].filter(Boolean).join(' · ')
    },
  },
  {
    label: 'Orders',
    about: 'Different order numbers (transaction_id) among the purchase events of this span.',
    value: ({ orders }) => count(orders),
    more: ({ visitors }) => (visitors ? `from ${count(visitors)} ${visitors === 1 ? 'visitor' : 'visitors'}` : ''),
  },
  {
    label: 'Conversion rate',
    about: 'Sessions with an order, divided by all sessions with an event in this span.',
    value: ({ funnel }) => share(funnel.orders, funnel.sessions),
    more: ({ funnel }) => (funnel.sessions ? `of ${count(funnel.sessions)} ${funnel.sessions === 1 ? 'session' : 'sessions'}` : ''),
  },
  {
    label: 'Average order',
    about: 'Revenue divided by the number of orders, in the currency with the most orders, rounded to its smallest coin.',
    value: ({ revenue }) => (revenue[0] ? money(revenue[0].average, revenue[0].currency) : '–'),
    more: ({ revenue }) => revenue.slice(1).map((r) => money(r.average, r.currency)).join(' · '),
  },
  {
    label: 'Open carts',
    about: 'Sessions that put something into the cart since their last order, did not take it all out again, and were active within the last 30 minutes.',
    value: ({ openCarts }) => count(openCarts),
    more: ({ openCarts }) => (openCarts ? 'shopping right now' : ''),
  },
  {
    label: 'Abandoned carts',
    about: 'The same, but without any event for more than 30 minutes.',
    value: ({ abandonedCarts }) => count(abandonedCarts),
    more: ({ abandonedCarts, funnel }) => (abandonedCarts ? `${share(abandonedCarts, funnel.carts)} of sessions with a cart` : ''),
  },
]

const shown = FIGURES.map((figure) => {
  const value = el('div', 'value')
  const more = el('div', 'more')
  const about = el('div', 'about', figure.about, { role: 'tooltip' })
  const card = el('div', 'card figure', [el('div', 'label', el('span', '', figure.label)), value, more, about], { tabindex: 0 })
  byId('figures').append(card)
  return { figure, value, more }
})

/** Shows new figures. */
export function figures(stats) {
  for (const { figure, value, more } of shown) {
    const text = figure.value(stats)
    retext(value, text)
    value.classList.toggle('long', text.length > 10)
    more.textContent = figure.more(stats)
    more.title = more.textContent
  }
}

/** What never arrived, and what was turned away here. */
export function losses({ lost, refused, anonymous, odd, erasures, erasedRows: gone, activity }) {
  const rows = []
  const sum = (list) => list.reduce((all, n) => all + n, 0)
  const missing = sum(lost.map((l) => l.count))
  if (missing) rows.push(row('Of all events', 'told lost, divided by told lost and stored', share(missing, missing + sum(activity.events))))
  if (lost.length) rows.push(el('div', 'group', 'Lost on the way, as told by the SDK'))
  for (const { reason, count: n } of lost) rows.push(row(reason.replaceAll('_', ' '), own(LOSSES, reason), n))
  if (refused.length) rows.push(el('div', 'group', 'Turned away by this collector'))
  for (const { kind, reason, count: n } of refused) rows.push(row(own(REFUSALS, kind) ?? kind, reason, n))
  if (anonymous.length) rows.push(el('div', 'group', 'Counted after a no, of nobody'))
  for (const { reason: name, count: n } of anonymous) rows.push(row(name.replaceAll('_', ' '), 'without any id', n))
  if (odd) rows.push(el('div', 'group', 'Stored, but odd'), row('value', 'is not what the items come to', odd))
  if (!rows.length) rows.push(el('p', 'fine', 'Nothing lost, nothing turned away.'))
  if (erasures) rows.push(row('Erasures', `visitors who asked to be forgotten; ${count(gone)} rows of theirs are gone`, erasures))
  rows.push(el('p', 'more-link', el('a', '', 'All reasons, by date, and as CSV', { href: '/live/reports/delivery' })))
  byId('losses').replaceChildren(el('div', 'rows', rows))
}

function row(what, why, n) {
  return el('div', 'row', [el('span', '', [what, why ? el('span', 'why', why) : null]), el('span', 'number', typeof n === 'string' ? n : count(n))])
}

/** What is looked at and what is bought. */
export function products({ products: list }) {
  if (!list.length) {
    byId('products').replaceChildren(el('p', 'quiet', 'Products that are viewed, put into carts or sold.'))
    return
  }
  const head = el('div', 'row product head', ['Product', 'views', 'carts', 'sold'].map((t, i) => el('span', i ? 'number' : 'what', t)))
  const weight = (p) => p.sold || p.carts / 4 || p.views / 16
  const most = Math.max(...list.map(weight))
  const rows = list.map((p) => {
    const bar = el('span', 'bar')
    bar.style.setProperty('--part', weight(p) / most)
    const name = p.name ?? p.id
    return el('div', 'row product', [
      el('span', 'what', name, { title: `${name} (${p.id})` }),
      el('span', 'number', count(p.views)),
      el('span', 'number', count(p.carts)),
      el('span', 'number sold', count(p.sold)),
      bar,
    ])
  })
  byId('products').replaceChildren(el('div', 'rows', [head, ...rows]))
}
