/**
 * The state directory: the secret that tokens are derived from, the key that results are signed with, and beside them the
 * logs of sessions. What is in it opens every session, so only its owner may read it.
 */

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MicrocosmError } from '../../schemas/errors.ts'

export interface StateFolder {
  folder: string
  secret: Buffer
  /** PEM of an Ed25519 key. */
  signingKey: string
}

/** Makes what is not there yet. @throws LOG_UNAVAILABLE */
export function openState(folder: string): StateFolder {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
    const secret = Buffer.from(
      kept(join(folder, 'secret'), () => randomBytes(32).toString('hex')),
      'hex',
    )
    const signingKey = kept(join(folder, 'signing-key.pem'), () =>
      String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })),
    )
    return { folder, secret, signingKey }
  } catch (error) {
    throw new MicrocosmError(
      'LOG_UNAVAILABLE',
      `The state directory ${folder} can't be used: ${(error as Error).message}.`,
      {},
      error,
    )
  }
}

function kept(file: string, make: () => string): string {
  if (!existsSync(file)) {
    const whole = `${file}.new`
    writeFileSync(whole, make(), { mode: 0o600 })
    renameSync(whole, file)
  }
  return readFileSync(file, 'utf8')
}
