/** The commands of experience: rollout, filter, evaluate, export. What they need of the rest of the house is handed in. */

import { closeSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { Chance } from '../../envs/agents/chance.ts'
import type { Dictionary } from '../../envs/agents/planner/dictionary.ts'
import { createAgent } from '../../envs/agents/roster.ts'
import type { Environment, ResetOptions } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Language, Split, Stage, Task, TaskSummary } from '../../schemas/task.ts'
import type { SpeakingAgent } from '../experience/conversation.ts'
import type { HeldOutTask } from '../experience/dataset/held-out.ts'
import type { FormatName, Manifest } from '../experience/dataset.ts'
import type { Job } from '../experience/jobs.ts'
import type { RunReport } from '../experience/rollouts.ts'
import { createProgressBar } from './progress.ts'

/** Where tasks are played: in this process, or at a server. */
export interface Place {
  /** Domain → version; all of them. */
  versions(): Promise<Map<string, string>>
  tasks(domain: string): Promise<TaskSummary[]>
  make(domain: string): Promise<Environment>
  close(): Promise<void>
}

/** What is known of a task and of nobody else: its gold. Null where the catalogue at hand hasn't that version. */
export type TaskOf = (domain: string, version: string, task: string) => Task | null

export interface Gold {
  taskOf: TaskOf
  /** Null where the catalogue hasn't the domain. */
  versionOf(domain: string): string | null
  /** All tasks of all domains. */
  tasks(): Iterable<HeldOutTask>
  close(): void
}

export interface ExperienceParts {
  chance: Chance
  dictionary: () => Promise<Dictionary>
  openPlace(options: { catalog?: string; url?: string }): Promise<Place>
  /** Gold, from the catalogue; the caller closes it. */
  openGold(catalog: string | undefined): Gold
  print(text: string): void
  say(text: string): void
}

export function whole(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    return value
  }
}

