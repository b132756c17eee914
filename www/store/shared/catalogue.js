/** Questions about the catalogue: find, filter, sort, search. No page, no storage. */

import { categories, products } from './products.js'

export { categories, products }

export const findProduct = (sku) => products.find((product) => product.sku === sku)
export const findCategory = (id) => categories.find((category) => category.id === id)

/** The choice with this id; without one, the first that can be bought. */
export function findChoice(product, id) {
  const values = product.choice?.values ?? []
  return values.find((value) => value.id === id) ?? values.find((value) => !value.soldOut)
}

/** Cents for one piece of this choice. */
export const priceOf = (product, choice) => choice?.price ?? product.price

/** A choice with its own price keeps the reduction out of its label: reductions are given on the base price. */
export const wasOf = (product, choice) => (choice?.price ? undefined : product.was)

/** Whether choices cost differently, so that a list must say "from". */
export const hasRange = (product) => (product.choice?.values ?? []).some((value) => value.price)

export const lowestPrice = (product) =>
  Math.min(product.price, ...(product.choice?.values ?? []).map((value) => value.price ?? product.price))

/** A colour is another part of the same drawing; a size looks the same. */
export const imageOf = (product, choice) =>
  `/img/${product.image}.svg${product.choice?.kind === 'colour' && choice ? `#${choice.id}` : ''}`

const orders = {
  featured: () => 0,
  newest: (a, b) => b.added - a.added,
  'price-up': (a, b) => lowestPrice(a) - lowestPrice(b),
  'price-down': (a, b) => lowestPrice(b) - lowestPrice(a),
}

export const sortings = [
  ['featured', 'Our order'],
  ['newest', 'Newest first'],
  ['price-up', 'Price, low to high'],
  ['price-down', 'Price, high to low'],
]

/** `all`, `sale`, or a category id; an unknown one answers an empty list. */
export function list(category = 'all', sort = 'featured') {
  const chosen = products.filter((product) =>
    category === 'all' || (category === 'sale' ? product.was : product.category === category))
  return chosen.sort(orders[sort] ?? orders.featured)
}

/** Products in which every word of the query begins some word of the text. */
export function search(query) {
  const wanted = words(query)
  if (wanted.length === 0) return []
  return products.filter((product) => {
    const text = words([product.name, findCategory(product.category).name, product.words, product.sku,
      ...(product.choice?.values ?? []).map((value) => value.name)].join(' '))
    return wanted.every((word) => text.some((part) => part.startsWith(word)))
  })
}

const words = (text) => text.toLowerCase().split(/[^\p{L}\p{N}-]+/u).filter(Boolean)

/** Others from the same category first, then whatever goes on the same table. */
export function related(product, count = 4) {
  const others = products.filter((other) => other.sku !== product.sku)
  return [...others.filter((other) => other.category === product.category), ...others.filter((other) => other.category !== product.category)].slice(0, count)
}

export const featured = () => ['QN-2001', 'QN-1004', 'QN-3004', 'QN-4002'].map(findProduct)
