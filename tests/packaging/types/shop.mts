// A shop written in TypeScript, compiled against the installed package and never run.
import { init, type Answer, type Item, type Options, type Ready, type Stats, type Tracker } from 'cartbeacon'
import { init as initInline } from 'cartbeacon/inline'
import { init as initSlim } from 'cartbeacon/slim'
import { listen } from 'cartbeacon/consent'
import { widget } from 'cartbeacon/widget'
import { pixel } from 'cartbeacon/web-pixel'
import 'cartbeacon/stub'

const options: Options = {
  endpoint: 'https://collect.example/v1',
  site: 'my-shop',
  consent: { default: 'hold', purposes: ['analytics', 'marketing'] },
  batch: { events: 20, bytes: 49_152, ms: 5_000 },
  capture: { clicks: true, scroll: false },
  session: { idleMinutes: 45 },
}
const tracker: Tracker = init(options)
const others: Tracker[] = [
  initInline({ endpoint: '/collect' }),
  initSlim({ endpoint: '/collect', wasm: new URL('https://static.example/cartbeacon.wasm') }),
  initSlim({ endpoint: '/collect', wasm: WebAssembly.compileStreaming(fetch('/cartbeacon.wasm')) }),
  initSlim({ endpoint: '/collect', wasm: new Uint8Array(8) }),
]
// @ts-expect-error the endpoint is required
init({ site: 'my-shop' })
// @ts-expect-error an option that does not exist, as a slip of the pen
init({ endpoint: '/collect', consents: {} })

const stopListening: () => void = listen(tracker, { source: ['tcf', 'gpp'], vendor: 7, region: 'US-CA', waitMs: 2_000 })
// @ts-expect-error no such platform
listen(tracker, { source: 'tfc' })
stopListening()
export const inCheckout = (api: Parameters<typeof pixel>[0]) => pixel(api, { endpoint: 'https://collect.example/v1', site: 'my-shop' })
// @ts-expect-error the endpoint is required
export const nowhere = (api: Parameters<typeof pixel>[0]) => pixel(api, { site: 'my-shop' })
widget(tracker, { into: '#foot', purposes: ['analytics', 'sale'], texts: { open: 'Datenschutz', purpose: { sale: ['Weitergabe', 'An andere'] } } })()
widget(() => window.cartbeacon?.tracker)
// @ts-expect-error no such text
widget(tracker, { texts: { opne: 'Privacy' } })

const ready: Ready = await tracker.ready
if (ready.engine === 'none') console.warn(ready.reason?.toUpperCase())

const mug: Item = { item_id: 'mug-1', item_name: 'Mug', price: '9.90', quantity: 2, glaze: 'blue' }
const answer: Answer = tracker.track('add_to_cart', { currency: 'EUR', value: 19.8, items: [mug] })
const { id, accepted }: { id: string; accepted: boolean } = answer
tracker.track('purchase', { transaction_id: '4711', currency: 'EUR', value: '19.80', tax: 3.16, items: [mug] })
tracker.track('gift_wrapped', { ribbon: 'red', layers: 2 })
// @ts-expect-error items are required
tracker.track('view_item', { currency: 'EUR' })
// @ts-expect-error an item has an id or a name
tracker.track('add_to_cart', { items: [{ price: 9.9 }] })
// @ts-expect-error an order has an id
tracker.track('purchase', { currency: 'EUR', value: 1, items: [mug] })
// @ts-expect-error money is a number or decimal text
tracker.track('add_to_cart', { currency: 'EUR', value: { amount: 1 }, items: [mug] })

tracker.page({ template: 'list' })
tracker.consent({ analytics: 'granted', marketing: 'denied' })
tracker.consent('withdraw')
// @ts-expect-error a choice is granted or denied
tracker.consent({ analytics: true })
// @ts-expect-error not a purpose
tracker.consent({ advertising: 'granted' })

const stop: () => void = tracker.on('batch', ({ events, status }) => console.log(events.toFixed(), status?.toFixed()))
tracker.on('consent', ({ state, purposes }) => console.log(state === 'granted', purposes.includes('sale')))
// @ts-expect-error not a topic
tracker.on('batches', () => {})
// @ts-expect-error a batch has no such field
tracker.on('batch', ({ size }) => size)

const stats: Stats = tracker.stats()
const lost: number = stats.lost.queue_full ?? 0
// @ts-expect-error not a reason of loss
stats.lost.forgotten
const { visitor }: { visitor: string } = tracker.ids()
const { state } = tracker.explain(id)
tracker.identify('customer-1')
// @ts-expect-error an id is a text
tracker.identify(17)
for (const leave of [tracker.reset, tracker.flush, tracker.erase, tracker.shutdown, stop]) leave()

// The script tag.
window.cartbeacon?.('track', 'add_to_cart', { currency: 'EUR', items: [mug] })
window.cartbeacon?.tracker?.flush()
// @ts-expect-error not a command
window.cartbeacon?.('buy')

export { accepted, lost, others, state, visitor }
