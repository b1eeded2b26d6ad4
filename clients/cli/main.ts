#!/usr/bin/env node
/**
 * The command line: the one place that wires everything and may import anything; nothing imports it.
 *
 * Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 a verification or an undertaking failed,
 * 2 something was said wrong.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { addDomains, domainVersion, openCatalog, removeDomain } from '../../envs/catalog.ts'
import { findProblems } from '../../envs/runtime/check.ts'
import { createEnvironment } from '../../envs/runtime/environment.ts'
import { assessDomain } from '../../envs/runtime/isolation/assess.ts'
import { openTrial } from '../../envs/runtime/isolation/trial.ts'
import type { Problem } from '../../envs/runtime/problem.ts'
import { caught } from '../../envs/runtime/problem.ts'
import { createDraw } from '../../envs/synthesis/tasks/draw.ts'
import type { Walks } from '../../envs/synthesis/tasks.ts'
import type { Domain } from '../../schemas/domain.ts'
import type { TaskFilter } from '../../schemas/environment.ts'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'
import { language, type Split, split, stage, stepLimit, summarizeTask, taskKind } from '../../schemas/task.ts'
import { startServer } from '../../server/app.ts'
import type { ServerConfig } from '../../server/config.ts'
import { readKeys } from '../../server/keys.ts'
import { fits } from '../../server/tasks.ts'
import { createWorlds } from '../../server/worlds.ts'
import { connect } from '../typescript/index.ts'
import { addExperienceCommands, type Place, type TaskOf, whole } from './experience.ts'
import { addKeysCommands, addSessionsCommands } from './keys.ts'
import { playTask } from './play.ts'
import { printAudit, printChecked, printDomain, printDomains, printReport, printTasks } from './print.ts'
import { createProgressBar } from './progress.ts'
import type { OperationOptions } from './serve.ts'
import { addOperationOptions, startOperation } from './serve.ts'
import { addGuardingOptions, type GuardingArguments, guardingOf, logOf } from './serving.ts'

const defaultCatalog = '.microcosm/catalog.db'
const catalogFile = (given: string | undefined): string => given ?? process.env.MICROCOSM_CATALOG ?? defaultCatalog

/** The catalogue if there is one, or what there is of it; a file that was asked for by name must be there. */
function openDefault(given: string | undefined) {
  return openCatalog({
    file: catalogFile(given),
    awaited: given === undefined && process.env.MICROCOSM_CATALOG === undefined,
  })
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))
const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

const program = new Command('microcosm')
  .description('Worlds for tool-using agents, made from real API descriptions.')
  .exitOverride()
  .showHelpAfterError()

const catalogOption = () =>
  new Option('--catalog <file>', `the catalogue (default: MICROCOSM_CATALOG, or ${defaultCatalog})`)
const jsonOption = () => new Option('--json', 'print JSON')

/** What worlds are made of: options that serve and synthesize share. */
const sourceOption = () =>
  new Option(
    '--source <path>',
    'an API description or a folder of them: OpenAPI 2 to 3.1, Google discovery, MCP tools, functions; JSON or YAML (repeatable; default: the whole default corpus)',
  )
    .argParser(gather)
    .default([], 'the default corpus')

function gather(value: string, all: string[]): string[] {
  return [...all, value]
}

interface ServeOptions extends GuardingArguments, OperationOptions {
  port: number
  host: string
  evaluation?: true
  library?: true
  catalog?: string
  source: string[]
  userEndpoint?: string
  userModel?: string
}

/** @throws USAGE where only half of it is said */
function userModelOf({ userEndpoint: url, userModel: model }: ServeOptions): Pick<Partial<ServerConfig>, 'userModel'> {
  if (url === undefined && model === undefined) return {}
  if (url === undefined || model === undefined)
    throw new MicrocosmError('USAGE', 'A model that plays users needs both --user-endpoint and --user-model.')
  const key = process.env.MICROCOSM_USER_KEY
  return { userModel: { url, model, ...(key !== undefined && { key }) } }
}

