/**
 * The plain walk: from some tool along the edges of the graph to the next, and on, whatever comes of it. A write is done on
 * any row, with the reads that its keys need; a walk without a write ends in a question.
 * Source: AgentScaler (arXiv 2509.13311), section 2.2.
 */

import { askQuestion } from './ask.ts'
import type { Errand } from './errand.ts'
import { asOne } from './errand.ts'
import { Setback } from './walk.ts'
import { write } from './writes.ts'

const stepsMax = 8

export function randomErrand(errand: Errand): void {
  const { facts, draw } = errand.walk
  const { edges } = facts.domain
  let tool = draw.pick(facts.bindings)?.tool
  const steps = 1 + draw.int(stepsMax)
  for (let step = 0; step < steps && tool !== undefined; step += 1) {
    try {
      const at = tool
      asOne(errand, () => visit(errand, at))
    } catch (error) {
      // What can't be grounded is passed over, and the walk goes on behind it.
      if (!(error instanceof Setback)) throw error
    }
    const here = tool
    tool = draw.pick(edges.filter(({ from }) => from.tool === here))?.to.tool
  }
  if (errand.deeds.length === 0) askQuestion(errand)
}

function visit(errand: Errand, tool: string): void {
  const { facts } = errand.walk
  const binding = facts.bindings.find((item) => item.tool === tool)
  if (binding !== undefined && facts.tools.get(tool)?.kind === 'write') write(errand, binding)
}
