// The package as a user gets it: packed by npm, installed by npm into a temporary folder, beside copies of the tiny
// projects of this folder. Nothing of the repository is in reach of them but what was packed.
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, run } from '../../www/tools/exec.mjs'
import { at, root } from '../../www/tools/paths.mjs'

// npm tells its scripts about itself; a nested npm would take that for its own settings.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))

const projects = () =>
  readdirSync(at('tests/packaging'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)

/**
 * Packs and installs: `{folder, files, remove}`. `folder` holds `node_modules` and the projects, `files` are the
 * tarball's. dist/ must have been built.
 */
export async function install() {
  const folder = mkdtempSync(join(tmpdir(), 'cartbeacon-packaging-'))
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, env })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  const files = ask('tar', ['-tzf', tarball], { cwd: folder }).split('\n').map((name) => name.replace(/^package\//, ''))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  // Offline: the package has no dependencies, and must not get any without this failing.
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd: folder, env })
  for (const name of projects()) cpSync(at('tests/packaging', name), join(folder, name), { recursive: true })
  return { folder, files, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