addOperationOptions(addGuardingOptions(program.command('serve')))
  .description('serve the worlds; where there is no catalogue, make one meanwhile')
  .option('--port <port>', 'port, 0 for any free one', whole(0, 65535), 8000)
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .option('--evaluation', 'sessions may only act: no verification, no fork')
  .option('--library', 'only the domains written by hand: no catalogue is opened or made')
  .addOption(
    new Option(
      '--user-endpoint <url>',
      'an OpenAI-compatible endpoint whose model plays users (its key: MICROCOSM_USER_KEY)',
    ).env('MICROCOSM_USER_ENDPOINT'),
  )
  .addOption(new Option('--user-model <name>', 'the model that plays users').env('MICROCOSM_USER_MODEL'))
  .addOption(catalogOption())
  .addOption(sourceOption())
  .action(async (options: ServeOptions) => {
    const { port, host, evaluation } = options
    if (evaluation && readKeys(options.keys).length > 0)
      throw new MicrocosmError('USAGE', '--evaluation is for a server without keys: add keys with --rights act.')
    const file = catalogFile(options.catalog)
    const catalog = openCatalog(options.library ? {} : { file, awaited: true })
    const server = await startOperation(options, {
      catalog,
      ...(!options.library && { file }),
      config: {
        port,
        host,
        ...(evaluation ? { openRights: ['act'] } : {}),
        ...userModelOf(options),
        ...guardingOf(options),
      },
      log: logOf(options),
      logLevel: options.logLevel,
    })
    const domains = catalog.list()
    print(
      `Microcosm serves ${domains.length} domains with ${domains.reduce((sum, domain) => sum + domain.tasks, 0)} tasks at ${server.url}`,
    )
    if (readKeys(options.keys).length === 0) say('There are no keys, so only this machine gets in: docs/operations.md.')
    print(`Next: npm run -s microcosm -- play --url ${server.url.replace(/^http/, 'ws')}`)
    const making = options.library || existsSync(file) ? null : makeBeside(file, options.source)
    let closing = false
    const stop = async () => {
      if (closing) return
      closing = true
      making?.kill()
      await server.stop()
      catalog.close()
      process.exit(0)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })

/**
 * Makes the catalogue in a process beside the server, which sees it grow. One that ends early leaves what it made: it is
 * served, and the next start goes on from there.
 */
function makeBeside(file: string, sources: readonly string[]): ChildProcess {
  say(`There is no catalogue at ${file} yet: it is being made, and grows as it is served.`)
  const args = ['synthesize', '--out', file, ...sources.flatMap((source) => ['--source', source])]
  const child = fork(import.meta.filename, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => process.stderr.write(text))
  child.on('exit', (code, signal) => {
    if (signal !== null) return
    say(
      code === 0
        ? `The catalogue is whole: ${file}.`
        : `Making the catalogue failed (exit code ${code}); what there is of it is served.`,
    )
  })
  return child
}

function rephraserOf(
  { endpoint, model, answers }: { endpoint?: string; model?: string; answers?: string },
  out: string,
) {
  if (endpoint === undefined || model === undefined) return undefined
  const key = process.env.MICROCOSM_MODEL_KEY
  return { url: endpoint, model, answers: answers ?? `${out}.answers`, ...(key !== undefined && { key }) }
}

program
  .command('synthesize')
  .description('make worlds out of API descriptions and write the catalogue; a run that was cut short is taken up')
  .addOption(sourceOption())
  .option('--starter', 'of the default corpus, only a choice that is done in a minute')
  .option('--refs <file>', 'a file that $refs of the sources may lead to; no other is opened (repeatable)', gather, [])
  .option('--out <file>', 'where to write the catalogue')
  .option('--domains <n>', 'at most this many domains', whole(1, 1_000_000))
  .option(
    '--tasks <n>',
    'tasks per domain; as many again at most bring in tools that those leave idle',
    whole(1, 1000),
    8,
  )
  .addOption(
    new Option('--walks <walks>', 'how tasks are made: back from what is to be done, or at random along the graph')
      .choices(['chained', 'random'])
      .default('chained'),
  )
  .option('--seed <n>', 'the same seed gives the same catalogue', whole(0, 2 ** 31 - 1), 0)
  .option(
    '--endpoint <url>',
    'an OpenAI-compatible endpoint whose model puts the intents into its own words, where nothing is lost (its key: MICROCOSM_MODEL_KEY)',
  )
  .option('--model <name>', 'the model to ask there')
  .option('--answers <folder>', 'where its answers are kept, to be asked for once (default: beside the catalogue)')
  .option('--stats', 'measure the universe, too: its graph, its domains and their walks')
  .option('--workers <n>', 'processes that work side by side (default: one a core)', whole(1, 256))
  .addOption(jsonOption())
  .action(
    async (options: {
      source: string[]
      starter?: true
      refs: string[]
      out?: string
      domains?: number
      tasks: number
      walks: Walks
      seed: number
      endpoint?: string
      model?: string
      answers?: string
      stats?: true
      workers?: number
      json?: true
    }) => {
      if (options.source.length > 0 && options.starter)
        throw new MicrocosmError('USAGE', '--source and --starter exclude each other.')
      if ((options.endpoint === undefined) !== (options.model === undefined))
        throw new MicrocosmError('USAGE', '--endpoint and --model go together: where to ask, and whom.')
      if (options.answers !== undefined && options.endpoint === undefined)
        throw new MicrocosmError('USAGE', '--answers keeps what a model says: give --endpoint and --model, too.')
      // Beside a server: when that is gone, nobody is left to make anything for.
      if (process.send !== undefined) process.once('disconnect', () => process.exit(130))
      const out = catalogFile(options.out)
      const { synthesize } = await import('../../envs/synthesis/run.ts') // the other commands needn't wait for it
      const bar = createProgressBar(process.stderr)
      try {
        const report = await synthesize({
          sources: options.source,
          selection: options.starter ? 'starter' : 'all',
          references: options.refs,
          out,
          domainsMax: options.domains,
          tasksPerDomain: options.tasks,
          walks: options.walks,
          seed: options.seed,
          rephrase: rephraserOf(options, out),
          stats: options.stats === true,
          workers: options.workers,
          onProgress: bar.update,
        })
        bar.stop()
        if (options.json) printJson({ out, ...report })
        else print(printReport(out, report))
      } finally {
        bar.stop()
        if (process.connected) process.disconnect?.()
      }
    },
  )

program
  .command('domains')
  .argument('[id]', 'one domain whole')
  .description('list the catalogue, or show one domain')
  .addOption(catalogOption())
  .addOption(jsonOption())
  .action((id: string | undefined, { catalog: given, json }: { catalog?: string; json?: true }) => {
    const catalog = openDefault(given)
    try {
      if (id !== undefined) {
        const domain = catalog.domain(id)
        if (json) printJson(domain)
        else print(printDomain(domain))
      } else if (json) {
        printJson({ hash: catalog.hash(), domains: catalog.list().map(({ description: _, ...line }) => line) })
      } else print(printDomains(catalog.hash(), catalog.list()))
    } finally {
      catalog.close()
    }
  })

program
  .command('tasks')
  .argument('[id]', 'of one domain; of all without')
  .description('list tasks, all or those that the options leave')
  .addOption(new Option('--split <split>', 'for training or for testing').choices(split.options))
  .addOption(new Option('--stage <stage>', 'of the first stage of experience or of the second').choices(stage.options))
  .addOption(new Option('--language <language>', 'of the intent').choices(language.options))
  .addOption(new Option('--kind <kind>', 'what the task asks for').choices(taskKind.options))
  .option('--length <calls>', 'how many calls gold has: 3, 3-6 or 6-', span)
  .option('--difficulty <depth>', 'the longest chain of calls in which each needs the one before: 2, 2-4 or 3-', span)
  .option('--gold', 'with gold, slots and certificate')
  .addOption(catalogOption())
  .addOption(jsonOption())
  .action((id: string | undefined, options: TasksOptions) => {
    const { catalog: given, json, gold, split: part, ...filter } = options
    const catalog = openDefault(given)
    try {
      const ids = id === undefined ? catalog.list().map((domain) => domain.id) : [id]
      const tasks = ids.flatMap((of) =>
        catalog
          .domain(of)
          .tasks.map((task) => ({ task, summary: summarizeTask(of, task) }))
          .filter(({ summary }) => fits(summary, filter, part))
          .map(({ task, summary }) => (gold ? { ...task, domain: of, step_limit: stepLimit(task) } : summary)),
      )
      if (json) printJson(tasks)
      else print(printTasks(tasks))
    } finally {
      catalog.close()
    }
  })

interface TasksOptions extends TaskFilter {
  split?: Split
  catalog?: string
  json?: true
  gold?: true
}

/** `3`, `3-6` or `6-`. */
function span(text: string): { min: number; max?: number } {
  const [, min, dash, max] = /^(\d{1,6})(-?)(\d{0,6})$/.exec(text) ?? []
  if (min === undefined || (dash === '' && max !== '') || (max !== '' && Number(max) < Number(min)))
    throw new InvalidArgumentError('It must be a whole number, or a span of them such as 3-6 or 6-.')
  if (dash === '') return { min: Number(min), max: Number(min) }
  return { min: Number(min), ...(max !== '' && { max: Number(max) }) }
}

program
  .command('graph')
  .argument('[id]', 'the domain; all of them without')
  .description("draw a domain's tools and what feeds what, or the universe of domains")
  .requiredOption('--out <file>', 'where to: a .png or .svg to look at, a .json or .gexf to work with')
  .option('--seed <n>', 'the same seed gives the same picture', whole(0, 2 ** 31 - 1), 0)
  .addOption(catalogOption())
  .action(
    async (id: string | undefined, { out, seed, catalog: given }: { out: string; seed: number; catalog?: string }) => {
      const { pictureFormat, pictureOfDomain, pictureOfUniverse } = await import('../../envs/synthesis/picture.ts')
      const format = pictureFormat(out)
      const catalog = openDefault(given)
      try {
        const picture =
          id === undefined
            ? pictureOfUniverse(catalog.list(), format, { seed })
            : pictureOfDomain(catalog.domain(id), format)
        writePicture(out, picture)
      } finally {
        catalog.close()
      }
      print(out)
    },
  )

function writePicture(file: string, picture: Uint8Array): void {
  try {
    writeFileSync(file, picture)
  } catch (error) {
    throw new MicrocosmError('USAGE', `${file} can't be written: ${(error as Error).message}.`, {}, error)
  }
}

program
  .command('check')
  .argument('<file...>', 'domains as `domains ID --json` prints them, one a file')
  .description('say everything that is wrong with domains of your own, with the places')
  .addOption(jsonOption())
  .action(async (files: string[], { json }: { json?: true }) => {
    const checked = await checkFiles(files)
    if (json) printJson(checked.map(({ file, domain, problems }) => ({ file, domain: domain?.id ?? null, problems })))
    else print(printChecked(checked))
    process.exitCode = checked.every(({ problems }) => problems.length === 0) ? 0 : 1
  })

program
  .command('add')
  .argument('<file...>', 'domains as `domains ID --json` prints them, one a file')
  .description('check domains of your own and put them beside the catalogue; they run in processes of their own')
  .addOption(catalogOption())
  .addOption(jsonOption())
  .action(async (files: string[], { catalog: given, json }: { catalog?: string; json?: true }) => {
    const checked = await checkFiles(files)
    if (checked.some(({ problems }) => problems.length > 0)) {
      if (json) printJson(checked.map(({ file, domain, problems }) => ({ file, domain: domain?.id ?? null, problems })))
      else print(printChecked(checked))
      say('Nothing was added.')
      process.exitCode = 1
      return
    }
    const domains = checked.map(({ domain, images }) => ({ domain: domain as Domain, images }))
    const file = catalogFile(given)
    const catalog = openCatalog({ file, awaited: true })
    try {
      for (const { domain } of domains) {
        if (!catalog.has(domain.id) || catalog.provenance(domain.id) === 'added') continue
        throw new MicrocosmError(
          'DOMAIN_INVALID',
          `There is a domain "${domain.id}" already, which was not added: give yours another id.`,
          { place: 'id' },
        )
      }
    } finally {
      catalog.close()
    }
    const added = addDomains(file, domains)
    if (json) printJson(added)
    else print(added.map(({ id, version }) => `Added ${id}, version ${version}.`).join('\n'))
  })

program
  .command('remove')
  .argument('<id...>', 'domains that were added')
  .description('take out domains that were added')
  .addOption(catalogOption())
  .action((ids: string[], { catalog: given }: { catalog?: string }) => {
    const catalog = openDefault(given)
    try {
      for (const id of ids) {
        if (catalog.domain(id) && catalog.provenance(id) !== 'added')
          throw new MicrocosmError('USAGE', `The domain "${id}" was not added; only added ones can be removed.`)
      }
    } finally {
      catalog.close()
    }
    for (const id of ids) if (removeDomain(catalogFile(given), id)) print(`Removed ${id}.`)
  })

interface AuditArguments {
  workers?: number
  measures?: true
  sample?: number
  seed: number
  catalog?: string
  json?: true
}

program
  .command('audit')
  .argument('[id]', 'one domain; all without')
  .description('execute what the catalogue claims of its domains, and count what had to be invented or left out')
  .option('--workers <n>', 'processes that work side by side (default: one a core)', whole(1, 256))
  .option('--measures', 'compute the ten measures, too: agents without a model play the tasks')
  .option('--sample <n>', 'for the measures: at most so many tasks of each domain are played', whole(1, 1000))
  .option('--seed <n>', 'for the measures: the same seed gives the same figures', whole(0, 2 ** 31 - 1), 0)
  .addOption(catalogOption())
  .addOption(jsonOption())
  .action(async (id: string | undefined, options: AuditArguments) => {
    const { auditCatalog } = await import('../../envs/synthesis/audit/run.ts')
    const file = catalogFile(options.catalog)
    const catalog = openDefault(options.catalog)
    const bar = createProgressBar(process.stderr)
    try {
      const report = await auditCatalog({
        catalog,
        id,
        file,
        workers: options.workers ?? availableParallelism(),
        ...(options.measures && { measures: { seed: options.seed, sample: options.sample } }),
        onProgress: (done, total) => bar.update('audit', done, total),
      })
      bar.stop()
      if (options.json) printJson(report)
      else print(printAudit(report))
      process.exitCode = report.totals.passed === report.totals.domains ? 0 : 1
    } finally {
      bar.stop()
      catalog.close()
    }
  })

program
  .command('rewrite')
  .argument('<id>', 'a domain of the catalogue that the rules made')
  .description('let a model write the programs of a domain anew; what passes every check is put beside the catalogue')
  .requiredOption(
    '--endpoint <url>',
    'an OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1 (its key: MICROCOSM_MODEL_KEY)',
  )
  .requiredOption('--model <name>', 'the model to ask')
  .option('--rounds <n>', 'how often it may answer, to mend what is wrong', whole(1, 20), 3)
  .addOption(catalogOption())
  .addOption(jsonOption())
  .action(
    async (id: string, options: { endpoint: string; model: string; rounds: number; catalog?: string; json?: true }) => {
      const [{ rewriteDomain }, { createChatModel }] = await Promise.all([
        import('../../envs/synthesis/hand.ts'),
        import('../../envs/models.ts'),
      ])
      const catalog = openDefault(options.catalog)
      const trial = openTrial()
      try {
        const domain = catalog.domain(id)
        const claims = catalog.claims(id)
        if (claims === null)
          throw new MicrocosmError(
            'USAGE',
            `The domain "${id}" was not made by the rules: there is nothing to hold a model to.`,
          )
        const key = process.env.MICROCOSM_MODEL_KEY
        const model = createChatModel({
          url: options.endpoint,
          model: options.model,
          timeoutMs: 300_000,
          retriesMax: 1, // who took too long to write a world once will again
          ...(key !== undefined && { key }),
        })
        const { domain: written, problems } = await rewriteDomain(domain, {
          model,
          trial,
          claims: claims as never,
          rounds: options.rounds,
        })
        if (written !== null) {
          const { images } = findProblems(written, {
            rowsOf: (await import('../../envs/synthesis/scenarios.ts')).generateRows,
          })
          addDomains(catalogFile(options.catalog), [{ domain: written, images }])
        }
        if (options.json) printJson({ id, taken: written !== null, tasks: written?.tasks.length ?? 0, problems })
        else {
          problems.forEach((each, round) => {
            print(
              each.length === 0
                ? `Answer ${round + 1}: nothing wrong.`
                : `Answer ${round + 1}:\n  ${each.join('\n  ')}`,
            )
          })
          print(
            written === null
              ? `${id} stays as the rules made it.`
              : `${id} is now as the model wrote it, and runs in a process of its own.`,
          )
        }
        process.exitCode = written === null ? 1 : 0
      } finally {
        await trial.close()
        catalog.close()
      }
    },
  )

interface PlayArguments {
  task?: string
  url?: string
  skipWrite?: true
  agent?: string
  seed: number
  catalog?: string
}

/** An agent with what it may be given: chance of that seed, and the lexicon for a dictionary. */
async function agentNamed(name: string, seed: number) {
  const { createAgent } = await import('../../envs/agents/roster.ts')
  const { lexiconDictionary } = await import('../../envs/synthesis/lexicon/dictionary.ts')
  const { createDraw } = await import('../../envs/synthesis/tasks/draw.ts')
  return createAgent(name, {
    chance: (text) => createDraw(text).next,
    seed: String(seed),
    dictionary: lexiconDictionary,
  })
}

program
  .command('play')
  .argument('[id]', 'the domain', 'hotel-chain')
  .description(
    'play a task over a WebSocket, by gold or by an agent without a model, and show each call, its result and the verification',
  )
  .option('--task <task>', 'which task (default: the first one that changes something)')
  .option('--url <url>', 'a server that runs, such as ws://127.0.0.1:8000 (default: one of its own on a free port)')
  .option('--skip-write', 'leave the last write of gold out, to show a failure')
  .option('--agent <name>', 'who plays: planner, random, noop, … (docs/agents.md; default: the oracle, who knows gold)')
  .option('--seed <n>', 'for an agent that leaves something to chance', whole(0, 2 ** 31 - 1), 0)
  .addOption(catalogOption())
  .action(async (id: string, options: PlayArguments) => {
    const isOracle = options.agent === undefined || options.agent === 'oracle'
    const agent = isOracle ? undefined : await agentNamed(options.agent as string, options.seed)
    if (agent !== undefined && options.skipWrite)
      throw new MicrocosmError('USAGE', '--skip-write is for gold alone, not for --agent.')
    const catalog = openDefault(options.catalog)
    const own = options.url === undefined ? await startServer({ catalog, config: { port: 0 } }) : null
    try {
      const client = connect(options.url?.replace(/\/(domains\/.*)?$/, '') ?? (own?.url as string))
      const domain = catalog.domain(id)
      const passed = await playTask({
        client,
        domain,
        task: options.task,
        skipWrite: options.skipWrite === true,
        agent,
        print,
      })
      process.exitCode = passed ? 0 : 1
    } finally {
      await own?.close()
      catalog.close()
    }
  })

addKeysCommands(program, { print })
addSessionsCommands(program, { print })
addExperienceCommands(program, {
  chance: (seed) => createDraw(seed).next,
  dictionary: async () => (await import('../../envs/synthesis/lexicon/dictionary.ts')).lexiconDictionary,
  openPlace: async ({ catalog, url }) => (url === undefined ? openHere(catalog) : openAt(url)),
  openGold(given) {
    const catalog = openDefault(given)
    const taskOf: TaskOf = (id, version, name) => {
      if (!catalog.has(id)) return null
      const domain = catalog.domain(id)
      return domain.version === version ? (domain.tasks.find((task) => task.id === name) ?? null) : null
    }
    return {
      taskOf,
      versionOf: (id) => (catalog.has(id) ? (catalog.domain(id).version ?? null) : null),
      *tasks() {
        for (const { id: domain } of catalog.list())
          for (const { id, intent, split, walk } of catalog.domain(domain).tasks)
            yield { domain, id, intent, split, walk }
      },
      close: () => catalog.close(),
    }
  },
  print,
  say,
})

/** Worlds of the catalogue in this process; those that were added, in processes of their own. */
function openHere(given: string | undefined): Place {
  const catalog = openDefault(given)
  const log = { error: (_: object, message: string) => say(message), info: () => {} }
  const worlds = createWorlds(catalog, { worldsMax: 256, log })
  return {
    versions: async () => new Map(catalog.list().map(({ id, version }) => [id, version])),
    tasks: async (id) => catalog.domain(id).tasks.map((task) => summarizeTask(id, task)),
    async make(id) {
      const lease = worlds.lease(id)
      const environment = createEnvironment(lease.world)
      const close = async (): Promise<void> => {
        await environment.close()
        lease.release()
      }
      return { ...environment, close, [Symbol.asyncDispose]: close }
    },
    async close() {
      await worlds.close()
      catalog.close()
    },
  }
}

/** Worlds of a server, over WebSockets. */
function openAt(url: string): Place {
  const client = connect(url.replace(/\/(domains\/.*)?$/, ''))
  return {
    versions: async () => new Map((await client.domains()).map(({ id, version }) => [id, version])),
    tasks: (id) => client.tasks(id),
    make: (id) => client.make(id),
    close: async () => {},
  }
}

program
  .command('bench')
  .description('measure the runtime, each figure beside its own lower bound')
  .option('--quick', 'in seconds, with rough figures')
  .addOption(jsonOption())
  .action(async ({ quick, json }: { quick?: true; json?: true }) => {
    const { benchRuntime, printRuntimeReport } = await import('../../test/bench/runtime.ts')
    const bar = createProgressBar(process.stderr)
    try {
      const report = await benchRuntime({ quick, onProgress: bar.update })
      bar.stop()
      if (json) printJson(report)
      else print(printRuntimeReport(report))
    } finally {
      bar.stop()
    }
  })

/** What is wrong with the domains in these files: what reading shows, and of those without fault what running shows. */
async function checkFiles(files: readonly string[]): Promise<CheckedFile[]> {
  const { generateRows } = await import('../../envs/synthesis/scenarios.ts') // for a made domain, whose rows are a seed
  const trial = openTrial()
  const checked: CheckedFile[] = []
  try {
    for (const file of files) {
      const found = findProblems(readJson(file), { rowsOf: generateRows })
      const { domain, images } = found
      const problems = [...found.problems]
      if (domain !== null && problems.length === 0) {
        problems.push(...caught('version', () => domainVersion(domain, images)))
        problems.push(...(await assessDomain(trial, domain, images)))
      }
      const twin = checked.find((other) => domain !== null && other.domain?.id === domain.id)
      if (twin !== undefined)
        problems.push({ code: 'DOMAIN_INVALID', place: 'id', message: `${twin.file} has the same id.` })
      checked.push({ file, domain, images, problems })
    }
  } finally {
    await trial.close()
  }
  return checked
}

interface CheckedFile {
  file: string
  domain: Domain | null
  images: Map<string, Uint8Array>
  problems: Problem[]
}

const domainBytesMax = 256 << 20

function readJson(file: string): unknown {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? {}
  if (size === undefined) throw new MicrocosmError('SOURCE_NOT_FOUND', `There is no file ${file}.`)
  if (size > domainBytesMax)
    throw new MicrocosmError('DOMAIN_INVALID', `${file} has ${size} bytes; ${domainBytesMax} are allowed.`)
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new MicrocosmError('DOMAIN_INVALID', `${file} is no JSON: ${(error as Error).message}.`, {}, error)
  }
}

/** A reader that went away (`| head`) is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  const known = program.commands.map((command) => command.name())
  const asked = process.argv[2]
  if (asked !== undefined && !asked.startsWith('-') && asked !== 'help' && !known.includes(asked)) {
    throw new MicrocosmError('USAGE', `There is no command "${asked}".${didYouMean(asked, known)}`)
  }
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else if (error instanceof MicrocosmError) {
    say(`${error.code}: ${error.message}\n${error.remedy}`)
    process.exitCode = error.fault === 'client' ? 2 : 1
  } else {
    say(String((error as Error)?.stack ?? error))
    process.exitCode = 1
  }
}
