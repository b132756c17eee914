// What is printed, in this order, and what is aimed at. `net`: the page without a tracker is subtracted. `goal` is a ratio
// to the batcher of the same round, `atMost` a plain figure, `all` the number of events that must arrive.
//
// Where the goals come from: twice the batcher or better is the rule. For call, click and start they were set against
// Snowplow's tracker, measured beside the same batcher on such a page: a fifth of its call is 1.4 batchers, 0.15 of its
// click handler 1.8, 0.3 of its CPU to ready 2.4. Heap, memory and the click's p95 are plain limits.

export const FIGURES = [
  { heading: "track('add_to_cart') with 3 items" },
  { key: 'callP50', label: 'call, 25 ms apart, p50', unit: 'µs', goal: 1.4 },
  { key: 'callP95', label: 'call, 25 ms apart, p95', unit: 'µs' },
  { key: 'burstMean', label: 'call, mean of 1,000 in one task', unit: 'µs', goal: 2 },
  { key: 'callsCpu', label: 'main thread until delivered, 60 calls', unit: 'ms', net: true, goal: 2 },
  { key: 'callsDelivered', label: 'delivered of 60', all: 60 },
  { key: 'burstCpu', label: 'main thread until delivered, 1,000 at once', unit: 'ms', net: true, goal: 2 },
  { key: 'burstDelivered', label: 'delivered of 1,000', all: 1000 },
  { key: 'burstRequests', label: 'requests for them' },
  { key: 'duplicates', label: 'events that came twice', atMost: 0 },

  { heading: 'page view and click' },
  { key: 'pageMean', label: 'page(), mean of 200 in one task', unit: 'µs', goal: 2 },
  { key: 'pagesCpu', label: 'main thread until delivered, 200 page views', unit: 'ms', net: true, goal: 2 },
  { key: 'clickP50', label: 'handlers of a click, p50', unit: 'µs', goal: 1.8 },
  { key: 'clickP95', label: 'handlers of a click, p95', unit: 'µs', atMost: 1000 },

  { heading: 'start' },
  { key: 'readyMs', label: 'first statement to ready', unit: 'ms' },
  { key: 'readyCpu', label: 'main thread to ready', unit: 'ms', net: true, goal: 2.4 },
  { key: 'heapKB', label: 'JavaScript heap added', unit: 'KB', net: true, atMost: 150 },
  { key: 'wasmKiB', label: 'wasm memory', unit: 'KiB', atMost: 256 },
]
