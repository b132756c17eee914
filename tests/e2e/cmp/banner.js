// The least that a platform made from the IAB's libraries needs: a question with two buttons, put until it is answered, and
// an answer that is kept in a cookie of its own.
export function banner(cookie, { restore, show, answer }) {
  const box = document.createElement('div')
  box.dataset.cbIgnore = ''
  box.style.cssText = 'position:fixed;inset:auto 0 0 0;z-index:99;background:#fff'
  for (const id of ['yes', 'no']) {
    const button = Object.assign(document.createElement('button'), { id, textContent: id })
    button.onclick = () => {
      box.remove()
      document.cookie = `${cookie}=${answer(id === 'yes')};path=/`
    }
    box.append(button)
  }
  window.reopen = () => {
    document.body.append(box)
    show()
  }
  const kept = document.cookie.split('; ').find((pair) => pair.startsWith(cookie + '='))
  if (kept) restore(kept.slice(cookie.length + 1))
  else window.reopen()
}
