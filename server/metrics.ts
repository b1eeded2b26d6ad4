/**
 * What the server measures, for Prometheus. Domains are the only label that callers can choose: the first so many get their
 * own series and the rest share one, so that a catalogue of thousands of worlds can't fill the memory of who collects.
 */

import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorCode } from '../schemas/errors.ts'

export interface Metrics {
  readonly type: string
  /** @param others what other processes measured, added up with it */
  text(others?: readonly object[][]): Promise<string>
  /** The same as data, to be added up over processes. */
  json(): Promise<object[]>
  /** Of one domain; to be asked for once and kept. */
  of(domain: string): DomainMetrics
  refused(code: ErrorCode, quota?: string): void
}

export interface DomainMetrics {
  reset(seconds: number): void
  step(seconds: number): void
  verify(seconds: number): void
  crash(): void
  opened(): void
}

export const unmeasured: DomainMetrics = { reset() {}, step() {}, verify() {}, crash() {}, opened() {} }

/** What is looked at when it is asked for. */
export interface Gauges {
  sessions(): number
  waiting(): number
  sockets(): number
  worlds(): number
  isolates(): number
  draining(): boolean
}

const others = 'other'
/** Seconds, from what a call takes in an isolate to what a user that a model plays takes to answer. */
const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]

export function createMetrics(gauges: Gauges, { metricsDomainsMax }: { metricsDomainsMax: number }): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string, look: () => number, aggregator: 'sum' | 'max' = 'sum'): void => {
    new Gauge({
      aggregator,
      name,
      help,
      registers,
      collect() {
        this.set(look())
      },
    })
  }
  gauge('microcosm_sessions', 'Sessions that there are, forks counted', gauges.sessions)
  gauge('microcosm_waiting', 'Newcomers that wait for a place', gauges.waiting)
  gauge('microcosm_sockets', 'WebSockets that are open', gauges.sockets)
  gauge('microcosm_worlds', 'Domains that are ready to run', gauges.worlds)
  gauge('microcosm_isolates', 'V8 isolates that are alive', gauges.isolates)
  gauge('microcosm_draining', '1 while no new session is taken', () => Number(gauges.draining()), 'max')
  const opened = new Counter({
    name: 'microcosm_sessions_opened_total',
    help: 'Sessions that were opened, forks counted',
    labelNames: ['domain'],
    registers,
  })
  const crashes = new Counter({
    name: 'microcosm_crashes_total',
    help: 'Episodes that their world has cut short',
    labelNames: ['domain'],
    registers,
  })
  const refusals = new Counter({
    name: 'microcosm_refused_total',
    help: 'Requests and messages that were refused, by code, and by quota where it was one',
    labelNames: ['code', 'quota'],
    registers,
  })
  const seconds = new Histogram({
    name: 'microcosm_action_seconds',
    help: 'How long resets, steps and verifications take, from where they are begun to where they are answered',
    labelNames: ['domain', 'action'],
    buckets,
    registers,
  })
  const known = new Map<string, DomainMetrics>()
  const make = (domain: string): DomainMetrics => {
    const [reset, step, verify] = ['reset', 'step', 'verify'].map((action) => seconds.labels({ domain, action }))
    const [begun, crashed] = [opened.labels({ domain }), crashes.labels({ domain })]
    return {
      reset: (took) => reset?.observe(took),
      step: (took) => step?.observe(took),
      verify: (took) => verify?.observe(took),
      crash: () => crashed.inc(),
      opened: () => begun.inc(),
    }
  }
  return {
    type: registry.contentType,
    async text(others = []) {
      if (others.length === 0) return registry.metrics()
      // Histograms are added up by what they are called as data alone.
      const all = [await registry.getMetricsAsJSON(), ...others]
      return AggregatorRegistry.aggregate(all as never).metrics()
    },
    json: () => registry.getMetricsAsJSON(),
    of(domain) {
      const name = known.has(domain) || known.size < metricsDomainsMax ? domain : others
      const found = known.get(name) ?? make(name)
      known.set(name, found)
      return found
    },
    refused: (code, quota = '') => refusals.labels({ code, quota }).inc(),
  }
}
