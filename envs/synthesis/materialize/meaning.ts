/**
 * What a parameter means beside its operation: a property of the thing, or how the answer is to be paged, ordered, narrowed
 * to a window of time or of an amount, searched by text; or nothing but transport.
 *
 * The same name means different things in different places: `size` in a query is of a page, in a body of the thing; `url`
 * in an answer is a link to itself, in a body the address of a webhook.
 * Sources: the commonest query parameters of the public corpus; OData, JSON:API, Stripe and Google conventions.
 */

export type Place = 'query' | 'body' | 'output'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** Never said by a person and never kept in a row. */
const credential =
  /(^|_)(password|passwd|passphrase|secret|client_secret|private_key|credentials?|access_key|api_key|apikey|access_token|accesstoken|refresh_token|auth_token|id_token|bearer|otp|pin_code|cvv|cvc|authorization)(_|$)/
/** By the end of the name, however it begins: `authtoken`, `vestorly_auth`, `pager_duty_api_token`, `x_csrf`. */
const credentialEnd =
  /((auth|api|access|session|bearer|csrf|xsrf|refresh|security|user|login|oauth|jwt)_?tokens?|(^|_)(auth|oauth|oauth2|jwt|csrf|xsrf|hmac|sig)|(api|access|secret|auth|account|license|subscription|shared|signing|encryption)_?secret|(api|auth|app)_?key|passcode)$/

export const isCredential = (name: string): boolean => credential.test(name) || credentialEnd.test(name)

const everywhere = words(
  'api_version apiversion callback pretty pretty_print prettyprint alt user_ip quota_user upload_type upload_protocol ' +
    'xgafv opt_pretty opt_fields timestamp nonce request_id idempotency_key dry_run dryrun validate_only async debug ' +
    'gt gte lt lte verbose headers header links meta metadata etag success ok errors has_more response_metadata warnings code_challenge ' +
    'redirect_uri grant_type on_behalf_of supports_all_drives return_fields response_format content_type if_match ' +
    'preconditions update_mask read_mask field_mask query_string _links _meta _id _rev rev __v node_id client_id auth ' +
    'client_request_token client_token correlation_id trace_id user_agent x_request_id action_version odata_type token',
)

const inQuery = words(
  'next previous prev only_ids field_selector label_selector field_validation field_manager allow_watch_bookmarks send_initial_events watch opt_field ' +
    'resource_version_match orphan_dependents propagation_policy maxpagesize accept_language output_format datasource user_project ' +
    'fields field expand expansion expansions include includes exclude excludes select embed include_deleted ' +
    'include_totals with key v format force sync accept object kind link href self url version_id message_id ids id_list ' +
    'return total total_count count_only projection view resolve depth group_by aggregate aggregations facet facets lean ' +
    'show_all all include_count include_total response_type output style hl locale lang language oauth_token',
)

const inOutput = words(
  'self_link next_link previous_link next_page previous_page prev_page next_page_url previous_page_url next_page_uri ' +
    'previous_page_uri first_page_uri last_page first_page total_results items_per_page start_index total_pages total_items ' +
    'row_count result_count max_results unreachable unreachables etag e_tag rel http_error_status_code ' +
    'object kind link href self url error message_id total total_count next previous prev html_url events_url page ' +
    'per_page page_size limit offset cursor next_page_token next_token count warning status_code',
)

const inBody = words('kind object self href error total_count next previous prev')

const paging = words(
  'take page per_page perpage page_size pagesize limit offset cursor skip start_index startindex count max_results maxresults ' +
    'size top first last before after page_token pagetoken next_page_token page_number pagenumber marker next_token rows ' +
    'max_items starting_after ending_before from_index to_index num_results results_per_page page_limit page_offset ' +
    'skip_token skiptoken start_key exclusive_start_key last_evaluated_key max_count batch_size page_num pageno page_no ' +
    'continue continuation continuation_token start_cursor end_cursor result_limit number_of_results amount_of_results',
)

