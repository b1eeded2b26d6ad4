/** Results that can be checked later and elsewhere: signed with the key of this server (Ed25519). */

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { MicrocosmError } from '../schemas/errors.ts'
import { canonicalJson } from '../schemas/json.ts'
import type { Seat } from './sessions.ts'

export interface Signer {
  /** PEM. */
  readonly publicKey: string
  /** Over the canonical JSON (keys sorted), as base64. */
  sign(value: object): string
}

/** @param privateKey PEM of an Ed25519 key; without it a new one that lives as long as the process */
export function createSigner(privateKey?: string): Signer {
  const key = privateKey === undefined ? generateKeyPairSync('ed25519').privateKey : createPrivateKey(privateKey)
  return {
    publicKey: String(createPublicKey(key).export({ type: 'spki', format: 'pem' })),
    sign: (value) => sign(null, Buffer.from(canonicalJson(value)), key).toString('base64'),
  }
}

/** @throws EPISODE_NOT_RESET while the episode goes on: there is no result yet */
export function signedResult({ session }: Seat, signer: Signer): { result: object; signature: string } {
  const { opening, last } = session
  if (opening === null || last === null || !last.done)
    throw new MicrocosmError('EPISODE_NOT_RESET', 'There is no result before the end of an episode.')
  const { domain, version, task, seed } = opening.observation
  const { reward, terminated, truncated, reason } = last
  const { episode_id, step_count } = session.environment.state()
  const result = {
    session: session.id,
    episode_id,
    domain,
    version,
    task,
    seed,
    reward,
    terminated,
    truncated,
    reason,
    step_count,
  }
  return { result, signature: signer.sign(result) }
}
