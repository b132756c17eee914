/**
 * The part that shoppers see: a button for the shop's footer, and behind it a dialog to look at the choice, change it, take
 * it back, see what is stored and have it erased. It does only what the tracker's own calls do.
 *
 * With npm `widget(tracker, options)`; with the script tag an empty element with `data-cb-privacy` where the button belongs.
 * Styles are the widget's own (a shadow root, constructed style sheets: no CSP forbids them) and take the shop's colours
 * from `--cb-ink`, `--cb-paper`, `--cb-accent` and `--cb-on-accent`.
 */

import { CSS } from './widget/style.js'
import { TEXTS } from './widget/texts.js'

const el = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children.filter(Boolean))
  return element
}

/** The texts in use: those given over the English ones, purposes one by one. */
const merged = (texts = {}) => ({ ...TEXTS, ...texts, purpose: { ...TEXTS.purpose, ...texts.purpose } })

/**
 * Puts the button into `into`. `tracker` is the tracker, or a function that answers it once it is there. Options: `into`
 * (an element or a selector), `purposes` to ask for, `texts`, and `consent(update)`, which is told what the shopper chose
 * instead of the tracker, for a shop that keeps the answer: it has to pass it on. Returns what takes the widget away again.
 */
export const widget = (tracker, options = {}) => {
  const { into = '[data-cb-privacy]', purposes = ['analytics', 'marketing', 'preferences'] } = options
  const place = typeof document == 'undefined' ? null : typeof into == 'string' ? document.querySelector(into) : into
  if (!place) return () => {}
  const texts = merged(options.texts)
  const own = () => (typeof tracker == 'function' ? tracker() : tracker)
  const tell = options.consent || ((update) => own()?.consent(update))

  const heading = el('h2', { id: 'title', textContent: texts.title, tabIndex: -1 })
  const state = el('p', { id: 'state' })
  const hint = el('p', { className: 'hint' })
  const boxes = purposes.map((purpose) => {
    const [name, about] = texts.purpose[purpose] || [purpose, '']
    const box = el('input', { type: 'checkbox', name: purpose, id: purpose })
    const text = el('small', { id: purpose + '-about', textContent: about })
    box.setAttribute('aria-describedby', text.id)
    return { purpose, about, box, text, row: el('li', {}, box, el('label', { htmlFor: purpose, textContent: name }), text) }
  })
  const stored = el('pre', { tabIndex: 0, hidden: true })
  stored.setAttribute('aria-label', texts.show)
  const said = el('p', { className: 'said' })
  said.setAttribute('role', 'status')
  const button = (name, work, className = '') => el('button', { type: 'button', className, textContent: texts[name], name, onclick: work })

  /** Shows what holds now, in words. */
  const update = () => {
    const { consent } = own()?.explain() || {}
    const granted = purposes.filter((purpose) => consent?.purposes.includes(purpose))
    const names = granted.map((purpose) => texts.purpose[purpose]?.[0] || purpose).join(', ')
    state.textContent = own() ? texts[consent?.state || 'pending'].replace('{purposes}', names) : texts.absent
    for (const { purpose, about, box, text } of boxes) {
      const by = consent?.decided[purpose]
      const isBrowsers = by == 'gpc' || by == 'dnt'
      box.checked = granted.includes(purpose)
      box.disabled = isBrowsers
      text.textContent = isBrowsers ? texts.browser : about
    }
    const platforms = Object.values(consent?.decided || {}).filter((by) => texts.platform[by])
    hint.textContent = platforms.length ? texts.platforms.replace('{names}', [...new Set(platforms)].map((by) => texts.platform[by]).join(', ')) : ''
    hint.hidden = !platforms.length
  }
  const say = (words) => {
    stored.hidden = true
    update()
    said.textContent = words
  }

  const save = () => {
    // What the browser denies is not the shopper's answer here.
    const asked = boxes.filter(({ box }) => !box.disabled)
    tell(Object.fromEntries(asked.map(({ purpose, box }) => [purpose, box.checked ? 'granted' : 'denied'])))
    say(texts.saved)
  }
  const withdraw = () => {
    tell('withdraw')
    say(texts.taken)
  }
  const show = () => {
    const data = own()?.exportData() || {}
    say('')
    stored.textContent = Object.keys(data).length ? JSON.stringify(data, null, 2) : texts.nothing
    stored.hidden = false
    stored.focus()
  }
  const erase = () => {
    own()?.erase()
    // Whoever wants to be forgotten does not want to be counted from the next page on.
    if (options.consent) tell('withdraw')
    say(texts.erased)
  }

  const close = () => dialog.close()
  const dialog = el(
    'dialog',
    {},
    heading,
    state,
    hint,
    el('form', { method: 'dialog', onsubmit: (event) => (event.preventDefault(), save()) },
      el('ul', {}, ...boxes.map(({ row }) => row)),
      el('button', { className: 'main', name: 'save', textContent: texts.save })),
    el('div', { className: 'row' }, button('withdraw', withdraw), button('show', show), button('erase', erase)),
    stored,
    said,
    button('close', close, 'close'),
  )
  dialog.setAttribute('aria-labelledby', heading.id)
  dialog.setAttribute('aria-describedby', state.id)
  // A click beside the dialog is one on its backdrop, which is the dialog itself.
  dialog.addEventListener('click', (event) => event.target == dialog && close())
  const open = () => {
    say('')
    dialog.showModal ? dialog.showModal() : dialog.setAttribute('open', '')
    heading.focus()
  }

  const opener = button('open', open, 'open')
  opener.setAttribute('aria-haspopup', 'dialog')
  // Nothing in here is recorded.
  const host = el('span', {})
  host.setAttribute('data-cb-ignore', '')
  const root = host.attachShadow({ mode: 'open' })
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(CSS)
    root.adoptedStyleSheets = [sheet]
  } catch {
    // An older browser: it works as well without our looks.
  }
  root.append(opener, dialog)
  place.append(host)

  // Said elsewhere while it is open: in the shop's banner, by a platform, in another tab.
  let end
  const listen = () => (end = own()?.on('consent', () => dialog.open && update()))
  if (own()) listen()
  else addEventListener('load', listen, { once: true })
  return () => {
    end?.()
    host.remove()
  }
}

const place = typeof document != 'undefined' && document.querySelector('[data-cb-privacy]')
if (place) {
  const { texts, purposes } = place.dataset
  widget(() => window.cartbeacon?.tracker, { into: place, texts: texts && JSON.parse(texts), purposes: purposes?.trim().split(/\s+/) })
}
