// Why a field differs from what the vendor's own client sends: formats (`*` for all), the field's path, how it differs (any, where
// left out), the reason. The first that fits counts; one that fits nothing fails the test.
const ID = 'An id that each client makes up for itself'
const TIME = 'The moment it was made'
const OWN = 'The name and version of who sends'
const DEVICE = 'Facts of the device beyond what the events need are not read: no fingerprint, and the receiver has the user agent as a header'
const INTERNAL = 'What their client tells about itself: its bundle, its settings, its queues'
const ENTRY = 'Where the visit began is the first page view of the session, which has been sent'

export const REASONS = [
  ['*', /^(anonymousId|messageId|uuid|distinct_id|properties\.(distinct_id|\$device_id|\$session_id)|context\.sessionId|duid|sid|eid|entities\.web_page\.\*\.id)$/, /other value/, ID],
  ['*', /^(timestamp|originalTimestamp|sentAt|sent_at|dtm|stm)$/, /other value/, TIME],
  ['*', /^(context\.library\.(name|version)|properties\.\$lib(_version)?|tv)$/, /other value/, OWN],
  ['segment rudderstack', /^context\.consent\./, /ours alone/, 'The consent is stated in Segment’s own field for it; their clients have it only with a wrapper'],
  ['segment rudderstack', /^name$/, /ours alone/, 'A page has its title as name, which reports group by; theirs has none unless the shop gives one'],
  ['segment', /^originalTimestamp$/, /ours alone/, 'Beside `timestamp`, as Segment’s spec has it: their client leaves it to the server'],
  ['segment', /^_metadata\./, /theirs alone/, INTERNAL],
  ['segment rudderstack', /^integrations\./, /theirs alone/, 'Says that all destinations may have it, which is what is meant without it'],
  ['segment', /^writeKey$/, /theirs alone/, 'Stands once, for the whole request'],
  ['rudderstack', /^sentAt$/, /theirs alone/, 'Stands once, for the whole request'],
  ['segment rudderstack', /^userId$/, /theirs alone/, 'Empty or null until somebody is identified: then it is left out'],
  ['segment rudderstack', /^context\.(userAgent|userAgentData\..*|timezone|screen\..*|os\..*)$/, /theirs alone/, DEVICE],
  ['rudderstack', /referrer$/, /other value/, '`$direct` for an empty referrer is a word of their client’s; Segment’s has the empty text, as we do'],
  ['rudderstack', /(initial_referr|referring_domain|tab_url)/, /theirs alone/, 'Follows from `referrer` and `url`, or is the referrer of the first page view'],
  ['rudderstack', /^(channel|context\.(app\..*|library\.variant))$/, /theirs alone/, INTERNAL],
  ['rudderstack', /^context\.(campaign|traits)$/, /theirs alone/, 'Empty here: campaign fields stand in `url`; traits are not sent'],
  ['rudderstack', /^context\.sessionStart$/, /theirs alone/, 'The first event under a `sessionId` is the start'],
  ['posthog', /^(path|type)$/, /other value/, 'The documented `/batch/`, as text, which needs no preflight; theirs is the way of its own client'],
  ['posthog', /^distinct_id$/, /ours alone/, 'Beside the properties, as the API’s documentation has it'],
  ['posthog', /^properties\.distinct_id$/, /theirs alone/, 'Stands beside the properties'],
  ['posthog', /^properties\.title$/, /ours alone/, 'The page’s title with every event, not with page views alone'],
  ['posthog', /^properties\.\$(browser|os|device_type|raw_user_agent|screen|timezone|viewport)/, /theirs alone/, DEVICE],
  ['posthog', /^properties\.\$session_entry_/, /theirs alone/, ENTRY],
  ['posthog', /^properties\.\$(pageview_id|window_id)$/, /theirs alone/, 'Ids of its own views and tabs, for its replay and its page-leave events, which there are none of'],
  ['posthog', /^properties\.(\$insert_id|\$time|token)$/, /theirs alone/, 'Says again what `uuid`, `timestamp` and `api_key` say'],
  ['posthog', /^properties\.\$is_identified$/, /theirs alone/, 'Whether the person is known: `$process_person_profile` says it'],
  ['posthog', /^properties\.\$(config|configured|initialization|lib_|recording|sdk)/, /theirs alone/, INTERNAL],
  ['snowplow', /^(cd|cookie|cs|ds|res|tz|vp)$/, /theirs alone/, DEVICE],
  ['snowplow', /^tna$/, /theirs alone/, 'The name of one of several trackers on a page; here `aid` tells them apart'],
  ['snowplow', /^page$/, /ours alone/, 'The page’s title with every event, not with page views alone'],
  ['snowplow', /^entities\.client_session\./, /theirs alone/, '`duid`, `sid` and `vid` say whose session it is and which; the entity repeats them with a count'],
  ['snowplow', /^entities\.product\./, /ours alone/, 'The checkout has its products; their call for a step takes none'],
  ['snowplow', /^entities\.cart\./, /theirs alone/, 'Told where the event has `cart_total`, as those of the option `cart` do; `value` of an addition is what was added'],
  ['snowplow', /^(e|se_.*|ue\..*)$/, /./, 'An event of the shop’s own is structured (`se`), since a schema for it would have to be in the shop’s registry'],
]
