/**
 * Shopify's customer events in our words: https://shopify.dev/docs/api/web-pixels-api/standard-events. Nothing of them that
 * names a person: no address, no mail, no telephone number, no text that the shopper has typed.
 */

/** `gid://shopify/Product/101`, `101` and 101 are the same article, as the Ajax API and the theme have it. */
const id = (gid) => String(gid ?? '').match(/\d+$/)?.[0]
const amount = (money) => money?.amount ?? undefined

const item = ({ quantity, title, variant }) => ({
  item_id: id(variant?.product?.id) || id(variant?.id),
  item_name: variant?.product?.title || title,
  item_variant: variant?.title == 'Default Title' ? undefined : variant?.title ?? undefined,
  item_brand: variant?.product?.vendor || undefined,
  item_category: variant?.product?.type || undefined,
  sku: variant?.sku || undefined,
  variant_id: id(variant?.id),
  price: amount(variant?.price),
  quantity,
})

const code = (checkout) => checkout.discountApplications?.find(({ type }) => /CODE/i.test(type))?.title

/** What a checkout says of the goods; its subtotal has all discounts off already. */
const goods = (checkout) => ({
  currency: checkout.currencyCode || undefined,
  value: amount(checkout.subtotalPrice),
  coupon: code(checkout),
  discount: amount(checkout.discountsAmount) || undefined,
  items: checkout.lineItems.map(item).filter(({ item_id: id, item_name: name }) => id || name),
})

const shipping = ({ delivery }) => delivery?.selectedDeliveryOptions?.[0]?.title || undefined
const payment = ({ transactions }) => transactions?.[0]?.paymentMethod?.name || transactions?.[0]?.gateway || undefined

const step = (number, name) => ({ checkout }) => ['checkout_step', { checkout_step: number, step_name: name, ...goods(checkout) }]

/** By Shopify's name: our name and fields, or nothing. */
export const EVENTS = {
  checkout_started: ({ checkout }) => ['begin_checkout', goods(checkout)],
  checkout_contact_info_submitted: step(1, 'contact'),
  checkout_address_info_submitted: step(2, 'address'),
  checkout_shipping_info_submitted: ({ checkout }) => ['add_shipping_info', { ...goods(checkout), shipping_tier: shipping(checkout) }],
  payment_info_submitted: ({ checkout }) => ['add_payment_info', { ...goods(checkout), payment_type: payment(checkout) }],
  checkout_completed: ({ checkout }) => [
    'purchase',
    {
      transaction_id: id(checkout.order?.id) || checkout.token,
      ...goods(checkout),
      total: amount(checkout.totalPrice),
      tax: amount(checkout.totalTax),
      shipping: amount(checkout.shippingLine?.price),
      shipping_tier: shipping(checkout),
      payment_type: payment(checkout),
    },
  ],
  // The message is for people, and may repeat what they have typed; a refused code is worth knowing.
  alert_displayed: ({ alert: { type, value } }) => {
    if (type == 'DISCOUNT_ERROR' && /^[\w-]{1,40}$/.test(value || '')) return ['deny_coupon', { coupon: value, reason: type }]
    if (/^(PAYMENT|CHECKOUT|INVENTORY|MERCHANDISE|DELIVERY)_ERROR$/.test(type)) return ['purchase_error', { error_code: type, error_type: 'soft' }]
  },
}
