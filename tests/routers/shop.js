// What the shops of all routers have in common: where their links lead.

export const LINKS = [
  ['home', '/'],
  ['list', '/list'],
  ['sort', '/list?sort=price'],
  ['campaign', '/list?sort=price&utm_source=banner'],
  ['anchor', '/list?sort=price#reviews'],
  ['old', '/old'],
]
export const REPLACES = [['product', '/product/1']]
export const titleOf = (path) => `Shop ${path}`
