interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly isBase64Encoded?: boolean
  readonly stage?: string
}

const host = 'abc.execute-api.eu-west-1.amazonaws.com'

/** What a REST API sends for a call of `target`, such as `/stream?limit=3`. */
export function restEvent(target: string, call: Call = {}): object {
  const { method = 'GET', headers = {}, body, isBase64Encoded = false, stage = 'prod' } = call
  const { pathname: path, searchParams } = new URL(target, 'http://x')
  const names = [...new Set(searchParams.keys())]
  const fields = { Host: host, ...headers }
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: fields,
    multiValueHeaders: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]])),
    queryStringParameters: names.length ? Object.fromEntries(searchParams) : null,
    multiValueQueryStringParameters: names.length
      ? Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)]))
      : null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: { stage, path: `/${stage}${path}`, domainName: host, httpMethod: method },
    body: body ?? null,
    isBase64Encoded,
  }
}

/** What an HTTP API with payload 2.0, or a function URL (stage `$default`), sends. */
export function httpEvent(target: string, call: Call = {}): object {
  const { method = 'GET', headers = {}, body, isBase64Encoded = false, stage = '$default' } = call
  const { pathname, search } = new URL(target, 'http://x')
  const rawPath = stage === '$default' ? pathname : `/${stage}${pathname}`
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: search.slice(1),
    headers: Object.fromEntries(
      Object.entries({ host, ...headers }).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    requestContext: { stage, domainName: host, http: { method, path: rawPath } },
    ...(body !== undefined && { body }),
    isBase64Encoded,
  }
}
