// The golden files of tests/formats against what their receivers publish: CloudEvents by its own library, Snowplow by the
// limits that its schemas at Iglu Central set (the payload's keys are texts, required fields, lengths, cents), written down here.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import Ajv from 'ajv'
import cloudevents from 'cloudevents'
import { at } from '../../www/tools/paths.mjs'

const bodies = (format) =>
  readFileSync(at('tests/formats/golden', `${format}.txt`), 'utf8')
    .split(/^(?:POST|GET) /m)
    .filter(Boolean)
    .map((text) => text.slice(text.indexOf('\n\n') + 2))

test('each CloudEvent is one to the official library', () => {
  const events = JSON.parse(bodies('cloudevents')[0])
  for (const event of events) assert.ok(new cloudevents.CloudEvent(event).validate())
  assert.equal(events.length, 16)
  const { source, ...rest } = events[0]
  assert.ok(source)
  assert.throws(() => new cloudevents.CloudEvent({ ...rest, source: '' }).validate(), 'the library looks')
})

test('OTLP logs are what the official protobuf messages hold, field by field', () => {
  // Generated from opentelemetry-proto; made for its own exporters, so it has no public name.
  const generated = at('node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js')
  const { ExportLogsServiceRequest: Request } = createRequire(import.meta.url)(generated).opentelemetry.proto.collector.logs.v1
  const through = (body) => {
    const message = Request.fromObject(body)
    assert.equal(Request.verify(message), null)
    return Request.toObject(Request.decode(Request.encode(message).finish()), { longs: String, enums: Number, bytes: String })
  }
  const body = JSON.parse(bodies('otlp')[0])
  assert.deepEqual(through(body), body, 'no field that it does not know, none of another type')
  const [record] = body.resourceLogs[0].scopeLogs[0].logRecords
  record.eventname = record.eventName
  assert.notDeepEqual(through(body), body, 'it looks')
})

test('RudderStack messages have the fields and types of its HTTP API', () => {
  // The types that https://www.rudderstack.com/docs/api/http-api/ describes for page and track calls in a batch.
  const string = { type: 'string' }
  const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' }
  const library = { type: 'object', properties: { name: string, version: string } }
  const context = { type: 'object', properties: { ip: string, library, traits: { type: 'object' } } }
  const fields = { userId: string, anonymousId: string, messageId: string, type: { enum: ['page', 'track'] }, event: string, name: string, properties: { type: 'object' }, context, timestamp: time, originalTimestamp: time }
  const known = { type: 'object', properties: fields, required: ['type', 'anonymousId', 'messageId'], additionalProperties: false, if: { properties: { type: { const: 'track' } } }, then: { required: ['event'] } }
  const check = new Ajv().compile({ type: 'object', properties: { batch: { type: 'array', minItems: 1, items: known }, sentAt: time }, required: ['batch'], additionalProperties: false })
  const body = JSON.parse(bodies('rudderstack')[0])
  assert.ok(check(body), JSON.stringify(check.errors))
  body.batch[0].userId = 7
  assert.equal(check(body), false, 'it looks')
})

const text = (maxLength = 4096) => ({ type: 'string', maxLength })
const money = { type: 'number', minimum: 0, maximum: 9_999_999, multipleOf: 0.01 }
const count = { type: 'integer', minimum: 0, maximum: 9_999_999 }
const currency = { type: 'string', minLength: 3, maxLength: 3 }
const object = (properties, required = []) => ({ type: 'object', properties, required, additionalProperties: false })
const described = object({ schema: text(), data: {} }, ['schema', 'data'])

