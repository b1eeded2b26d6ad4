/**
 * Parameters that say how a call is made and nothing of what it is about: keys, formats, tracing.
 * They are left out with the headers. What pages or sorts a list stays: a tool may well offer that.
 */

import { normalName } from './words.ts'

const names = new Set([
  'access_key',
  'access_token',
  'alt',
  'api_key',
  'api_token',
  'api_version',
  'apikey',
  'application_id_and_key',
  'application_key',
  'auth',
  'auth_token',
  'authorization',
  'callback',
  'client_secret',
  'content_type',
  'correlation_id',
  'jsonp',
  'key',
  'oauth_consumer_key',
  'oauth_token',
  'output_format',
  'pp',
  'pretty',
  'pretty_print',
  'quota_user',
  'request_id',
  'response_format',
  'subscription_key',
  'timestamp_signature',
  'token',
  'upload_protocol',
  'upload_type',
  'user_ip',
  'x_api_key',
  'xgafv',
])

export function isTransport(name: string): boolean {
  const normal = normalName(name)
  return names.has(normal) || /^(x_amz|x_goog|oauth)_/.test(normal)
}
