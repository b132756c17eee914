// `npm run bench -- --peers`: two widely used trackers beside ours, of the versions in peers/package-lock.json. They are
// installed and bundled then, under target/: nobody else needs their 70 MB.
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { run } from '../../www/tools/exec.mjs'
import { at } from '../../www/tools/paths.mjs'

const HERE = at('tests/bench/peers')
const THERE = at('target/bench-peers')

export const PEERS = ['snowplow', 'posthog']

/** By name, each one's script and what it weighs with brotli. */
export async function bundlePeers(onLine) {
  mkdirSync(THERE, { recursive: true })
  cpSync(HERE, THERE, { recursive: true })
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: THERE, onLine })
  const scripts = {}
  for (const name of PEERS) {
    const { outputFiles } = await build({
      entryPoints: [join(THERE, `${name}.js`)],
      bundle: true,
      minify: true,
      format: 'iife',
      target: 'es2020',
      write: false,
      logLevel: 'error',
    })
    scripts[name] = { text: outputFiles[0].text, brotli: brotliCompressSync(outputFiles[0].contents).length }
  }
  return scripts
}

/** What each peer calls its own events, in our words. */
const NAMES = { pv: 'page_view', $pageview: 'page_view', $autocapture: 'click' }

/** The events in a body, whoever wrote it: each with an id and a name. */
export function eventsIn(body) {
  const whole = JSON.parse(body)
  if (whole.events) return whole.events
  if (whole.schema) return whole.data.map((event) => ({ id: event.eid, name: NAMES[event.e] ?? snowplowName(event) }))
  const list = Array.isArray(whole) ? whole : (whole.batch ?? [whole])
  return list.filter(({ event }) => event).map(({ uuid, event }) => ({ id: uuid, name: NAMES[event] ?? event }))
}

function snowplowName({ ue_px, ue_pr }) {
  const { schema, data } = JSON.parse(ue_pr ?? Buffer.from(ue_px, 'base64url').toString()).data
  return schema.includes('_click/') ? 'click' : data.type
}
