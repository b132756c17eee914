// A tab that no test tool is attached to while it loads. Playwright keeps every page visible and its attachment forbids
// prerendering; here a tab can be hidden, frozen and prerendered as in front of a person.
import assert from 'node:assert/strict'
import { until } from './collector.mjs'

export class Window {
  #session
  #contextId
  #waiting = new Map()
  #sent = 0

  /** A window of its own, with its own cookies. */
  static async open(browser) {
    const window = new Window()
    window.#session = await browser.newBrowserCDPSession()
    window.#session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result, error } = JSON.parse(message)
      window.#waiting.get(id)?.(error ?? result)
      window.#waiting.delete(id)
    })
    const { browserContextId } = await window.#session.send('Target.createBrowserContext')
    window.#contextId = browserContextId
    return window
  }

  close() {
    return this.#session.send('Target.disposeBrowserContext', { browserContextId: this.#contextId })
  }

  /** Opens a tab in front of the others, so that the one before is hidden, or behind them. */
  async tab(url, { background = false } = {}) {
    const { targetId } = await this.#session.send('Target.createTarget', { url, background, browserContextId: this.#contextId })
    return {
      /** Brings it to the front again. */
      show: () => this.#session.send('Target.activateTarget', { targetId }),
      attach: () => this.#attach(targetId),
    }
  }

  /** From here on the tab can be asked and told things. */
  async #attach(targetId) {
    const { sessionId } = await this.#session.send('Target.attachToTarget', { targetId, flatten: false })
    const send = (method, params = {}) =>
      new Promise((resolve) => {
        const id = ++this.#sent
        this.#waiting.set(id, resolve)
        this.#session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) }).catch(resolve)
      })
    const evaluate = async (expression) => {
      const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture: true })
      assert.ok(answer.result && !answer.exceptionDetails, `${expression}: ${JSON.stringify(answer)}`)
      return answer.result.value
    }
    const when = (expression) => until(() => evaluate(expression).catch(() => false), expression)
    return { send, evaluate, when }
  }
}
