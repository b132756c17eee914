// A category page of a shop, about 2,000 nodes, with the functions that the measurements call in it.

const card = (n) => `<article class="card" data-sku="sku-${n}">
  <a class="picture" href="#p${n}"><svg viewBox="0 0 8 8"><rect width="8" height="8"></rect><circle r="3"></circle></svg></a>
  <h3><a href="#p${n}">A fine product, number ${n}</a></h3>
  <p>Made by hand from <em>good</em> things, lasts for years.</p>
  <ul><li>blue</li><li>green</li><li>white</li></ul>
  <div><span class="price">${9 + (n % 40)}.90</span> <small>incl. VAT</small>
  <button id="buy-${n}" type="button" aria-label="Add number ${n} to the cart"><span>Add to cart</span></button></div>
</article>`

/** Runs in the page, before any contender; what it defines is called by measure.mjs. */
function prepare() {
  const clicks = []
  let begun = 0
  // First in the capture phase and last in the bubble phase: all that handlers of a click take lies in between.
  window.addEventListener('click', () => (begun = performance.now()), true)
  window.addEventListener('click', () => clicks.push(performance.now() - begun))

  const item = (n) => ({
    item_id: `sku-${n % 500}`,
    item_name: `A fine product, number ${n % 500}`,
    item_brand: `Brand ${n % 17}`,
    item_category: 'Kitchen',
    price: 9.9 + (n % 40),
    quantity: 1 + (n % 3),
  })
  const fields = (n) => ({ currency: 'EUR', value: 89.7 + (n % 100), items: [item(7 * n), item(7 * n + 1), item(7 * n + 2)] })
  const timed = (work) => {
    const start = performance.now()
    work()
    return performance.now() - start
  }
  const apart = (ms) => new Promise((done) => setTimeout(done, ms))

  window.bench = {
    clicks,
    async spaced(count, ms) {
      const times = []
      for (let n = 0; n < count; n++) {
        const data = fields(n)
        times.push(timed(() => bench.contender.track(data)))
        await apart(ms)
      }
      return times
    },
    /** All in one task; the mean, in ms. */
    burst(count) {
      const list = Array.from({ length: count }, (_, n) => fields(n))
      return timed(() => list.forEach((data) => bench.contender.track(data))) / count
    },
    pages: (count) => timed(() => Array.from({ length: count }, () => bench.contender.page())) / count,
    /** Adds the contender's script, if it has one; answers the ms from its first statement to ready. */
    async start({ src, data, contender }) {
      if (src) {
        const script = Object.assign(document.createElement('script'), { src, async: true })
        Object.assign(script.dataset, data)
        await new Promise((loaded) => document.head.append(Object.assign(script, { onload: loaded })))
      }
      bench.contender = new Function(`return ${contender}`)()
      const ready = await bench.contender.ready
      if (ready && ready.engine !== 'wasm') throw Error(`not ready: ${ready.reason}`)
      return src ? performance.now() - scriptStart : 0
    },
    wasmBytes: () => bench.memory?.buffer.byteLength ?? 0,
  }
  const { instantiateStreaming } = WebAssembly
  WebAssembly.instantiateStreaming = (...args) =>
    instantiateStreaming.apply(WebAssembly, args).then((result) => {
      bench.memory = Object.values(result.instance.exports).find((value) => value instanceof WebAssembly.Memory)
      return result
    })
}

export const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Kitchen: a hundred fine products</title>
<link rel="icon" href="data:,">
<style>main { display: grid; grid-template-columns: repeat(6, 1fr) } svg { width: 1em } h3, p, ul { font-size: 10px; margin: 0 }</style>
<script>(${prepare})()</script>
<body><main>${Array.from({ length: 96 }, (_, n) => card(n)).join('\n')}</main></body>
</html>`
