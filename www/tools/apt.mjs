// Debian's and Ubuntu's packages, installed where that is allowed: as root, or with a sudo that asks no password.
// Everywhere else the person is told which packages to install.
import { readdirSync, statSync } from 'node:fs'
import { ask, run, which } from './exec.mjs'
import { Problem } from './say.mjs'

const LISTS = '/var/lib/apt/lists'
const LISTS_GO_STALE_MS = 24 * 3600 * 1000
const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1', LC_ALL: 'C' }

export const isRoot = process.getuid?.() === 0

/** The words to put before a command that needs root: none as root, `sudo -n` where it works, undefined where neither. */
export function asRoot() {
  if (isRoot) return []
  return which('sudo') && ask('sudo', ['-n', 'true']) !== undefined ? ['sudo', '-n'] : undefined
}

export function hasApt() {
  return which('apt-get') !== undefined && which('apt-cache') !== undefined
}

/** The version the package manager would install (or has installed), or undefined. */
export function candidate(name) {
  const policy = ask('apt-cache', ['policy', name], { env: environment })
  const version = policy && /^ {2}Candidate: (\S+)$/m.exec(policy)?.[1]
  return version && version !== '(none)' ? version : undefined
}

/** Names of packages that match a pattern, sorted. */
export function packagesNamed(pattern) {
  const found = ask('apt-cache', ['pkgnames'], { env: environment }) ?? ''
  return found.split('\n').filter((name) => pattern.test(name)).sort()
}

function listsAreFresh() {
  try {
    const updated = Math.max(statSync(LISTS).mtimeMs, statSync(`${LISTS}/partial`).mtimeMs)
    return Date.now() - updated < LISTS_GO_STALE_MS && readdirSync(LISTS).some((name) => /_Packages(\.\w+)?$/.test(name))
  } catch {
    return false
  }
}

/**
 * Brings the package lists up to date when there are none or they are older than a day; or whatever their age, where they
 * lack something: they may be from before a source was added.
 */
export async function refreshLists(onLine, { anyway = false } = {}) {
  const prefix = asRoot()
  if (!hasApt() || prefix === undefined || (!anyway && listsAreFresh())) return
  await aptGet(prefix, ['update'], onLine)
}

/** Installs packages; `why` ends the sentence "… is needed" of the message for those who must do it by hand. */
export async function install(names, why, onLine) {
  if (!hasApt()) {
    throw new Problem(`${why}.\nThis machine has no apt-get. The Debian packages would be: ${names.join(' ')}.\nInstall what they hold, then run the same command again.`)
  }
  const prefix = asRoot()
  if (prefix === undefined) {
    throw new Problem(`${why}.\nThis needs root, or sudo without a password. Please install by hand:\n\n  sudo apt-get install --no-install-recommends ${names.join(' ')}\n\nthen run the same command again.`)
  }
  const go = () => aptGet(prefix, ['install', '--yes', '--no-install-recommends', ...names], onLine)
  try {
    await go()
  } catch {
    // Lists that name a version the archive no longer has look fresh; once more with new ones.
    await aptGet(prefix, ['update'], onLine)
    await go()
  }
}

function aptGet(prefix, args, onLine) {
  const [command, ...rest] = [...prefix, 'apt-get', '-o', 'DPkg::Lock::Timeout=300', '-o', 'APT::Color=0', ...args]
  return run(command, rest, { env: environment, onLine })
}
