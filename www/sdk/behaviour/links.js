/** Which links lead away from the shop, and which to a file. */

import { attribute } from './element.js'

/** GA4's list (https://support.google.com/analytics/answer/9216061), and what shops have beside it. */
const EXTENSIONS =
  'pdf xls xlsx doc docx txt rtf csv exe key pps ppt pptx 7z pkg rar gz zip avi mov mp4 mpe mpeg wmv mid midi mp3 wav wma ' +
  'apk bz2 deb dmg docm epub flac ics iso jar json m4a mobi msi odp ods odt ogg rpm stl tar tgz vcf webm xml'

const bare = (host) => host.toLowerCase().replace(/^www\./, '')
/** A host, or `*.example.com` for it and all below it. */
const covers = (alias, host) =>
  alias.startsWith('*.') ? ('.' + host).endsWith(alias.slice(1).toLowerCase()) : bare(alias) == host

const isLink = (node) => /^(a|area)$/i.test(node.localName) && (attribute(node, 'href') || attribute(node, 'xlink:href'))

/**
 * The event of a click on a path of elements: `[name, fields]`, or nothing. Fields are GA4's. Of an address, origin and path:
 * what stands in a query is between the shop and whom it links to. A file elsewhere is a file, and `outbound` says where.
 */
export const linkEvent = (path, base, { aliases = [], extensions = EXTENSIONS.split(' ') }) => {
  const link = path.find(isLink)
  if (!link) return
  let url
  try {
    url = new URL(attribute(link, 'href') || attribute(link, 'xlink:href'), base)
  } catch {
    return
  }
  const named = link.getAttribute('download')
  const isWeb = /^https?:$/.test(url.protocol)
  if (!isWeb && (named == null || !/^(blob|data):$/.test(url.protocol))) return
  const host = bare(url.hostname)
  const outbound = isWeb && ![new URL(base).hostname, ...aliases].some((alias) => covers(bare(alias), host))
  const about = {
    link_url: isWeb ? url.origin + url.pathname : undefined,
    link_domain: url.hostname || undefined,
    link_id: attribute(link, 'id') || undefined,
    link_classes: attribute(link, 'class').slice(0, 200) || undefined,
    outbound,
  }
  let file = named || (isWeb ? url.pathname.split('/').pop() : '')
  try {
    file = decodeURIComponent(file)
  } catch {
    // As it is, then.
  }
  const [, extension = ''] = /\.(\w{1,10})$/.exec(file.toLowerCase()) || []
  if (named != null || extensions.includes(extension))
    return ['file_download', { file_name: file || undefined, file_extension: extension || undefined, ...about }]
  if (outbound) return ['outbound_click', about]
}
