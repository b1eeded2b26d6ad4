/** Does nothing and submits: what it scores is what a task gives away for free. */

import type { Action, Agent } from '../../schemas/environment.ts'

export function createNoop(): Agent {
  let submitted = false
  return {
    name: 'noop',
    begin() {
      submitted = false
    },
    act(): Action | null {
      if (submitted) return null
      submitted = true
      return { type: 'submit' }
    },
  }
}
