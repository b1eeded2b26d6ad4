/**
 * Nouns that name tables: how a person says them and what kind of thing they are, which decides how a row is named.
 * A table is known by its last word: `bank_account` is an account.
 */

/** What a row's human name looks like. */
export type NounKind =
  | 'person' // Ada Byrne
  | 'company' // Byrne & Sons
  | 'place' // Lisbon Riverside
  | 'product' // Oak Desk Lamp
  | 'machine' // falcon-archive
  | 'work' // Quarterly budget review
  | 'file' // budget-review.pdf
  | 'group' // Harbor Team
  | 'label' // urgent, billing
  | 'message' // a subject line
  | 'money' // known by number, amount and date
  | 'thing' // Harbor Launch

const nounsOf: Readonly<Record<NounKind, string>> = {
  person:
    'user customer contact member person employee candidate patient doctor student teacher author artist driver guest ' +
    'owner agent recipient subscriber lead player attendee participant applicant client admin administrator operator ' +
    'host tenant visitor volunteer speaker worker individual creator cardholder buyer seller courier passenger learner ' +
    'collaborator payee beneficiary reviewer requester staff instructor trainer practitioner caller voter follower adult ' +
    'child traveller traveler signer candidate freelancer consultant',
  company:
    'company organization organisation vendor supplier merchant business brand employer agency carrier partner account ' +
    'manufacturer publisher institution provider retailer distributor airline bank school enterprise workspace tenant ' +
    'franchise reseller charity',
  place:
    'location store shop warehouse hotel restaurant venue branch office site room building facility station airport city ' +
    'region area country zone place address property apartment house outlet depot stop campus park territory port desk ' +
    'table floor space parking',
  product:
    'product item article service plan package offer menu dish course book sku variant part accessory gift listing good ' +
    'catalogitem toy game app application extension plugin addon theme recipe ingredient wine vehicle car bike device ' +
    'model rate add_on modifier',
  machine:
    'server instance cluster node host machine vm droplet volume disk snapshot image network subnet firewall gateway ' +
    'router bucket database repository repo container registry environment function queue topic stream pipeline endpoint ' +
    'domain zone record certificate key secret webhook hook integration connection connector deployment build runner job ' +
    'backup namespace pod stack branch release artifact package workflow trigger alarm monitor probe collector sensor ' +
    'proxy balancer load_balancer vpc interface agent_pool index model experiment policy rule schema tag_key cache hub ' +
    'registry_credential service_account token session_host',
  work:
    'task project issue ticket case campaign event meeting activity todo story epic sprint milestone goal survey form ' +
    'board list checklist card report dashboard document page article post entry template plan program course lesson ' +
    'exam quiz assignment interview appointment visit shift training audit review inspection incident problem change ' +
    'request proposal deal opportunity contract agreement job vacancy position workout class webinar conference session ' +
    'schedule itinerary trip tour roadmap requirement test section chapter topic discussion thread conversation question ' +
    'poll idea objective note brief segment funnel experiment pipeline',
  file: 'file attachment document image photo picture video recording media asset upload download export import clip scan',
  group:
    'group team department channel audience community club league folder collection category album playlist board ' +
    'division unit class cohort family crew squad chat room circle segment list library gallery portfolio fleet pool',
  label:
    'tag label category type topic keyword status stage priority role permission scope skill genre color colour badge',
  message:
    'message comment email mail sms notification announcement reply review feedback answer alert reminder memo note',
  money:
    'payment invoice order transaction refund charge payout transfer bill receipt quote estimate subscription purchase ' +
    'sale deposit expense credit debit balance fee tax discount coupon voucher donation loan payment_method bank_account ' +
    'card wallet statement price booking reservation shipment delivery parcel package order_line cart basket claim ' +
    'dispute entry settlement adjustment credit_note billing payslip timesheet',
  thing: 'object thing resource',
}

/** First listing wins, in this order: a word such as `card` can be several things. */
const order: readonly NounKind[] = [
  'person',
  'money',
  'file',
  'work',
  'message',
  'group',
  'label',
  'company',
  'place',
  'product',
  'machine',
  'thing',
]

function build(): ReadonlyMap<string, NounKind> {
  const kinds = new Map<string, NounKind>()
  for (const kind of order) {
    for (const noun of nounsOf[kind].split(' ')) if (!kinds.has(noun)) kinds.set(noun, kind)
  }
  return kinds
}

export const nounKinds: ReadonlyMap<string, NounKind> = build()

/** Words that run together or are short in paths, as a person writes them. */
export const spokenWords: Readonly<Record<string, string>> = {
  acct: 'account',
  addon: 'add-on',
  admin: 'administrator',
  apikey: 'API key',
  api: 'API',
  app: 'app',
  attr: 'attribute',
  checklistitem: 'checklist item',
  config: 'configuration',
  conf: 'configuration',
  creditnote: 'credit note',
  cred: 'credential',
  datasource: 'data source',
  db: 'database',
  dept: 'department',
  dest: 'destination',
  dir: 'folder',
  dns: 'DNS',
  doc: 'document',
  env: 'environment',
  faq: 'FAQ',
  id: 'ID',
  img: 'image',
  info: 'information',
  ip: 'IP',
  lineitem: 'line item',
  msg: 'message',
  notif: 'notification',
  num: 'number',
  org: 'organization',
  param: 'parameter',
  paymentmethod: 'payment method',
  pic: 'picture',
  pr: 'pull request',
  pricelist: 'price list',
  prod: 'product',
  qty: 'quantity',
  rateplan: 'rate plan',
  ref: 'reference',
  repo: 'repository',
  req: 'request',
  sku: 'SKU',
  sms: 'SMS',
  smtp: 'SMTP',
  spec: 'specification',
  ssh: 'SSH',
  sub: 'subscription',
  temp: 'temperature',
  tx: 'transaction',
  txn: 'transaction',
  url: 'URL',
  vm: 'virtual machine',
  vpc: 'VPC',
  webhook: 'webhook',
  timeentry: 'time entry',
  workitem: 'work item',
  customfield: 'custom field',
}

/** Nouns of protocols and plumbing: a table of that name is no thing a person asks about. */
export const unsayableNouns: ReadonlySet<string> = new Set(
  (
    'action object resource thing entity data value property attribute parameter operation batch query search metadata ' +
    'info detail state setting option config configuration schema oauth2 oauth token auth login session_token api rpc ' +
    'graphql callback header payload body response result link relation reference mapping field index root node stat ' +
    'statistic metric count total health ping version v1 v2 self me'
  ).split(' '),
)
