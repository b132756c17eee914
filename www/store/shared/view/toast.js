/** One short message at the foot of the page, read out by screen readers, gone after a while. */

import { draw, html } from '../html.js'

const staysMs = 6000
let hiding

export function toast(text, link) {
  const place = document.getElementById('toast')
  if (!place) return
  draw(place, html`<p>${text}</p>${link && html`<a href="${link.href}">${link.text}</a>`}`)
  place.classList.add('is-shown')
  clearTimeout(hiding)
  hiding = setTimeout(hideToast, staysMs)
}

export function hideToast() {
  document.getElementById('toast')?.classList.remove('is-shown')
}
