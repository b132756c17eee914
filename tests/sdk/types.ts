// What index.d.ts promises to people who write TypeScript; `npm test` compiles it and runs nothing.
import { init, type Answer, type Item, type Stats } from '../../www/sdk/index.js'

const tracker = init({ endpoint: '/collect', site: 'shop', capture: ['pages'], consent: { default: 'hold', purposes: ['analytics'] } })
const mug: Item = { item_id: 'mug-1', price: '9.90', quantity: 2, glaze: 'blue' }

// The vocabulary is typed, and so is what each event needs.
const answer: Answer = tracker.track('add_to_cart', { currency: 'EUR', value: 19.8, items: [mug] })
tracker.track('purchase', { transaction_id: '4711', currency: 'EUR', value: '19.80', tax: 3.16, items: [{ item_name: 'Mug' }] })
tracker.track('login')
// @ts-expect-error items are required
tracker.track('add_to_cart')
// @ts-expect-error items are required
tracker.track('add_to_cart', { value: 1 })
// @ts-expect-error an item has an id or a name
tracker.track('view_item', { items: [{ price: 1 }] })
// @ts-expect-error an order has a currency and a value
tracker.track('purchase', { transaction_id: '4711', items: [mug] })

// Names of your own take any fields, also where the name is only known later.
tracker.track('gift_wrap_chosen', { paper: 'red', ribbons: 2 })
tracker.track(answer.accepted ? 'a' : 'b', { paper: 'red' })

tracker.consent({ analytics: 'granted', sale: 'denied' })
tracker.consent('withdraw')
// @ts-expect-error neither granted nor denied
tracker.consent({ analytics: 'yes' })

// @ts-expect-error an endpoint is required
init({})
// @ts-expect-error not a storage
init({ endpoint: '/collect', storage: 'disk' })
// @ts-expect-error not an option
init({ endpoint: '/collect', colour: 'red' })

const off: () => void = tracker.on('loss', ({ reason, count }) => [reason, count])
// @ts-expect-error not a topic
tracker.on('clicks', off)
const stats: Stats = tracker.stats()
void stats.lost.queue_full
void tracker.ready.then(({ engine, reason }) => [engine, reason])

// The script tag.
window.cartbeacon?.('consent', { analytics: 'granted' })
window.cartbeacon?.('track', 'add_to_cart', { items: [mug] })
window.cartbeacon?.tracker?.flush()
// @ts-expect-error not a command
window.cartbeacon?.('buy')

// Several endpoints instead of one.
init({ destinations: [{ endpoint: '/collect' }, { endpoint: 'https://eu.i.posthog.com', format: 'posthog', key: 'phc_x', purposes: 'marketing', events: ['purchase'] }] })
// @ts-expect-error each has an endpoint
init({ destinations: [{ format: 'segment' }] })
const waiting: number | undefined = tracker.stats().destinations?.[0]?.queued
