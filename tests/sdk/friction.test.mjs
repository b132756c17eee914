/** What the part `friction` decides, without a page. In real ones: tests/e2e/behaviour-friction.test.mjs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPlayed, isStep, rage } from '../../www/sdk/behaviour/rage.js'

test('three clicks within 30 px and a second are angry, once a series', () => {
  for (const [story, clicks, expected] of [
    ['two', [[0, 0, 0], [0, 0, 200]], []],
    ['three', [[0, 0, 0], [5, 5, 300], [0, 10, 900]], [2]],
    ['seven', [0, 100, 200, 300, 400, 500, 600].map((t) => [0, 0, t]), [2]],
    ['three, slower than that', [[0, 0, 0], [0, 0, 600], [0, 0, 1200]], []],
    ['at last fast enough', [[0, 0, 0], [0, 0, 900], [0, 0, 1200], [0, 0, 1500]], [3]],
    ['far from each other', [[0, 0, 0], [31, 0, 100], [62, 0, 200]], []],
    ['on the move', [[0, 0, 0], [20, 0, 100], [40, 0, 200]], []],
    ['at the edge', [[0, 0, 0], [0, 30, 500], [0, 0, 1000]], [2]],
    ['twice', [0, 100, 200, 5000, 5100, 5200].map((t) => [0, 0, t]), [2, 5]],
    ['labels whose control the browser clicks as well', [[0, 0, 0], [0, 0, 1], [0, 0, 300], [0, 0, 301]], []],
  ]) {
    const isAngry = rage()
    const angry = clicks.flatMap((click, place) => (isAngry(...click) ? [place] : []))
    assert.deepEqual(angry, expected, story)
  }
})

const element = (localName, attributes = {}, textContent = '') => ({ localName, textContent, getAttribute: (name) => attributes[name] ?? null })

test('what is there to be clicked again and again makes nobody angry', () => {
  for (const [path, expected] of [
    [[element('button', {}, ' + ')], true],
    [[element('button', {}, '−')], true],
    [[element('i'), element('button', { class: 'btnPlus' })], true],
    [[element('button', { 'data-testid': 'line-increase' }, 'More')], true],
    [[element('button', { 'aria-label': 'Next slide' })], true],
    [[element('button', { name: 'qty_up' })], true],
    [[element('span'), element('div', { role: 'slider' })], true],
    [[element('img'), element('div'), element('div'), element('div'), element('div', { class: 'product-carousel__track' })], true],
    [[element('button', { 'aria-roledescription': 'carousel' })], true],
    [[element('button', { class: 'buy' }, 'Buy')], false],
    [[element('button', { id: 'coupon-apply' }, 'Apply')], false],
    [[element('button', { class: 'context-menu' }, 'Text')], false],
    [[element('button', { class: 'surplus' }, 'Nonplussed')], false],
  ])
    assert.equal(isStep(path), expected, JSON.stringify(path))
})

test('fields and films have clicks of their own', () => {
  for (const [node, expected] of [
    [element('input'), true],
    [element('input', { type: 'checkbox' }), true],
    [element('input', { type: 'submit' }), false],
    [element('select'), true],
    [element('video'), true],
    [element('button'), false],
    [{ ...element('div'), isContentEditable: true }, true],
    [element('div'), false],
  ])
    assert.equal(!!isPlayed(node), expected, JSON.stringify(node))
})
