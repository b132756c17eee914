// Connects the page to its stream. The server sends figures and events; everything else happens here.
import { activity, funnel } from './charts.js'
import { byId, money } from './dom.js'
import { add, clear, tick } from './events.js'
import { figures, losses, products } from './figures.js'

const SPANS = ['hour', 'day', 'week', 'all']
// The server says nothing for at most 20 seconds; after this long it is gone, whatever the connection claims.
const SILENCE = 45000

let source = null
let heard = 0
let people = sessionStorage.getItem('people') === 'only'
let span = SPANS.includes(location.hash.slice(1)) ? location.hash.slice(1) : 'day'

function connect() {
  source?.close()
  clear()
  status('connecting')
  source = new EventSource(`/live/stream?span=${span}${people ? '&robots=no' : ''}`)
  const on = (kind, show) => source.addEventListener(kind, (message) => {
    heard = Date.now()
    status('live')
    show(JSON.parse(message.data))
  })
  on('stats', stats)
  on('events', add)
  on('reset', clear)
  source.addEventListener('error', () => {
    status('lost')
    // A browser comes back by itself after a broken connection, but not after an answer such as 503.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000)
  })
}

const WORDS = { connecting: 'connecting', live: 'live', lost: 'collector not reached, trying again' }

function status(state) {
  const node = byId('status')
  if (node.dataset.state === state) return
  node.dataset.state = state
  node.textContent = WORDS[state]
}

function stats(now) {
  byId('welcome').hidden = now.any
  for (const node of document.querySelectorAll('.figures, .columns')) node.hidden = !now.any && !now.refused.length
  figures(now)
  funnel(now)
  activity(now)
  products(now)
  losses(now)
  robots(now)
  const [main] = now.revenue
  document.title = `${main ? `${money(main.amount, main.currency)} · ` : ''}Live · cartbeacon`
}

/** A switch, where robots came at all. */
function robots({ robots: n }) {
  const button = byId('robots')
  button.hidden = !n && !people
  button.setAttribute('aria-pressed', people)
  button.title = `${n} ${n === 1 ? 'visit' : 'visits'} of robots, known by their User-Agent or navigator.webdriver`
}

byId('robots').addEventListener('click', () => {
  people = !people
  sessionStorage.setItem('people', people ? 'only' : '')
  connect()
})

for (const button of byId('spans').children) {
  const press = () => button.setAttribute('aria-pressed', button.value === span)
  press()
  button.addEventListener('click', () => {
    span = button.value
    history.replaceState(null, '', `#${span}`)
    for (const other of byId('spans').children) other.setAttribute('aria-pressed', other.value === span)
    connect()
  })
}

byId('snippet').textContent = `<script async src="${location.origin}/cb/cartbeacon.js" data-endpoint="${location.origin}/collect" data-site="my-shop"></script>`
byId('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(byId('snippet').textContent)
  byId('copy').textContent = 'Copied'
})

setInterval(() => {
  const now = Date.now()
  tick(now)
  byId('clock').textContent = new Date(now).toLocaleTimeString()
  if (source?.readyState === EventSource.OPEN && now - heard > SILENCE) connect()
}, 1000)

connect()
