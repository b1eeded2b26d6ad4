/**
 * Traces, where somebody wants them: a span for each reset, step and verification, sent by OTLP over HTTP. What sends them is
 * loaded only then. A span says the domain, the key's id and how it ended, never a token, an argument or a result; those that
 * can't be sent in time are dropped, for no step waits for a collector.
 */

import type { Span } from '@opentelemetry/api'
import { MicrocosmError } from '../schemas/errors.ts'

export interface Traces {
  span<T>(name: string, attributes: Record<string, string>, work: () => Promise<T>): Promise<T>
  /** Sends what is left. */
  close(): Promise<void>
}

/** Spans that wait to be sent; further ones are dropped. */
const queuedMax = 4096

/** @param url of the collector, such as `http://127.0.0.1:4318` */
export async function openTraces(url: string): Promise<Traces> {
  const [
    { SpanStatusCode },
    { BasicTracerProvider, BatchSpanProcessor },
    { OTLPTraceExporter },
    { resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const exporter = new OTLPTraceExporter({ url: `${url.replace(/\/+$/, '')}/v1/traces` })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'microcosm' }),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: queuedMax })],
  })
  const tracer = provider.getTracer('microcosm')
  const fail = (span: Span, error: unknown): void => {
    const code = error instanceof MicrocosmError ? error.code : 'EXECUTION_ERROR'
    span.setAttribute('microcosm.code', code)
    span.setStatus({ code: SpanStatusCode.ERROR, message: code })
  }
  return {
    async span(name, attributes, work) {
      const span = tracer.startSpan(name, { attributes })
      try {
        return await work()
      } catch (error) {
        fail(span, error)
        throw error
      } finally {
        span.end()
      }
    },
    close: () => provider.shutdown(),
  }
}