function number(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= min && value <= max))
      throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`)
    return value
  }
}

const catalogOption = () =>
  new Option('--catalog <file>', 'the catalogue (default: MICROCOSM_CATALOG, or the usual one)')
const jsonOption = () => new Option('--json', 'print JSON')
const seedOption = () =>
  new Option('--seed <n>', 'the same seed gives the same result').argParser(whole(0, 2 ** 31 - 1)).default(0)

export function addExperienceCommands(program: Command, parts: ExperienceParts): void {
  addRollout(program, parts)
  addFilter(program, parts)
  addEvaluate(program, parts)
  addExport(program, parts)
}

interface RolloutArguments {
  agent: string
  tasks: string
  split?: Split
  stage?: Stage
  language?: Language
  trials: number
  concurrency: number
  out: string
  faults: number
  user: NonNullable<ResetOptions['user']>
  seed: number
  url?: string
  endpoint?: string
  model?: string
  temperature?: number
  replyTokens: number
  tokens: number
  timeout: number
  retries: number
  stream?: true
  parallel: boolean
  price?: [prompt: number, completion: number]
  catalog?: string
  json?: true
}

function addRollout(program: Command, parts: ExperienceParts): void {
  program
    .command('rollout')
    .description(
      'let an agent play tasks, several times each, and write down its trajectories; a run that was cut short is taken up',
    )
    .requiredOption(
      '--agent <name>',
      'openai, oracle, planner, planner-err:0.1, planner-steps:6, random, read-only, list-then-first or noop',
    )
    .requiredOption('--tasks <selection>', 'all, sample:50, DOMAIN, DOMAIN/TASK, or several with commas')
    .addOption(new Option('--split <split>', 'only tasks of that split').choices(['train', 'test']))
    .addOption(new Option('--stage <stage>', 'only tasks of that stage').choices(['general', 'vertical']))
    .addOption(new Option('--language <language>', 'only tasks in that language').choices(['en', 'zh']))
    .option('--trials <k>', 'how often each task is played', whole(1, 1000), 1)
    .option('--concurrency <n>', 'rollouts side by side', whole(1, 4096), 8)
    .requiredOption('--out <file.jsonl>', 'where trajectories are added to; those that it has are not played again')
    .option(
      '--faults <p>',
      'how likely a call fails for no fault of the agent (timeouts, 500s, rate limits)',
      number(0, 0.9),
      0,
    )
    .addOption(
      new Option('--user <kind>', 'whom the agent talks to').choices(['none', 'rule', 'model']).default('none'),
    )
    .addOption(seedOption())
    .option('--url <url>', 'play at this server, such as ws://127.0.0.1:8000 (default: in this process)')
    .option(
      '--endpoint <url>',
      'for openai: an OpenAI-compatible endpoint, up to and with /v1 (its key: MICROCOSM_MODEL_KEY)',
    )
    .option('--model <name>', 'for openai: the model to ask')
    .option('--temperature <t>', 'for openai: how freely it draws', number(0, 10))
    .option('--reply-tokens <n>', 'for openai: tokens that one reply may have', whole(1, 10_000_000), 4096)
    .option('--tokens <n>', 'for openai: tokens that the replies of an episode may have', whole(1, 100_000_000), 65_536)
    .option('--timeout <seconds>', 'for openai: how long a reply may take', number(0.1, 86_400), 120)
    .option(
      '--retries <n>',
      'for openai: how often a call that failed is tried again, waiting longer each time',
      whole(0, 20),
      4,
    )
    .option('--stream', 'for openai: have replies come in pieces')
    .option('--no-parallel', 'for openai: one call in a reply')
    .option('--price <prompt,completion>', 'for openai: dollars for a million tokens, to tell what was spent', prices)
    .addOption(catalogOption())
    .addOption(jsonOption())
    .action(async (options: RolloutArguments) => {
      const [{ runRollouts }, { planJobs }, { selectTasks }] = await Promise.all([
        import('../experience/rollouts.ts'),
        import('../experience/jobs.ts'),
        import('../experience/selection.ts'),
      ])
      const { seed, trials, split, stage, language } = options
      const { chance } = parts
      const place = await parts.openPlace({ catalog: options.catalog, url: options.url })
      const gold = parts.openGold(options.catalog)
      const bar = createProgressBar(process.stderr)
      try {
        const versions = await place.versions()
        const tasks = selectTasks(options.tasks, {
          tasks: await tasksFor(options.tasks, versions, place),
          split,
          stage,
          language,
          seed,
          chance,
        })
        const jobs = planJobs(tasks, { versions, trials, seed, chance })
        const { name, make } = await agentsOf(options, parts, gold.taskOf)
        const began = performance.now()
        const report = await runRollouts({
          jobs,
          file: options.out,
          agentName: name,
          agent: make,
          make: place.make,
          faults: options.faults > 0 ? { share: options.faults, chance } : null,
          user: options.user,
          concurrency: options.concurrency,
          onProgress: (now) => bar.update('rollout', now.done, now.total, noteOf(now, began, options.price)),
        })
        bar.stop()
        const seconds = Math.round((performance.now() - began) / 100) / 10
        if (options.json) parts.print(JSON.stringify({ out: options.out, ...report, seconds }, null, 2))
        else parts.print(printRun(options.out, report, seconds, options.price))
        process.exitCode = report.undone.length === 0 ? 0 : 1
      } finally {
        bar.stop()
        gold.close()
        await place.close()
      }
    })
}

/** The tasks that the words could mean: of the domains that are named, or of all. */
async function tasksFor(selection: string, versions: Map<string, string>, place: Place): Promise<TaskSummary[]> {
  const named = selection.split(',').map((part) => part.trim().split('/')[0] as string)
  const ids = named.every((id) => versions.has(id)) ? [...new Set(named)] : [...versions.keys()].sort()
  const tasks: TaskSummary[] = []
  for (const id of ids) tasks.push(...(await place.tasks(id)))
  return tasks
}

async function agentsOf(
  options: RolloutArguments,
  { chance, dictionary }: ExperienceParts,
  taskOf: TaskOf,
): Promise<{ name: string; make(job: Job): SpeakingAgent }> {
  const { agent: name, faults } = options
  if (name === 'openai') return chatAgents(options)
  const [{ speaking }, { persistent }] = await Promise.all([
    import('../experience/conversation.ts'),
    import('../experience/agents/persistent.ts'),
  ])
  const words = await dictionary()
  const make = ({ domain, version, task, seed }: Pick<Job, 'domain' | 'version' | 'task' | 'seed'>): SpeakingAgent => {
    const known = name === 'oracle' ? taskOf(domain, version, task) : undefined
    if (known === null)
      throw new MicrocosmError(
        'VERSION_MISMATCH',
        `The oracle plays gold, and the catalogue at hand has no version ${version} of "${domain}": name it with --catalog.`,
      )
    const agent = createAgent(name, {
      chance,
      seed: String(seed),
      dictionary: words,
      ...(known && { gold: known.gold }),
    })
    return speaking(faults > 0 ? persistent(agent) : agent)
  }
  if (name !== 'oracle') createAgent(name, { chance, seed: '' }) // an unknown one is said before anything is played
  return { name, make }
}

async function chatAgents(options: RolloutArguments): Promise<{ name: string; make(job: Job): SpeakingAgent }> {
  const { endpoint, model: asked, temperature, replyTokens, tokens, parallel } = options
  if (endpoint === undefined || asked === undefined)
    throw new MicrocosmError('USAGE', 'The agent openai needs --endpoint and --model.')
  const [{ createChatModel }, { createChatAgent }] = await Promise.all([
    import('../../envs/models.ts'),
    import('../experience/agents/chat.ts'),
  ])
  const key = process.env.MICROCOSM_MODEL_KEY
  const model = createChatModel({
    url: endpoint,
    model: asked,
    timeoutMs: options.timeout * 1000,
    retriesMax: options.retries,
    stream: options.stream === true,
    ...(key !== undefined && { key }),
  })
  return {
    name: `openai:${asked}`,
    make: ({ seed }) =>
      createChatAgent({
        model,
        replyTokensMax: replyTokens,
        tokensMax: tokens,
        parallel,
        seed,
        ...(temperature !== undefined && { temperature }),
      }),
  }
}

type Price = RolloutArguments['price']

function prices(text: string): [number, number] {
  const [prompt, completion] = text.split(',').map(Number)
  if (prompt === undefined || completion === undefined || !(prompt >= 0 && completion >= 0))
    throw new InvalidArgumentError('It must be two prices with a comma between, such as 0.15,0.6.')
  return [prompt, completion]
}

const costOf = ({ prompt, completion }: RunReport['tokens'], [perPrompt, perCompletion]: [number, number]): string =>
  `$${((prompt * perPrompt + completion * perCompletion) / 1e6).toFixed(2)}`

/** Rate, success and cost so far. */
function noteOf({ done, passed, tokens }: Omit<RunReport, 'undone' | 'before'>, began: number, price: Price): string {
  const seconds = (performance.now() - began) / 1000
  const spent = tokens.prompt + tokens.completion
  return [
    `${(done / Math.max(seconds, 0.001)).toFixed(1)}/s`,
    `${done === 0 ? 0 : Math.round((passed / done) * 100)} % passed`,
    ...(spent > 0 ? [`${spent} tokens`] : []),
    ...(price !== undefined ? [costOf(tokens, price)] : []),
  ].join(', ')
}

function printRun(out: string, report: RunReport, seconds: number, price: Price): string {
  const { done, total, before, passed, tokens, undone } = report
  const share = done === 0 ? 0 : (passed / done) * 100
  return [
    `${done - before} of ${total} rollouts played in ${seconds} s${before > 0 ? `, ${before} were there already` : ''}; ${passed} of ${done} passed (${share.toFixed(1)} %).`,
    ...(tokens.prompt + tokens.completion > 0
      ? [
          `${tokens.prompt} tokens of prompts, ${tokens.completion} of replies${price === undefined ? '' : `, ${costOf(tokens, price)}`}.`,
        ]
      : []),
    ...(undone.length > 0 ? [`${undone.length} could not be played; the same command tries them again:`] : []),
    ...undone.slice(0, 10).map(({ job, code, message }) => `  ${job}: ${code}: ${message}`),
    out,
  ].join('\n')
}

interface FilterArguments {
  out?: string
  dropped?: string
  report?: string
  ngram: number
  repeated: number
  catalog?: string
  json?: true
}

const ngramOption = (): Option =>
  new Option('--ngram <n>', 'for repetition: words of an n-gram').argParser(whole(1, 100)).default(4)

const repeatedOption = (): Option =>
  new Option('--repeated <share>', 'for repetition: the share of n-grams that may have been there before')
    .argParser(number(0, 1))
    .default(0.5)

function addFilter(program: Command, parts: ExperienceParts): void {
  program
    .command('filter')
    .argument('<file.jsonl...>', 'trajectories')
    .description('put trajectories through the three filters, and tell how many came in and went out at each, and why')
    .option('--out <file.jsonl>', 'where to write those that are kept')
    .option('--dropped <file.jsonl>', 'where to write the others, each with its filter and reason')
    .option('--report <file.json>', 'where to write the counts')
    .addOption(ngramOption())
    .addOption(repeatedOption())
    .addOption(catalogOption())
    .addOption(jsonOption())
    .action(async (files: string[], options: FilterArguments) => {
      const [{ createFunnel }, { defaultRepetition }, { readTrajectories }, { printFunnel }] = await Promise.all([
        import('../experience/funnel.ts'),
        import('../experience/funnel/repetition.ts'),
        import('../experience/lines.ts'),
        import('../experience/funnel/print.ts'),
      ])
      const gold = parts.openGold(options.catalog)
      const kept = createOutput(options.out)
      const dropped = createOutput(options.dropped)
      try {
        const funnel = createFunnel({
          repetition: { ...defaultRepetition, n: options.ngram, shareMax: options.repeated },
          taskOf: ({ domain, version, task }) => gold.taskOf(domain, version, task),
        })
        for await (const read of readTrajectories(files)) {
          const { filter, reason } = funnel.take(read)
          if (filter === undefined) kept.line(read.text)
          else dropped.line(JSON.stringify({ filter, reason, file: read.file, line: read.line, text: read.text }))
        }
        const report = funnel.report()
        kept.close()
        dropped.close()
        if (options.report !== undefined) writeOutput(options.report, `${JSON.stringify(report, null, 2)}\n`)
        parts.print(options.json ? JSON.stringify(report, null, 2) : printFunnel(report))
      } finally {
        gold.close()
      }
    })
}

interface EvaluateArguments {
  k?: number
  seed: number
  resamples: number
  level: number
  name: string[]
  markdown?: string
  html?: string
  out?: string
  json?: true
}

function addEvaluate(program: Command, parts: ExperienceParts): void {
  program
    .command('evaluate')
    .argument('<file.jsonl...>', 'trajectories, a file for each run')
    .description(
      'what runs are worth: pass^k, pass@k, by number of calls, domain and kind of failure, with intervals; runs are compared in pairs',
    )
    .option('--k <k>', 'the largest k (default: as many trials as most tasks have)', whole(1, 1000))
    .addOption(seedOption())
    .option('--resamples <n>', 'for the intervals', whole(100, 100_000), 2000)
    .option('--level <share>', 'what intervals hold', number(0.5, 0.999), 0.95)
    .option(
      '--name <name>',
      'what to call a run, in the order of the files (repeatable)',
      (name: string, all: string[]) => [...all, name],
      [],
    )
    .option('--out <file.json>', 'write the report as JSON')
    .option('--markdown <file.md>', 'write it as Markdown')
    .option('--html <file.html>', 'write it as one page with plots')
    .addOption(jsonOption())
    .action(async (files: string[], options: EvaluateArguments) => {
      const [{ evaluate }, { readRun }, { printMarkdown }] = await Promise.all([
        import('../experience/evaluation.ts'),
        import('../experience/evaluation/run.ts'),
        import('../experience/evaluation/markdown.ts'),
      ])
      const runs = []
      for (const [index, file] of files.entries()) runs.push(await readRun(file, options.name[index] ?? file))
      const { seed, resamples, level, k } = options
      const report = evaluate(runs, { chance: parts.chance, seed, resamples, level, ...(k !== undefined && { k }) })
      const text = JSON.stringify(report, null, 2)
      if (options.out !== undefined) writeOutput(options.out, `${text}\n`)
      if (options.markdown !== undefined) writeOutput(options.markdown, printMarkdown(report))
      if (options.html !== undefined) {
        const { drawPage } = await import('../experience/evaluation/page.ts')
        writeOutput(options.html, drawPage(report))
      }
      parts.print(options.json ? text : printMarkdown(report).trimEnd())
    })
}

function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new MicrocosmError('USAGE', `${file} can't be written: ${(error as Error).message}.`, {}, error)
  }
}

