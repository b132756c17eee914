// PostHog's own script as its documentation sets it up, without what has to be fetched for it and without its limit of ten
// events a second, so that everything can arrive.
import posthog from 'posthog-js'

const { endpoint } = document.currentScript.dataset
posthog.init('phc_bench', {
  api_host: endpoint,
  advanced_disable_flags: true,
  disable_session_recording: true,
  disable_surveys: true,
  // A headless browser is a robot to it.
  opt_out_useragent_filter: true,
  rate_limiting: { events_per_second: 1e6, events_burst_limit: 1e6 },
})

window.peer = {
  track: (data) => posthog.capture('add_to_cart', data),
  page: () => posthog.capture('$pageview'),
}
