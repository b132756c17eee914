// Calls that a shop should not make, each with the beginning of the reason it must get: `[reason, name, fields]`. They are
// made here, in the page, because most of them could not be handed in from outside.
const item = (more) => ({ item_id: 'QN-1', price: 9.9, quantity: 1, ...more })
const cart = (more, ...items) => ({ currency: 'EUR', value: 9.9, items: items.length ? items : [item()], ...more })

const cyclic = cart()
cyclic.items[0].parent = cyclic
const deep = {}
for (let inner = deep, n = 0; n < 5000; n++) inner = inner.next = {}
const revoked = Proxy.revocable({}, {})
revoked.revoke()
const throws = () => {
  throw new Error('from inside the page')
}

window.BAD = {
  'an unknown event name': ['name: not a known or valid event name', 'addToCart', cart()],
  'no name at all': ['name: not a known or valid event name', undefined, cart()],
  'a name that is an object': ['name: not a known or valid event name', { toString: throws }, cart()],
  'a name of 2 MB': ['name: not a known or valid event name', 'x'.repeat(2 << 20), cart()],
  'missing items': ['items: required', 'add_to_cart', { currency: 'EUR', value: 1 }],
  'no fields where some are needed': ['items: required', 'add_to_cart', undefined],
  'empty items': ['items: empty', 'add_to_cart', cart({ items: [] })],
  'items that are no list': ['items: not a list', 'add_to_cart', cart({ items: { 0: item() } })],
  'an item without an id': ['items[1].item_id: required', 'add_to_cart', cart({}, item(), { price: 1 })],
  'a negative price': ['items[1].price: negative', 'add_to_cart', cart({}, item(), item({ price: -0.01 }))],
  'a negative value': ['value: negative', 'add_to_cart', cart({ value: -1 })],
  'a currency that does not exist': ['currency: not an ISO 4217 code', 'add_to_cart', cart({ currency: 'EUX' })],
  'money without a currency': ['currency: required', 'add_to_cart', { items: [item()] }],
  'a price in words': ['items[0].price: not a decimal number', 'add_to_cart', cart({}, item({ price: '9,90 €' }))],
  'half a piece': ['items[0].quantity: not a whole number', 'add_to_cart', cart({}, item({ quantity: 0.5 }))],
  'NaN in an item': ['items[0].price: not a finite number', 'add_to_cart', cart({}, item({ price: NaN }))],
  'an infinite value': ['value: not a finite number', 'add_to_cart', cart({ value: Infinity })],
  'a string of 2 MB': ['note: larger than 64 KiB', 'add_to_cart', cart({ note: 'x'.repeat(2 << 20) })],
  'a string of 5 KB': ['note: longer than 4096 bytes', 'add_to_cart', cart({ note: 'x'.repeat(5000) })],
  'an order without its number': ['transaction_id: required', 'purchase', cart()],
  'a cyclic object': ['items[0].parent: cyclic', 'add_to_cart', cyclic],
  'an object 5,000 deep': ['next.', 'view_cart', deep],
  'a getter that throws': ['items[0].price: a getter threw', 'add_to_cart', cart({}, Object.defineProperty(item(), 'price', { get: throws, enumerable: true }))],
  'a toJSON that throws': ['fields: a getter threw', 'add_to_cart', cart({ note: { toJSON: throws } })],
  'a proxy that throws at everything': ['fields: a getter threw', 'add_to_cart', new Proxy({}, { get: throws, ownKeys: throws })],
  'a revoked proxy': ['fields: a getter threw', 'add_to_cart', revoked.proxy],
  '10,000 items': ['items: more than 200', 'add_to_cart', cart({ items: Array.from({ length: 10_000 }, () => item()) })],
  '201 items': ['items: more than 200', 'add_to_cart', cart({ items: Array.from({ length: 201 }, () => item()) })],
  'a BigInt': ['items[0].quantity: a bigint', 'add_to_cart', cart({}, item({ quantity: 1n }))],
  'a function': ['note: a function', 'add_to_cart', cart({ note() {} })],
  'a symbol': ['note: a symbol', 'add_to_cart', cart({ note: Symbol('x') })],
  'an object inside': ['note: not text, a number or a boolean', 'add_to_cart', cart({ note: { a: 1 } })],
  'fields that are a number': ['fields: not an object', 'add_to_cart', 7],
  'fields that are a list': ['fields: not an object', 'add_to_cart', [item()]],
  'a field name of 41 letters': ['fields: a field name has 1 to 40 characters', 'add_to_cart', cart({ ['x'.repeat(41)]: 1 })],
}

/** What is unusual and still right: `[remark, name, fields]`. */
window.GOOD = {
  'a proxy that behaves': ['', 'add_to_cart', new Proxy(cart(), {})],
  'an object without a prototype': ['', 'add_to_cart', Object.assign(Object.create(null), cart())],
  'a date': ['', 'login', { on: new Date(0) }],
  'half of a character': ['items[0].item_name: a cut character became U+FFFD', 'add_to_cart', cart({}, item({ item_name: 'Mug \ud83d' }))],
  'a price with too many digits': ['price: rounded', 'add_to_cart', cart({}, item({ price: 9.999 }))],
  'words in every script': ['', 'search', { search_term: 'чашка 茶碗 كوب 🫖 "quoted" \\ \u0000 \u2028' }],
}

window.complaints = []
addEventListener('error', (event) => complaints.push(event.message))
addEventListener('unhandledrejection', (event) => complaints.push(String(event.reason)))

/** Makes every call with a good one on each side; answers the names of those whose answer was not as it should be. */
window.callAll = (calls, tracker) => {
  const wrong = []
  for (const [what, [reason, name, fields]] of Object.entries(calls)) {
    tracker('track', 'n_before', { what })
    let answer
    try {
      answer = tracker('track', name, fields)
    } catch (error) {
      answer = { reason: `threw ${error}` }
    }
    const refused = calls === BAD
    const good = answer && answer.accepted === !refused && (reason ? answer.reason.startsWith(reason) : answer.reason === '')
    if (!good) wrong.push([what, answer])
    tracker('track', 'n_after', { what })
  }
  return wrong
}
