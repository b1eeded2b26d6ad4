/** Progress of long work: a bar on a terminal, a line per stage and tenth in a log. */

import { SingleBar } from 'cli-progress'

export interface Progress {
  update: (stage: string, done: number, total: number) => void
  stop(): void
}

export function createProgressBar(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return createLines(stream)
  const bar = new SingleBar({
    stream,
    format: '{stage} [{bar}] {value}/{total}',
    hideCursor: true,
    clearOnComplete: true,
  })
  let started = false
  return {
    update(stage, done, total) {
      if (!started) bar.start(Math.max(total, done), done, { stage: stage.padEnd(8) })
      started = true
      bar.setTotal(Math.max(total, done, 1))
      bar.update(done, { stage: stage.padEnd(8) })
    },
    stop() {
      if (started) bar.stop()
      started = false
    },
  }
}

function createLines(stream: NodeJS.WriteStream): Progress {
  let last = ''
  return {
    update(stage, done, total) {
      const part = total === 0 ? Math.floor(done / 500) * 500 : Math.floor((done / total) * 10)
      if (`${stage} ${part}` === last) return
      last = `${stage} ${part}`
      stream.write(total === 0 ? `${stage}: ${done}\n` : `${stage}: ${done}/${total}\n`)
    },
    stop() {},
  }
}
