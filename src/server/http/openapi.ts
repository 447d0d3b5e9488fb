import { z } from 'zod'
import { Aggregations, ErrorBody, PublishResult, RecentPage } from '../../protocol/api.ts'
import { StatusChange } from '../../protocol/status-change.ts'
import { InsightInput, InsightSchema } from '../../protocol/insight/schema.ts'
import { version } from '../../version.ts'
import type { Source } from '../sources/source.ts'
import { pathOf, sources } from '../sources/sources.ts'
import { queryParameters } from './query-parameters.ts'

const schemas = {
  Aggregations,
  ErrorBody,
  Insight: InsightSchema,
  InsightInput,
  PublishResult,
  RecentPage: RecentPage.extend({ items: z.array(InsightSchema) }),
  StatusChange,
}

const json = (name: keyof typeof schemas) => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
})
const answer = (description: string, name: keyof typeof schemas) => ({ description, content: json(name) })
const failure = { default: answer('Refused or failed', 'ErrorBody') }
const query = (kind: keyof typeof queryParameters) =>
  Object.entries(queryParameters[kind]).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }))
const id = { name: 'alert_id', in: 'path', required: true, schema: { type: 'string' } }

const stream = {
  get: {
    summary: 'The event stream',
    parameters: query('stream'),
    responses: {
      200: { description: 'Insights as events, and beats', content: { 'text/event-stream': {} } },
      ...failure,
    },
  },
}

const plain = (summary: string, contentType: string) => ({
  get: {
    summary,
    responses: { 200: { description: 'As it is now', content: { [contentType]: {} } }, ...failure },
  },
})

const integrations = (served: Readonly<Record<string, Source>>) =>
  Object.fromEntries(
    Object.entries(served).map(([name, source]) => {
      const taken = source.accepted
        ? { 202: { description: 'Durable', content: { 'application/json': {} } } }
        : { 200: answer('Durable; `refused` names the alerts that could not be read', 'PublishResult') }
      const post = {
        summary: source.title,
        requestBody: {
          content: { 'application/json': {}, ...(source.takesPlainText && { 'text/plain': {} }) },
        },
        responses: { ...taken, ...failure },
      }
      return [pathOf(name, source), { post }]
    }),
  )

const paths = {
  '/stream': stream,
  '/insights/stream': stream,
  '/insights/recent': {
    get: {
      summary: 'The latest alerts, newest first',
      parameters: query('recent'),
      responses: { 200: answer('A page', 'RecentPage'), ...failure },
    },
  },
  '/insights/aggregations': {
    get: {
      summary: 'Totals',
      parameters: query('aggregations'),
      responses: { 200: answer('Totals', 'Aggregations'), ...failure },
    },
  },
  '/insights/{alert_id}': {
    get: { parameters: [id], responses: { 200: answer('The latest version', 'Insight'), ...failure } },
    patch: {
      summary: 'Change the status',
      parameters: [id],
      requestBody: { content: json('StatusChange') },
      responses: { 200: answer('The new version', 'Insight'), ...failure },
    },
  },
  '/insights': {
    post: {
      summary: 'Publish one insight, an array, or NDJSON; all or nothing',
      requestBody: { content: { ...json('InsightInput'), 'application/x-ndjson': {} } },
      responses: { 201: answer('Durable', 'PublishResult'), ...failure },
    },
  },
  ...integrations(sources),
  '/healthz': plain('Whether the process is alive', 'application/json'),
  '/readyz': plain('Whether reads and writes are taken; 503 says why not', 'application/json'),
  '/metrics': plain('Metrics for Prometheus', 'text/plain'),
  '/openapi.json': plain('This document', 'application/json'),
}

/** The API in OpenAPI 3.1, its schemas made from those that the server checks with; `mappings` beside its own sources. */
export function openapi(mappings: Readonly<Record<string, Source>> = {}): object {
  const entries = Object.entries(schemas).map(([name, schema]) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    return [name, rest]
  })
  return {
    openapi: '3.1.0',
    info: { title: 'iops', version },
    paths: { ...paths, ...integrations(mappings) },
    components: {
      schemas: Object.fromEntries(entries) as object,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}
