// What the page itself does with clicks, to see that nobody changes it.
window.heard = []
document.getElementById('prevented').addEventListener('click', (event) => event.preventDefault())
document.getElementById('picture').addEventListener('click', (event) => event.preventDefault())
document.getElementById('stopped').addEventListener('click', (event) => event.stopImmediatePropagation(), { capture: true })
document.addEventListener('click', (event) => window.heard.push([event.target.id, event.defaultPrevented]))

customElements.define('my-buy', class extends HTMLElement {
  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    const label = document.createElement('span')
    label.id = 'label'
    label.textContent = 'Buy'
    const button = document.createElement('button')
    button.id = 'in-shadow'
    button.append(label)
    const declared = document.createElement('button')
    declared.id = 'declared-in-shadow'
    declared.dataset.cbEvent = 'add_to_wishlist'
    declared.textContent = 'Save'
    root.append(button, declared)
    this.dataset.cbItemId = 'QN-9'
  }
})