const KEYS = 'e p tv aid eid dtm stm duid sid vid uid url page refr lang se_ca se_ac se_la se_pr se_va ue_pr co'
const ACTIONS = 'add_to_cart remove_from_cart product_view list_click list_view promo_click promo_view checkout_step transaction refund trns_error'
const SNOWPLOW = {
  'snowplow/payload_data/jsonschema/1-0-4': {
    type: 'array',
    minItems: 1,
    items: object(Object.fromEntries(KEYS.split(' ').map((key) => [key, { type: 'string' }])), ['e', 'p', 'tv']),
  },
  'snowplow/contexts/jsonschema/1-0-1': { type: 'array', items: described },
  'snowplow/unstruct_event/jsonschema/1-0-0': described,
  'snowplow/web_page/jsonschema/1-0-0': object({ id: { type: 'string', minLength: 36, maxLength: 36 } }, ['id']),
  'snowplow/link_click/jsonschema/1-0-1': object({ targetUrl: { type: 'string', minLength: 1 }, elementId: text(), elementContent: text() }, ['targetUrl']),
  'snowplow/button_click/jsonschema/1-0-0': object({ label: { type: 'string', minLength: 1, maxLength: 4096 }, id: text(), name: text() }, ['label']),
  'snowplow/site_search/jsonschema/1-0-0': object({ terms: { type: 'array', minItems: 1, items: { type: 'string' } } }, ['terms']),
  'snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2': object({ type: { enum: ACTIONS.split(' ') }, name: text(128) }, ['type']),
  'snowplow.ecommerce/product/jsonschema/1-0-0': object(
    { id: text(), name: text(), category: text(), price: money, quantity: count, variant: text(256), brand: text(256), position: count, currency },
    ['id', 'category', 'price', 'currency'],
  ),
  'snowplow.ecommerce/cart/jsonschema/1-0-0': object({ total_value: money, currency }, ['total_value', 'currency']),
  'snowplow.ecommerce/transaction/jsonschema/1-0-0': object(
    {
      transaction_id: text(), revenue: money, currency, payment_method: text(128), total_quantity: count, tax: money, shipping: money,
      discount_code: text(99), discount_amount: money,
    },
    ['transaction_id', 'revenue', 'payment_method', 'currency', 'total_quantity'],
  ),
  'snowplow.ecommerce/refund/jsonschema/1-0-0': object({ transaction_id: text(), currency, refund_amount: money }, ['transaction_id', 'currency', 'refund_amount']),
  'snowplow.ecommerce/checkout_step/jsonschema/1-0-0': object(
    { step: { type: 'integer', minimum: 1, maximum: 90 }, delivery_method: text(128), coupon_code: text(128), payment_method: text(128) },
    ['step'],
  ),
  'snowplow.ecommerce/promotion/jsonschema/1-0-0': object({ id: text(), name: text(256), creative_id: text(), slot: text(256) }, ['id']),
}

test('each Snowplow payload, event and entity keeps to its schema', () => {
  // Cents are no binary fractions: 19.99 is a multiple of 0.01 all the same.
  const ajv = new Ajv({ multipleOfPrecision: 6 })
  const seen = new Set()
  const check = ({ schema, data }) => {
    const name = schema.replace('iglu:com.snowplowanalytics.', '')
    assert.ok(SNOWPLOW[name], `no such schema: ${schema}`)
    const isRight = ajv.compile(SNOWPLOW[name])
    assert.ok(isRight(data), `${name}: ${ajv.errorsText(isRight.errors)}\n${JSON.stringify(data)}`)
    seen.add(name)
  }
  for (const body of bodies('snowplow')) {
    const payload = JSON.parse(body)
    check(payload)
    for (const { ue_pr, co } of payload.data)
      for (const nested of [ue_pr, co].filter(Boolean).map((text) => JSON.parse(text))) {
        check(nested)
        for (const inner of [nested.data].flat()) check(inner)
      }
  }
  // All but a cart's whole value, which no event of the journey states.
  assert.deepEqual(Object.keys(SNOWPLOW).filter((name) => !seen.has(name)), ['snowplow.ecommerce/cart/jsonschema/1-0-0'])
  assert.throws(() => check({ schema: 'iglu:com.snowplowanalytics.snowplow.ecommerce/refund/jsonschema/1-0-0', data: { transaction_id: 'O', currency: 'EUR', refund_amount: 1.234 } }))
})
