// Consent software from npm as shops put it on their pages: its files for the head, in their order, and its buttons.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { at } from '../../www/tools/paths.mjs'

/**
 * `source` is the tracker's option; without one the platform's own callback tells the tracker. `by` is who then decided,
 * `yes` and `no` are its buttons.
 */
export const PLATFORMS = {
  '@iabtechlabtcf/cmpapi': { file: 'tcf', source: 'tcf', by: 'tcf', yes: '#yes', no: '#no' },
  '@iabtechlabtcf/cmpapi, found by itself': { file: 'tcf', source: 'auto', by: 'tcf', yes: '#yes', no: '#no' },
  '@iabgpp/cmpapi': { file: 'gpp', source: 'gpp', by: 'gpp', yes: '#yes', no: '#no', before: 'gpp-stub.js', purposes: ['analytics', 'sale'] },
  '@walltowall/cookie-banner': { file: 'google', source: 'google', by: 'google', yes: 'cookie-banner [data-accept]', no: 'cookie-banner [data-reject]' },
  klaro: { file: 'klaro', library: 'klaro/dist/klaro.js', by: 'api', yes: '.klaro .cm-btn-success', no: '.klaro .cm-btn-danger' },
  'vanilla-cookieconsent': {
    file: 'vanilla',
    library: 'vanilla-cookieconsent/dist/cookieconsent.umd.js',
    by: 'api',
    yes: '#cc-main [data-role=all]',
    no: '#cc-main [data-role=necessary]',
  },
}

const own = (name) => at('tests/e2e/cmp', name)

/** Puts the platform's files into a served folder; answers `before`, what the head has first, and `script`, what sets it up. */
export async function install({ file, library, before }, folder) {
  const put = (name, text) => {
    writeFileSync(join(folder, name), text)
    return `/${name}`
  }
  const bundled = library ? undefined : await build({ entryPoints: [own(`${file}.js`)], bundle: true, format: 'iife', write: false, logLevel: 'silent' })
  const paths = []
  if (before) paths.push(put(before, readFileSync(own(before))))
  if (library) paths.push(put('library.js', readFileSync(at('node_modules', library))))
  return {
    before: paths.map((path) => `<script src="${path}"></script>`).join(''),
    script: put('platform.js', bundled ? bundled.outputFiles[0].text : readFileSync(own(`${file}.js`))),
  }
}
