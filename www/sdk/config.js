/**
 * The options of `init`, read once, and what is said about consent: into what the engine works with.
 *
 * What nobody knows, or makes no sense, is noted for debug mode and read in its strictest meaning: a misspelt consent
 * default denies, it never sends. Only a missing or impossible endpoint stops the tracker. An option of a group may also
 * stand alone under its dotted name, as in `'batch.ms'`.
 */

/** Each has a bit for a yes, and one four places higher for a no. */
const PURPOSES = ['analytics', 'marketing', 'preferences', 'sale']
const ALL = 15
/** Who speaks, by their numbers in src/engine/consent/signals.rs. */
const SOURCES = 'api tcf gpp google shopify wordpress gpc dnt stored region auto default'.split(' ')
const MEDIA = ['cookie', 'local', 'memory']

const BAD = 'not a possible value'

const isObject = (value) => value && typeof value == 'object' && !Array.isArray(value)

/** `{ analytics: 'granted', source: 'tcf' }` as `[choices, source]`; throws what is wrong, with its name. */
export const choices = (update) => {
  if (!isObject(update)) throw 'consent: not an object'
  let bits = 0
  let source = 0
  for (const [name, word] of Object.entries(update)) {
    const bit = 1 << PURPOSES.indexOf(name)
    if (name == 'source') {
      source = SOURCES.indexOf(word)
      if (source < 0) throw 'source: not one'
    } else if (bit < 0) throw name + ': not a purpose'
    else if (word == 'granted') bits |= bit
    else if (word == 'denied') bits |= bit << 4
    else throw name + ': neither granted nor denied'
  }
  return [bits, source]
}

/** What is said in advance, or by the browser, and what is wrong with it. A default has to name the purposes it grants. */
const advance = (name, value) => {
  if (value == 'hold') return [0]
  if (value == 'grant' && name == 'consent.region') return [ALL]
  try {
    return [choices(value)[0]]
  } catch {
    return [ALL << 4, value != 'deny' && BAD]
  }
}

/**
 * Every option with its value; `Config::read` takes the list of the values: order and units are those of src/engine/config.rs.
 * `note` is told what was not understood. Throws where nothing can work.
 */
export const configure = (options, note) => {
  const config = {
    __proto__: null,
    site: '',
    'consent.policy': '',
    'batch.events': 20,
    'batch.bytes': 49152,
    'batch.ms': 5000,
    'queue.events': 500,
    'queue.bytes': 262144,
    'queue.hours': 72,
    'cookie.days': 395,
    'session.idleMinutes': 30,
    'session.maxHours': 24,
    'retry.ms': 1000,
    'retry.maxMs': 300000,
    storage: 0,
    'capture.pages': true,
    'consent.purposes': 1,
    'consent.source': 0,
  }
  for (const source of SOURCES) config['consent.' + source] = 0
  // What is the page's business.
  Object.assign(config, { endpoint: '', 'capture.clicks': true, 'privacy.text': false })

  const read = (group, prefix) => Object.entries(group).forEach(([name, value]) => option(prefix + name, value))
  const option = (name, value) => {
    const type = typeof config[name]
    let problem
    // Whoever listens to debug asks for it by that; the others are for parts, as are those of `behaviour` and more of `capture`.
    if (/^(debug|before.?send|forward)$/i.test(name) || (/^(compress|cart)$/.test(name) && typeof value != 'string')) return
    if (/^privacy(\.(redact|allow|deny|queryKeys|nationalIds))?$/.test(name) && !isObject(value)) return
    if (isObject(value) && !name.includes('.')) read(value, name + '.')
    else if (name == 'capture' && value !== true) {
      config['capture.pages'] = config['capture.clicks'] = false
      if (value) [value].flat().forEach((word) => option('capture.' + word, true))
    } else if (type == 'undefined') {
      if (!/^(behaviour|capture\.|cookie\.domain|attribution|linker|sample)/.test(name) && (name != 'format' || value != 'native')) problem = 'not an option'
    } else if (type == 'boolean') config[name] = value === true
    else if (name == 'storage') {
      config[name] = MEDIA.indexOf(value)
      if (config[name] < 0) {
        config[name] = 2
        problem = BAD
      }
    } else if (name == 'consent.purposes') {
      // Nobody can grant what nobody knows: then ask for everything.
      const bits = [value].flat().reduce((all, word) => all | (1 << PURPOSES.indexOf(word)), 0)
      config[name] = bits > 0 ? bits : ALL
      problem = config[name] == ALL && 'all purposes are asked for'
    }
    // Which platform is the concern of the part that listens to platforms: until it says, everything waits.
    else if (name == 'consent.source') config[name] = +(value != 'api')
    else if (type == 'string') {
      config[name] = /string|number/.test(typeof value) ? value + '' : ''
      if (name == 'consent.policy' && !/^.{1,64}$/.test(config[name])) {
        config[name] = ''
        problem = BAD
      }
    } else if (name.startsWith('consent.')) [config[name], problem] = advance(name, value)
    else if (/^[1-9]\d{0,8}$/.test(value)) config[name] = +value
    else problem = BAD
    if (problem) note(name + ': ' + problem)
  }
  // What JSON leaves out or makes plain is left out or plain here.
  read(JSON.parse(JSON.stringify(options)), '')
  const { endpoint } = config
  // An absolute path, or `http(s)://host…`, without spaces or a fragment of its own.
  if (!/^(https?:\/\/[^/?:\0- #\\]|\/(?!\/))[^\0- #\\]*$/.test(endpoint)) throw 'endpoint: ' + (endpoint ? 'not a URL' : 'required')
  return config
}
