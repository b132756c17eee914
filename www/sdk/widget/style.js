/** The widget's looks: the shop's font and colours, with contrast of its own where the shop names none. */
export const CSS = `
:host {
  --ink: var(--cb-ink, #1d1f23); --paper: var(--cb-paper, #fff); --accent: var(--cb-accent, #1a4fb4); --on-accent: var(--cb-on-accent, #fff);
  --line: color-mix(in srgb, var(--ink) 55%, var(--paper));
}
@media (prefers-color-scheme: dark) {
  :host { --ink: var(--cb-ink, #f1f2f4); --paper: var(--cb-paper, #1e2126); --accent: var(--cb-accent, #9dbcff); --on-accent: var(--cb-on-accent, #10151f); }
}
[hidden] { display: none !important }
* { box-sizing: border-box }
button { font: inherit; color: inherit; cursor: pointer; border-radius: 6px; padding: .6em 1em; min-height: 44px; border: 1px solid var(--line); background: none }
.open { border: 0; padding: 0; min-height: 24px; text-decoration: underline; text-underline-offset: .2em; text-align: inherit }
button:hover { text-decoration: underline }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
h2:focus { outline: 0 }
dialog {
  position: fixed; width: min(34rem, 100vw - 2rem); max-height: calc(100vh - 2rem); max-height: calc(100dvh - 2rem); overflow: auto; overscroll-behavior: contain;
  padding: 1.5rem; border: 1px solid var(--line); border-radius: 12px; background: var(--paper); color: var(--ink); font-size: 1rem; line-height: 1.5; text-align: start
}
dialog::backdrop { background: rgb(0 0 0 / 55%) }
h2 { margin: 0 3rem .5rem 0; font-size: 1.35rem; line-height: 1.2; font-weight: 600 }
p { margin: 0 0 1rem }
.hint, small { font-size: .9rem }
ul { list-style: none; margin: 0 0 1rem; padding: 0 }
li { display: grid; grid-template-columns: auto 1fr; gap: 0 .75rem; align-items: center; padding: .6rem 0; border-top: 1px solid color-mix(in srgb, var(--ink) 20%, var(--paper)) }
label { font-weight: 600; padding: .35rem 0; cursor: pointer }
small { grid-column: 2 }
input { width: 1.4rem; height: 1.4rem; margin: 0; accent-color: var(--accent) }
input:disabled + label { opacity: .75; cursor: not-allowed }
.main { width: 100%; border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600 }
.row { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0 }
.row button { flex: 1 1 auto }
.close { position: absolute; top: .9rem; inset-inline-end: .9rem; border: 0; padding: .3em .8em; text-decoration: underline; text-underline-offset: .2em }
pre { max-height: 12rem; overflow: auto; margin: 0 0 1rem; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; font-size: .8rem; white-space: pre-wrap; overflow-wrap: anywhere }
.said { min-height: 1.5em; margin: 0; font-weight: 600 }
@media (max-width: 30rem) {
  dialog { width: 100vw; max-width: 100vw; margin: auto 0 0; border-radius: 12px 12px 0 0; padding: 1.25rem; border-width: 1px 0 0 }
  .row button { flex-basis: 100% }
}
@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: rise .2s ease-out }
  @keyframes rise { from { transform: translateY(12px); opacity: 0 } }
}
`
