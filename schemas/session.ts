/**
 * Who may do what with a session: rights, roles, and the seats that tokens open.
 *
 * The owner's token comes with the first reset; the owner mints further ones, none with more rights than its own. An agent
 * in an evaluation has a token that can only act: it can't ask what is missing, nor fork to search for the reward.
 */

import { z } from 'zod'

export const right = z.enum(['act', 'verify', 'fork', 'gold'])
export type Right = z.infer<typeof right>

/** An agent calls tools; a user is who the agent may talk to; an observer sees what happens. */
export const role = z.enum(['agent', 'user', 'observer'])
export type Role = z.infer<typeof role>

export const grantRequest = z.strictObject({
  role: role.default('agent'),
  name: z.string().min(1).max(64),
  rights: z.array(right).optional().describe("an agent's: act unless given; a user and an observer have none"),
})
export type GrantRequest = z.infer<typeof grantRequest>

export const granted = z.strictObject({
  session: z.string(),
  token: z.string(),
  role,
  name: z.string(),
  rights: z.array(right),
})
export type Granted = z.infer<typeof granted>

export const seatView = granted.omit({ session: true, token: true })

/** Something that happened in a session, as the others in it see it. */
export const sessionEvent = z
  .strictObject({
    seq: z.int().min(1).describe('counts up by one within a session'),
    kind: z.enum(['reset', 'step', 'message', 'joined', 'left', 'closed']),
    by: seatView.omit({ rights: true }).nullable().describe('null where nobody did it'),
    action: z.looseObject({}).optional(),
    transition: z.looseObject({}).optional(),
    content: z.string().optional(),
  })
  .meta({ title: 'SessionEvent' })
export type SessionEvent = Omit<z.infer<typeof sessionEvent>, 'action' | 'transition'> & {
  action?: object
  transition?: object
}
