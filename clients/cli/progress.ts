/** Progress of long work: a bar for each stage on a terminal, a line per stage and tenth in a log. */

import { SingleBar } from 'cli-progress'

export interface Progress {
  /** @param note what else there is to say: shown behind the bar, and in a log with each tenth */
  update: (stage: string, done: number, total: number, note?: string) => void
  stop(): void
}

export function createProgressBar(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? createBars(stream) : createLines(stream)
}

function createBars(stream: NodeJS.WriteStream): Progress {
  let current: { stage: string; bar: SingleBar; total: number } | null = null
  const stop = (): void => {
    current?.bar.stop()
    current = null
  }
  return {
    update(stage, done, total, note = '') {
      if (current?.stage !== stage) {
        stop() // the bar of a stage that is over stays where it ended
        const bar = new SingleBar({
          stream,
          format: `${stage.padEnd(8)} [{bar}] {value}/{total}  {duration_formatted}  {note}`,
          hideCursor: true,
          etaBuffer: 50,
        })
        bar.start(Math.max(total, done, 1), done, { note })
        current = { stage, bar, total }
      }
      current.bar.setTotal(Math.max(total, done, 1))
      current.bar.update(done, { note })
    },
    stop,
  }
}

function createLines(stream: NodeJS.WriteStream): Progress {
  let last = ''
  return {
    update(stage, done, total, note = '') {
      const part = total === 0 ? Math.floor(done / 500) * 500 : Math.floor((done / total) * 10)
      if (`${stage} ${part}` === last) return
      last = `${stage} ${part}`
      stream.write(`${stage}: ${done}${total === 0 ? '' : `/${total}`}${note === '' ? '' : `, ${note}`}\n`)
    },
    stop() {},
  }
}
