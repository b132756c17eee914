// `npm run bench`: what cartbeacon costs a page, beside a page without a tracker and one with a batcher written by hand
// (batcher.js), in real Chromium. `--rounds N` (default 5), `--same-origin`, `--peers` for two other trackers as well
// (peers.mjs). Then what a shopper feels in the demo store (inp.mjs). It judges nothing and writes nothing.
//
// Method. Every round restarts the browser and visits all contenders in a new random order, each in fresh contexts, on a
// page of about 2,000 nodes that is cross-origin isolated, so that its clock ticks in 5 µs. Call times are taken around
// the call; a click's is all that lies between the first listener of its capture phase and the last of its bubble phase,
// with real mouse events. "Main thread" is CPU time (TaskDuration in thread ticks), so what else the machine does is left
// out; it runs until the endpoint, on another origin, has every event. Medians over the rounds; ratios are taken within a round and
// are what to compare: absolute times move with the machine.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { build } from '../../www/build.mjs'
import { browserFlags, requireBrowser } from '../../www/tools/browsers.mjs'
import { Problem, heading, main, note, seconds, step } from '../../www/tools/say.mjs'
import { setup } from '../../www/tools/setup.mjs'
import { sizes } from '../../www/tools/size.mjs'
import { contenders } from './contenders.mjs'
import { feel } from './inp.mjs'
import { measure } from './measure.mjs'
import { bundlePeers } from './peers.mjs'
import { print } from './report.mjs'
import { serve } from './server.mjs'

function options() {
  try {
    const flag = { type: 'boolean', default: false }
    const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, 'same-origin': flag, peers: flag } })
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is “${values.rounds}”; it must be a whole number from 1`)
    return { rounds, sameOrigin: values['same-origin'], isWithPeers: values.peers }
  } catch (error) {
    throw new Problem(`${error.message}\nThe options are --rounds N, --same-origin and --peers.`)
  }
}

function shuffled(list) {
  const rest = [...list]
  return list.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0])
}

async function round(server, number, all, tell) {
  const browser = await chromium.launch({ executablePath: requireBrowser().chromium, args: browserFlags })
  try {
    const figures = {}
    for (const contender of shuffled(all)) {
      tell(contender.name)
      figures[contender.name] = await measure(browser, server, contender, number)
    }
    return figures
  } finally {
    await browser.close()
  }
}

function announce({ rounds, sameOrigin }, peers) {
  const { raw, brotli } = sizes()['cartbeacon.js + cartbeacon.wasm']
  heading('Bench')
  note(`Chromium ${requireBrowser().version}, Node ${process.versions.node}, load average ${loadavg()[0].toFixed(1)}`)
  note(`cartbeacon.js + cartbeacon.wasm: ${raw.toLocaleString('en')} bytes, ${brotli.toLocaleString('en')} brotli`)
  for (const [name, peer] of Object.entries(peers)) note(`${name}: ${peer.text.length.toLocaleString('en')} bytes, ${peer.brotli.toLocaleString('en')} brotli`)
  note(`${rounds} rounds, endpoint on ${sameOrigin ? 'the same' : 'another'} origin`)
}

main(async () => {
  const chosen = options()
  await setup('test')
  await build()
  const peers = chosen.isWithPeers ? (await step('peers', 'npm ci, bundled', bundlePeers)).result : {}
  announce(chosen, peers)
  const started = Date.now()
  const server = await serve({ ...chosen, peers })
  try {
    const figures = []
    for (let number = 1; number <= chosen.rounds; number++) {
      const { result } = await step(`round ${number}`, 'in random order', (tell) => round(server, number, contenders(peers), tell))
      figures.push(result)
    }
    print(figures, Object.keys(peers))
    await feel(chosen.rounds)
    note(`measured in ${seconds(Date.now() - started)}`)
  } finally {
    server.close()
  }
})