const ordering = words(
  'order_by orderby sort sort_by sortby sort_order sortorder sort_dir sort_direction direction order order_direction ' +
    'ordering sort_field sortfield sort_column sort_key sort_type order_type orderfield order_field ascending descending ' +
    'asc desc reverse ordering_direction',
)

const expressions = words('filter filters where criteria search_criteria filter_expression conditions predicate')

const texts = words(
  'q query search keyword keywords search_term search_text term terms text phrase search_query name_contains ' +
    'search_string like name_like searchterm search_key searchtext search_value contains query_text name_prefix prefix ' +
    'name_filter starts_with autocomplete fulltext full_text_search',
)

/** Parts of a page, of its links, or of the call: `paging_total`, `meta_next_page`, `on_behalf_of_user`, `x_odata_type`. */
const pagePart =
  /^(paging|pagination|paginate|page_info|pager|response_metadata|result_info|links?)_|^(meta|metadata)_(page|pages|per_page|limit|offset|total|total_count|total_pages|count|code|next|previous|prev|next_page|previous_page|next_page_url|previous_page_url|first_page_url|page_size)$|^on_behalf_of_|(^|_)odata_(type|id|etag)$|^accept_/
/** What an answer is to show or leave out. */
const option = /^(include|expand|embed|return|fetch|show|hide|with|without|skip|ignore|suppress)_./

export function isTransport(name: string, place: Place): boolean {
  if (everywhere.has(name) || isCredential(name) || pagePart.test(name)) return true
  if (place === 'query') return inQuery.has(name) || paging.has(name) || option.test(name)
  return place === 'output' ? inOutput.has(name) : inBody.has(name)
}

export type Meaning =
  | { kind: 'transport' | 'page' | 'order' | 'expression' | 'text' | 'column' }
  /** One end of a window: `created_after` → created, from; `since` → '', from. */
  | { kind: 'window'; stem: string; side: 'from' | 'to' }

const lower = 'after|since|from|gte|gt|ge|min|minimum|start|begin|newer_than|greater_than'
const upper = 'before|until|till|to|lte|lt|le|max|maximum|end|stop|older_than|less_than'
const suffixed = {
  from: new RegExp(`^(.+?)_(?:is_)?(?:${lower})(?:_date|_time|_at)?$`),
  to: new RegExp(`^(.+?)_(?:is_)?(?:${upper})(?:_date|_time|_at)?$`),
}
const prefixed = {
  from: /^(?:min|minimum|after|since|from|start|starting|begin|earliest|oldest)_(.+)$/,
  to: /^(?:max|maximum|before|until|till|to|end|ending|latest|newest)_(.+)$/,
}
const bareEnds: Readonly<Record<string, 'from' | 'to'>> = {
  since: 'from',
  from: 'from',
  start: 'from',
  begin: 'from',
  until: 'to',
  to: 'to',
  end: 'to',
}
/** Words that say "when" without saying of what. */
const timeWords = words('date time datetime timestamp day dt at utc period range ts')
/** `max_size` may be a limit that the thing itself has; `max_results` is of the page. */
const sizes = words('results items count rows entries records')

/** What a parameter of a list asks for. */
export function meaningOf(name: string): Meaning {
  if (ordering.has(name)) return { kind: 'order' }
  if (texts.has(name)) return { kind: 'text' }
  if (expressions.has(name)) return { kind: 'expression' }
  const bare = bareEnds[name]
  if (bare !== undefined) return { kind: 'window', stem: '', side: bare }
  if (paging.has(name)) return { kind: 'page' }
  if (isTransport(name, 'query')) return { kind: 'transport' }
  for (const side of ['from', 'to'] as const) {
    const stem = suffixed[side].exec(name)?.[1] ?? prefixed[side].exec(name)?.[1]
    if (stem === undefined) continue
    if (sizes.has(stem)) return { kind: 'page' }
    if (!/_(id|ids|name|code|type|url)$/.test(stem))
      return { kind: 'window', stem: timeWords.has(stem) ? '' : stem, side }
  }
  return { kind: 'column' }
}

/** Whether a search by text is what it asks for. */
export const isTextQuery = (name: string): boolean => texts.has(name)
