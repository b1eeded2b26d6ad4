/** Values as they stand in real systems, by what a column means. Each list is long enough for a table's rows. */

const words = (text: string): string[] => text.split('|').map((word) => word.trim())

export const emblems = words(
  'Harbor|Aurora|Falcon|Granite|Willow|Meridian|Cascade|Summit|Juniper|Lantern|Maple|Northwind|Orchid|Pioneer|Quartz|Sapphire|Tundra|Violet|Beacon|Cobalt|Drift|Ember|Monarch|Solstice',
)
export const workNames = words(
  'Quarterly budget review|Customer onboarding|Website relaunch|Security audit|Office move|Supplier negotiation|Annual report|Product launch|Hiring plan|Data migration|Brand refresh|Inventory count|Training week|Partner summit|Price update|Mobile app release|Newsletter campaign|Warehouse cleanup|Contract renewal|Holiday schedule|Support backlog|Release notes|Team offsite|Market survey|Payroll check|Server upgrade|Catalogue photos|Delivery routes|Insurance renewal|Board meeting',
)
export const workQualifiers = words(
  'north|south|phase two|spring|autumn|for Lisbon|for Oslo|second draft|pilot|follow-up',
)
export const groupSuffixes = words('Team|Circle|Group|Crew|Collection|Club|Board|Set')
export const thingSuffixes = words('Launch|Series|Plan|Review|Initiative|Rollout|Project|Edition')
export const placeSuffixes = words('Riverside|Old Town|Central|North|Harbour|Airport|Park|Station')
export const machineRoles = words('web|archive|core|backup|batch|staging|edge|mail|search|cache')
export const labels = words(
  'urgent|billing|follow-up|internal|priority|seasonal|wholesale|archived|feedback|beta|partners|training|returns|finance|marketing|legal|onboarding|field work|renewal|research|logistics|press|community|compliance|remote|design|sales|support|travel|events|quality|safety|security|recruiting|purchasing|catering|analytics|maintenance|transport|planning',
)
export const subjects = words(
  'Question about the invoice|Delivery delayed|Request for a refund|Change of address|Meeting notes|Missing item in the parcel|Thank you for your visit|Login does not work|New price list|Reminder for Friday|Feedback on the draft|Damaged packaging|Renewal of the contract|Wrong amount charged|Confirmation needed|Agenda for the call|Holiday opening hours|Access to the archive|Appointment moved|Update on your case|Appeal of the decision|Lost membership card|Sponsorship enquiry|Table for six people|Photos from the event|Second opinion wanted|Typo on the website|Visit of the inspector',
)
export const texts = words(
  'Customer asked for a call back.|Please review before Friday.|Waiting for the supplier to reply.|Moved over from the old system.|Agreed on the phone, details to follow.|Second attempt after the first one failed.|Draft, figures still to be checked.|Handle with priority during the fair.|Keep as is until the audit is over.|Discount was promised by the branch.|Needs a signature from both sides.|Documents are complete.|Repeat of last year, with a larger budget.|Contact prefers messages in the morning.|Replaced after a complaint.|Only valid together with the contract.|Check the address before sending.|Approved by the team lead.|Ask for a new quote in autumn.|Temporary, until the new process is in place.',
)
export const products = words(
  'Oak Desk Lamp|Linen Shirt|Ceramic Mug|Travel Backpack|Wool Blanket|Steel Bottle|Garden Chair|Espresso Beans|Leather Wallet|Canvas Tote|Bamboo Board|Glass Teapot|Running Socks|Desk Organizer|Cotton Towel|Picnic Basket|Wall Clock|Reading Pillow|Herb Planter|Copper Kettle|Folding Table|Rain Jacket|Trail Mix|Candle Set|Notebook Pack|Bike Light|Yoga Mat|Pepper Mill|Cork Coaster|Umbrella Stand',
)
export const fileStems = words(
  'budget-review|contract-draft|floor-plan|team-photo|price-list|travel-report|invoice-scan|product-sheet|meeting-notes|survey-results|training-slides|site-map|logo-pack|annual-report|delivery-note|audit-log|menu-card|press-kit|order-form|checklist',
)
export const fileEndings = words('pdf|docx|xlsx|png|jpg|csv|txt')
export const tracks = words('standard|premium|basic|express|internal|external')
export const categories: Readonly<Record<string, readonly string[]>> = {
  channel: words('email|phone|web|chat|store'),
  frequency: words('daily|weekly|monthly|quarterly|yearly'),
  interval: words('day|week|month|year'),
  unit: words('piece|box|kilogram|litre|hour'),
  size: words('small|medium|large|extra large'),
  role: words('owner|editor|viewer|administrator|guest'),
  visibility: words('public|private|internal'),
  privacy: words('public|private|friends only'),
  genre: words('drama|comedy|documentary|jazz|classical|mystery'),
  format: words('pdf|csv|html|plain text'),
  source: words('website|referral|partner|advertisement|walk-in'),
  origin: words('website|referral|partner|advertisement|walk-in'),
  method: words('card|bank transfer|cash|voucher'),
  payment_method: words('card|bank transfer|cash|voucher'),
  stage: words('first contact|proposal|negotiation|contract'),
  level: words('beginner|intermediate|advanced|expert'),
  tier: words('bronze|silver|gold|platinum'),
  plan: words('free|basic|professional|enterprise'),
  class: words('economy|standard|business|first'),
  mode: words('automatic|manual|scheduled'),
  group: words('north|south|east|west'),
  scope: words('team|company|project'),
}
export const priorities = words('low|medium|high|urgent')
export const departments = words(
  'Sales|Finance|Marketing|Engineering|Support|Logistics|Human Resources|Legal|Purchasing|Research',
)
export const jobTitles = words(
  'Account Manager|Office Manager|Software Engineer|Designer|Analyst|Accountant|Nurse|Teacher|Project Lead|Technician|Consultant|Buyer',
)
export const colours = words('red|blue|green|yellow|orange|purple|grey|black|white|teal')
export const countryCodes = words('PT|DE|FR|ES|IT|NO|SE|CA|AU|JP|BR|IE|PL|AT|DK')
export const streets = words(
  'Station Road|High Street|Market Square|Mill Lane|Church Street|Park Avenue|River Walk|Elm Street|Garden Row|Kings Road|Bridge Street|Harbour View',
)
export const weekdays = words('Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday')
export const brands = words('Norvik|Aldera|Kestrel|Lumeno|Brightwater|Solano|Hartwell|Fenway|Orba|Castella')
export const mimes = words('application/pdf|image/png|image/jpeg|text/csv|text/plain')
export const symbols = words('NVK|ALD|KST|LUM|BRW|SOL|HRT|FNW|ORB|CST|MRD|GRN|TUN|PIO|QTZ')
