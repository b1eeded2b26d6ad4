/** Requests as a client writes them: `ask('POST /sessions', { body, token })`. */

export interface Answer {
  status: number
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is what is tested here
  body: any
}

export interface AskOptions {
  token?: string
  body?: object
  headers?: object
}

export function asker(base: string): (request: string, options?: AskOptions) => Promise<Answer> {
  return async (request, { token, body, headers } = {}) => {
    const [method = 'GET', path = '/'] = request.split(' ')
    const response = await fetch(base + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: text === '' ? null : JSON.parse(text),
    }
  }
}
