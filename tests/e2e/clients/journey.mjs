// The journey that is compared: a page, a product, the cart, the checkout, an order, and an event of the shop's own.
export const MUG = { item_id: 'A1', item_name: 'Mug', item_brand: 'Quern', item_category: 'Kitchen', item_variant: 'blue', price: 9.9, quantity: 2 }
export const GOODS = { currency: 'EUR', value: 19.8, items: [MUG] }
export const CHECKOUT = GOODS
export const ORDER = { transaction_id: 'O-1', currency: 'EUR', value: 19.8, tax: 3.16, shipping: 4.9, coupon: 'TEN', payment_type: 'card', items: [MUG] }
export const OURS = [['view_item', GOODS], ['add_to_cart', GOODS], ['begin_checkout', CHECKOUT], ['purchase', ORDER], ['gift_wrap_chosen', { paper: 'red' }]]
