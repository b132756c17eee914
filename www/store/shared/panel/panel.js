/**
 * The developer's panel: what the tracker captured, holds, sent and lost, as it happens. It only reads: `stats()`,
 * `explain()` and what `./switch.js` hears on the `on()` topics. Everything in it is marked `data-cb-ignore`, so looking does not change the numbers.
 */

import { draw, html, icon, listen } from '../html.js'
import { slot } from '../storage.js'
import { counted, lineOf } from './lines.js'

const kept = 30
/** Numbers move without an event too (a batch is acknowledged), so they are read again this often. */
const refreshMs = 500

/** The parts every accepted event is in exactly one of; their sum is `accepted`. */
const parts = [
  ['held', 'Held', (stats) => stats.held],
  ['queued', 'Queued', (stats) => stats.queued],
  ['sent', 'Sent', (stats) => stats.handedOver + stats.acknowledged],
  ['doubt', 'In doubt', (stats) => stats.inDoubt],
  ['lost', 'Lost', (stats) => Object.values(stats.lost).reduce((sum, n) => sum + n, 0)],
]

export async function openPanel(shop) {
  const root = document.createElement('aside')
  root.className = 'panel'
  root.dataset.testid = 'panel'
  root.dataset.cbIgnore = ''
  root.setAttribute('aria-label', 'What the tracker does')
  await addStyles()
  draw(root, frame())
  document.body.append(root)

  const part = (name) => root.querySelector(`[data-part=${name}]`)
  const folded = slot('panel-folded', false, 'tab')
  const fold = (on) => {
    folded.write(on)
    root.classList.toggle('is-folded', on)
    part('fold').setAttribute('aria-expanded', String(!on))
  }
  fold(folded.read())

  let lines = []
  let chosen
  const refresh = () => {
    const tracker = shop.tracker()
    if (!tracker || root.hidden) return
    const stats = tracker.stats()
    const why = tracker.explain(chosen)
    part('captured').textContent = stats.accepted
    for (const [name, , count] of parts) part(name).textContent = count(stats)
    draw(part('bar'), bar(stats))
    part('consent').textContent = why.consent?.state ?? 'unknown'
    part('consent').dataset.state = why.consent?.state ?? 'unknown'
    part('work').textContent = `${counted(stats.batches, 'batch', 'batches')} · ${bytes(stats.bytesSent)} · ${stats.sdkMs.toFixed(1)} ms of work`
    draw(part('why'), explanation(why, chosen, stats.lost))
  }
  const log = (topic, payload, at) => {
    lines = [lineOf(topic, payload, at), ...lines].slice(0, kept)
    draw(part('log'), html`${lines.map((line) => html`<li class="is-${line.topic}"><time>${line.time}</time>
      ${line.id ? html`<button type="button" id="line-${line.id}" data-id="${line.id}" aria-pressed="${line.id === chosen}">${line.text}</button>` : html`<span>${line.text}</span>`}</li>`)}`)
    refresh()
  }

  const started = (ready) => {
    part('engine').textContent = ready ? `engine: ${ready.engine}${ready.reason ? ` (${ready.reason})` : ''}` : 'not loaded'
    refresh()
  }
  // Asked again each time: an engine that stopped says so from then on.
  const ask = () => shop.whenReady().then(started)
  ask()
  setInterval(ask, refreshMs)

  listen(root, 'click', '[data-part=fold]', () => fold(!root.classList.contains('is-folded')))
  listen(root, 'click', '[data-id]', (button) => {
    chosen = chosen === button.dataset.id ? undefined : button.dataset.id
    for (const each of root.querySelectorAll('[data-id]')) each.setAttribute('aria-pressed', String(each.dataset.id === chosen))
    refresh()
  })
  return {
    log,
    show(on) {
      root.hidden = !on
      refresh()
    },
  }
}

/** Loaded with the panel, so that a visitor who never opens it never pays for it. */
function addStyles() {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = '/css/panel.css'
  document.head.append(link)
  return new Promise((resolve) => {
    link.onload = resolve
    link.onerror = resolve
  })
}

const frame = () => html`
  <header class="panel-head">
    <button type="button" class="panel-title" data-part="fold" aria-expanded="true">cartbeacon <span class="state" data-part="consent" data-testid="panel-consent">…</span></button>
    <a href="/live" target="_blank" rel="noopener">Live view</a>
    <button type="button" data-testid="panel-toggle" aria-label="Close the panel">${icon('close')}</button>
  </header>
  <dl class="counts">
    <div><dt>Captured</dt><dd data-part="captured" data-testid="panel-captured">0</dd></div>
    ${parts.map(([name, label]) => html`<div class="is-${name}"><dt>${label}</dt><dd data-part="${name}" data-testid="panel-${name}">0</dd></div>`)}
  </dl>
  <div class="bar" data-part="bar"></div>
  <div class="panel-more">
    <p class="work"><span data-part="engine" data-testid="panel-engine">loading …</span><span data-part="work"></span></p>
    <div class="why" data-part="why" data-testid="panel-why"></div>
    <ol class="log" data-part="log" data-testid="panel-log"><li><span>Nothing since the panel was opened.</span></li></ol>
  </div>`

/** One bar that is always full: the loss equation as a picture. */
function bar(stats) {
  const width = 100 / Math.max(stats.accepted, 1)
  let from = 0
  return html`<svg viewBox="0 0 100 4" preserveAspectRatio="none" width="100" height="4" role="img" aria-label="All captured events by what became of them">
    ${parts.map(([name, , count]) => {
      const x = from
      from += count(stats) * width
      return html`<rect class="is-${name}" x="${x}" width="${from - x}" height="4"/>`
    })}</svg>`
}

function explanation(why, chosen, lost) {
  const reasons = Object.entries(lost).filter(([, n]) => n > 0).map(([reason, n]) => `${reason} ${n}`)
  return html`
    <p><b>${chosen ? 'This event' : 'Last event'}</b> <span>${why.id ? why.state : 'none yet'}${why.reason && ` (${why.reason})`}</span></p>
    ${why.consent && html`<p><b>Consent</b> <span>${[why.consent.state, why.consent.source && `says ${why.consent.source}`, ...why.consent.purposes].filter(Boolean).join(' · ')}</span></p>`}
    ${reasons.length > 0 && html`<p><b>Lost</b> <span>${reasons.join(', ')}</span></p>`}`
}

const bytes = (n) => (n < 1024 ? `${n} B` : `${(n / 1024).toFixed(1)} KB`)
