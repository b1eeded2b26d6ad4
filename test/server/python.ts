/** Python with the packages that a test needs, in a virtual environment that is made once; and programs run to their end. */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The release that the wire is checked against. */
export const openenvRelease = 'openenv==0.10.0'

/**
 * @param name of the environment: one for each set of packages, so that tests beside each other never share one
 * @returns its folder of programs; null where there is no Python that can make one
 */
export function venvWith(name: string, packages: readonly string[]): string | null {
  const folder = join(root, '.venv', name)
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin')
  const done = join(folder, 'installed')
  if (existsSync(done)) return bin
  if (spawnSync('python3', ['--version']).status !== 0) return null
  mkdirSync(join(root, '.venv'), { recursive: true })
  const release = lock(`${folder}.lock`)
  try {
    return existsSync(done) ? bin : make(folder, bin, done, packages)
  } finally {
    release()
  }
}

/** Of who makes it, among test files that run at once: a folder is made by one alone. That of a process that died is no lock. */
function lock(folder: string): () => void {
  const holder = join(folder, 'pid')
  for (;;) {
    try {
      mkdirSync(folder)
      writeFileSync(holder, String(process.pid))
      return () => rmSync(folder, { recursive: true, force: true })
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
    if (existsSync(holder) && !isAlive(Number(readFileSync(holder, 'utf8'))))
      rmSync(folder, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function make(folder: string, bin: string, done: string, packages: readonly string[]): string | null {
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return null
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]
  const installed = spawnSync(join(bin, 'python'), args)
  if (installed.status !== 0) throw new Error(`pip failed: ${installed.stderr}`)
  writeFileSync(done, packages.join('\n'))
  return bin
}

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
}

export function run(command: string, args: readonly string[], input = ''): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data) => (stdout += data))
    child.stderr.on('data', (data) => (stderr += data))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    child.stdin.end(input)
  })
}
