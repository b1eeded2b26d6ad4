/**
 * The process that may be killed: plays of one domain, asked for over a pipe. It knows no catalogue, no key and, where
 * anybody plays, no gold. It is started by room.ts, with an empty environment and under Node's permission model.
 */

import { MicrocosmError } from '../../../schemas/errors.ts'
import { createExercise } from '../exercise.ts'
import type { Play, World } from '../world.ts'
import { openWorld } from '../world.ts'
import { readFrames, writeFrame } from './frames.ts'
import type { Reply, Request } from './protocol.ts'
import { flat } from './protocol.ts'

let world: World | null = null
let exercise: ReturnType<typeof createExercise> | null = null
let plays = new Map<string, Play>()

function open(request: Request & { do: 'open' }, blob: Uint8Array): null {
  for (const play of plays.values()) play.close()
  plays = new Map()
  world?.close()
  world = null
  exercise = null
  const images = new Map<string, Uint8Array>()
  let at = 0
  for (const [scenario, bytes] of request.images) {
    images.set(scenario, Uint8Array.from(blob.subarray(at, at + bytes)))
    at += bytes
  }
  world = openWorld({
    domain: request.domain,
    image: (scenario) => {
      const image = images.get(scenario)
      if (image === undefined) throw new MicrocosmError('UNKNOWN_SCENARIO', `There is no scenario "${scenario}".`)
      return image
    },
    limits: request.limits,
  })
  return null
}

function answer(request: Request, blob: Uint8Array): unknown {
  if (request.do === 'ping') return null
  if (request.do === 'open') return open(request, blob)
  if (world === null) throw new MicrocosmError('SESSION_ERROR', 'No domain is open.')
  if (request.do === 'gold') return flat(world.gold(request.task))
  if (request.do === 'exercise') {
    exercise ??= createExercise(world)
    return exercise(request.tool)
  }
  if (request.do === 'start') {
    plays.set(request.play, world.start(request.scenario))
    return null
  }
  const play = plays.get(request.play)
  if (play === undefined) throw new MicrocosmError('UNKNOWN_SESSION', `There is no play "${request.play}".`)
  switch (request.do) {
    case 'call':
      return play.call(request.tool, request.arguments)
    case 'outcome':
      return flat(play.outcome())
    case 'fork':
      play.fork(request.plays.length).forEach((fork, index) => {
        plays.set(request.plays[index] as string, fork)
      })
      return null
    case 'park':
      play.park()
      return null
    case 'close':
      plays.delete(request.play)
      play.close()
      return null
  }
}

readFrames(process.stdin, {
  bytesMax: Number.POSITIVE_INFINITY, // what comes from the supervisor is bounded there
  onBroken: () => process.exit(1),
  onFrame(value, blob) {
    const { id, ...request } = value as { id: number } & Request
    let said: Reply
    try {
      said = { id, value: answer(request, blob) }
    } catch (error) {
      const known = error instanceof MicrocosmError
      said = {
        id,
        error: { code: known ? error.code : 'WORLD_CRASHED', message: known ? error.message : 'The world failed.' },
      }
    }
    writeFrame(process.stdout, said)
  },
})
process.stdin.on('end', () => {
  for (const play of plays.values()) play.close()
  world?.close() // the watchdog's thread leaves with the last isolate, and the process with it
})
