// `npm run bench`: what cartbeacon costs a page, beside a page without a tracker and one with a batcher written by hand
// (batcher.js), in real Chromium. `--rounds N` (default 5), `--same-origin`. It judges nothing and writes nothing.
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
import { CONTENDERS } from './contenders.mjs'
import { measure } from './measure.mjs'
import { print } from './report.mjs'
import { serve } from './server.mjs'

function options() {
  try {
    const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, 'same-origin': { type: 'boolean', default: false } } })
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is “${values.rounds}”; it must be a whole number from 1`)
    return { rounds, sameOrigin: values['same-origin'] }
  } catch (error) {
    throw new Problem(`${error.message}\nThe options are --rounds N and --same-origin.`)
  }
}

function shuffled(list) {
  const rest = [...list]
  return list.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0])
}

async function round(server, number, tell) {
  const browser = await chromium.launch({ executablePath: requireBrowser().chromium, args: browserFlags })
  try {
    const figures = {}
    for (const contender of shuffled(CONTENDERS)) {
      tell(contender.name)
      figures[contender.name] = await measure(browser, server, contender, number)
    }
    return figures
  } finally {
    await browser.close()
  }
}

function announce({ rounds, sameOrigin }) {
  const { raw, brotli } = sizes()['cartbeacon.js + cartbeacon.wasm']
  heading('Bench')
  note(`Chromium ${requireBrowser().version}, Node ${process.versions.node}, load average ${loadavg()[0].toFixed(1)}`)
  note(`cartbeacon.js + cartbeacon.wasm: ${raw.toLocaleString('en')} bytes, ${brotli.toLocaleString('en')} brotli`)
  note(`${rounds} rounds, endpoint on ${sameOrigin ? 'the same' : 'another'} origin`)
}

main(async () => {
  const chosen = options()
  await setup('test')
  await build()
  announce(chosen)
  const started = Date.now()
  const server = await serve(chosen)
  try {
    const figures = []
    for (let number = 1; number <= chosen.rounds; number++) {
      const { result } = await step(`round ${number}`, 'in random order', (tell) => round(server, number, tell))
      figures.push(result)
    }
    print(figures)
    note(`measured in ${seconds(Date.now() - started)}`)
  } finally {
    server.close()
  }
})
