// CommonJS where Node lets it load modules (20.19, 22.12 and later).
const cartbeacon = require('cartbeacon')

import('./exercise.mjs')
  .then(({ exercise }) => exercise(cartbeacon))
  .then((answer) => console.log(JSON.stringify([answer])))