/** Lines for a file, which takes its place when it is whole: one of the inputs may be named. */
function createOutput(file: string | undefined): { line(text: string): void; close(): void } {
  if (file === undefined) return { line() {}, close() {} }
  const beside = `${file}.part`
  writeOutput(beside, '')
  const descriptor = openSync(beside, 'w')
  return {
    line: (text) => void writeSync(descriptor, `${text}\n`),
    close() {
      closeSync(descriptor)
      renameSync(beside, file)
    },
  }
}

interface ExportArguments {
  out: string
  stage: Stage
  domains?: string[]
  holdOut: string[]
  formats: FormatName[]
  tokenizer?: string
  template?: string
  perDomain?: number
  perTask?: number
  rows?: number
  ngram: number
  repeated: number
  seed: number
  catalog?: string
  json?: true
}

function addExport(program: Command, parts: ExperienceParts): void {
  program
    .command('export')
    .argument('<file.jsonl...>', 'trajectories')
    .description(
      'make a data set for training out of trajectories that pass the filters: no twins, nothing that is held out',
    )
    .requiredOption('--out <folder>', 'where to write it')
    .addOption(
      new Option('--stage <stage>', 'general: across domains, balanced; vertical: chosen domains')
        .choices(['general', 'vertical'])
        .makeOptionMandatory(),
    )
    .option('--domains <ids>', 'for the vertical stage: which domains, with commas', commas)
    .option('--hold-out <ids>', 'domains to leave out whole, with commas', commas, [])
    .option('--formats <names>', 'openai, trl, sharegpt, parquet, tokens, with commas', commas, [
      'openai',
      'trl',
      'sharegpt',
      'parquet',
    ])
    .option('--tokenizer <tokenizer.json>', 'for tokens, and for the columns of Parquet: the tokenizer of a model')
    .option('--template <file.jinja>', 'its chat template (default: the one of the tokenizer_config.json beside it)')
    .option(
      '--per-domain <n>',
      'rows of a domain at most (default in the general stage: twice the middle one)',
      whole(1, 1e9),
    )
    .option('--per-task <n>', 'rows of a task at most', whole(1, 1e9))
    .option('--rows <n>', 'rows at most', whole(1, 1e9))
    .addOption(ngramOption())
    .addOption(repeatedOption())
    .addOption(seedOption())
    .addOption(catalogOption())
    .addOption(jsonOption())
    .action(async (files: string[], options: ExportArguments) => {
      const [{ exportDataset, formatNames }, { createHeldOut }, { defaultRepetition }, { printFunnel }] =
        await Promise.all([
          import('../experience/dataset.ts'),
          import('../experience/dataset/held-out.ts'),
          import('../experience/funnel/repetition.ts'),
          import('../experience/funnel/print.ts'),
        ])
      const { stage, domains, formats, tokenizer, template } = options
      const strange = formats.find((name) => !formatNames.includes(name))
      if (strange !== undefined)
        throw new MicrocosmError('USAGE', `There is no format "${strange}": there are ${formatNames.join(', ')}.`)
      if ((stage === 'vertical') !== (domains !== undefined))
        throw new MicrocosmError('USAGE', 'The vertical stage takes --domains, and only it does.')
      const gold = parts.openGold(options.catalog)
      try {
        const manifest = await exportDataset({
          files,
          out: options.out,
          stage,
          formats: tokenizer !== undefined && !formats.includes('tokens') ? [...formats, 'tokens'] : formats,
          heldOut: createHeldOut(gold.tasks(), options.holdOut),
          versionOf: gold.versionOf,
          funnel: {
            repetition: { ...defaultRepetition, n: options.ngram, shareMax: options.repeated },
            taskOf: ({ domain, version, task }) => gold.taskOf(domain, version, task),
          },
          seed: options.seed,
          ...(domains !== undefined && { domains }),
          ...(tokenizer !== undefined && {
            tokenizer: (await import('../experience/dataset/tokens.ts')).openTokenizer({
              tokenizer,
              ...(template !== undefined && { template }),
            }),
          }),
          ...(options.perDomain !== undefined && { perDomain: options.perDomain }),
          ...(options.perTask !== undefined && { perTask: options.perTask }),
          ...(options.rows !== undefined && { rows: options.rows }),
        })
        if (options.json) parts.print(JSON.stringify(manifest, null, 2))
        else parts.print([printFunnel(manifest.funnel), printManifest(manifest), options.out].join('\n'))
      } finally {
        gold.close()
      }
    })
}

function printManifest({ stage, rows, domains, counts, files, tokenizer }: Manifest): string {
  const heldOut = Object.values(counts.held_out).reduce((sum, one) => sum + one, 0)
  return [
    `stage ${stage}: ${rows} rows of ${Object.keys(domains).length} domains; left out: ${heldOut} held out, ${counts.duplicates} twins, ${counts.other_version} of another version, ${counts.other_domain} of other domains, ${counts.unbalanced} to balance`,
    ...(tokenizer === undefined ? [] : [`${tokenizer.tokens} tokens, ${tokenizer.learned} of them the agent's`]),
    ...files.map(({ name, bytes, sha256 }) => `  ${name}  ${bytes} bytes  ${sha256.slice(0, 16)}`),
  ].join('\n')
}

const commas = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
