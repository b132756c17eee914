/**
 * The part behind `device` of the option `capture`: a few facts about the browser, once a session, as the event `device`.
 *
 * They are classes that many share, and no more: how wide the window is in four classes, language, time zone, kind of
 * connection, and the low-entropy client hints (https://wicg.github.io/ua-client-hints/#low-entropy-hint-table) where the
 * browser has them. No screen, fonts, canvas, memory or cores. Robots say so. Nothing is read before there is a session,
 * which needs a yes; nothing is stored.
 */

/** Upper ends, in CSS pixels. */
const WIDTHS = [[640, 'small'], [1024, 'medium'], [1536, 'large'], [Infinity, 'wide']]
/** What robots call themselves. `cubot` is a maker of telephones. */
const ROBOT = /(^|[^u])bot\b|crawl|spider|slurp|headless|lighthouse|phantomjs|preview|externalhit/i
/** Chromium's names that only say that there may be others. */
const GREASE = /not.*brand/i

/** The facts, from the window's own objects. */
export const facts = ({ navigator, innerWidth, Intl }) => {
  const { userAgentData: hints, connection, language, webdriver, userAgent } = navigator
  const brands = (hints?.brands || []).filter(({ brand }) => !GREASE.test(brand))
  const brand = brands.find(({ brand }) => brand != 'Chromium') || brands[0]
  return {
    viewport: WIDTHS.find(([end]) => innerWidth < end)[1],
    language,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    connection: connection?.effectiveType,
    browser: brand && `${brand.brand} ${brand.version}`,
    platform: hints?.platform || undefined,
    form_factor: hints && (hints.mobile ? 'mobile' : 'desktop'),
    robot: webdriver ? 'webdriver' : ROBOT.test(userAgent) ? 'agent' : undefined,
  }
}

/** When a session began: its id is a UUID v7 (https://www.rfc-editor.org/rfc/rfc9562#section-5.7). */
const began = (id) => parseInt(id.replace('-', '').slice(0, 12), 16)

export const make = (tracker) => {
  const say = () => tracker.track('device', facts(window))
  tracker.on('session', say)
  // The one that was there when this part came: told where it began, not on every page.
  const { session } = tracker.ids()
  if (session && began(session) > Date.now() - performance.now() - 50) say()
}
