// A worker thread has no window either.
import { Worker, isMainThread, parentPort } from 'node:worker_threads'

if (isMainThread) {
  new Worker(new URL(import.meta.url)).on('message', (answer) => console.log(JSON.stringify([answer])))
} else {
  const { exercise } = await import('./exercise.mjs')
  parentPort.postMessage(await exercise(await import('cartbeacon')))
}
