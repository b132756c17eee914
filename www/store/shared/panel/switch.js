/**
 * Whether the developer's panel is on: `?panel=1` or `?panel=0` in the address, Ctrl+Alt+B, or the button in the footer;
 * remembered for the tab. Off by default, and then its code is not even loaded and nothing is subscribed to.
 */

import { slot } from '../storage.js'

const topics = ['event', 'batch', 'loss', 'consent', 'session']
const kept = slot('panel', false, 'tab')
let panel

export function wirePanel(shop) {
  const asked = new URLSearchParams(location.search).get('panel')
  if (asked !== null) kept.write(asked === '1')
  if (kept.read()) set(shop, true)

  const toggle = () => set(shop, !kept.read())
  document.addEventListener('keydown', (event) => {
    if (!event.ctrlKey || !event.altKey || event.code !== 'KeyB') return
    event.preventDefault()
    toggle()
  })
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-testid=panel-toggle]')) toggle()
  })
}

async function set(shop, on) {
  kept.write(on)
  if (on && !panel) panel = open(shop)
  const shown = await panel
  shown?.show(kept.read())
}

/** Listens at once, because the page's first events do not wait for the panel's code. */
async function open(shop) {
  const early = []
  let log = (...notice) => early.push(notice)
  for (const topic of topics) shop.on(topic, (payload) => log(topic, payload, new Date()))
  const { openPanel } = await import('./panel.js')
  const opened = await openPanel(shop)
  log = opened.log
  for (const notice of early) log(...notice)
  return opened
}
