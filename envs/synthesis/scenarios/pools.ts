/** Values as they stand in real systems, by what a column means. Each list is long enough for a table's rows. */

const words = (text: string): string[] => text.split('|').map((word) => word.trim())

export const workNames = words(
  'Quarterly budget review|Customer onboarding|Website relaunch|Security audit|Office move|Supplier negotiation|Annual report|Product launch|Hiring plan|Data migration|Brand refresh|Inventory count|Training week|Partner summit|Price update|Mobile app release|Newsletter campaign|Warehouse cleanup|Contract renewal|Holiday schedule|Support backlog|Release notes|Team offsite|Market survey|Payroll check|Server upgrade|Catalogue photos|Delivery routes|Insurance renewal|Board meeting',
)
export const workQualifiers = words(
  'north|south|phase two|spring|autumn|for Lisbon|for Oslo|second draft|pilot|follow-up',
)
export const placeSuffixes = words('Riverside|Old Town|Central|North|Harbour|Airport|Park|Station')
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

/** What runs somewhere, what it does there, and for whom: `billing-api-prod`. */
export const systems = words(
  'billing|checkout|orders|search|media|reports|payments|catalog|inventory|events|profile|shipping|metrics|gateway|ledger|tickets|uploads|notify|pricing|reviews|booking|crm|intranet|sensors',
)
export const machineRoles = words('api|web|worker|db|cache|batch|queue|proxy|sync|store')
export const stages = words('prod|staging|dev|test|eu|us|01|02')
export const clouds = words('eu-west-1|eu-central-1|us-east-1|us-west-2|ap-southeast-2|sa-east-1')
/** Codes of the IATA. */
export const airports = words('JFK|LHR|CDG|FRA|AMS|MAD|ARN|WAW|GRU|LIS|SFO|ORD|BOS|SEA|DEN|MUC|FCO|PEK|PVG|CAN')
/** First words of names that people give to what is set up once and used often. */
export const qualifiers = words(
  'Standard|Northern|Weekly|Partner|Trial|Regional|Holiday|Internal|Spring|Backup|Enterprise|Monthly|Legacy|Southern|Pilot|Default|Autumn|External|Premium|Temporary|Main|Quarterly|Eastern|Starter|Extended|Summer|Global|Basic|Shared|Western|New|Seasonal|Emergency|Local',
)

/** The names of things that have names of their own. */
const namedThings: readonly [nouns: string, names: string][] = [
  [
    'app application client_app mobile_app desktop_app web_app extension plugin addon add_on integration',
    'Time Tracker|Invoice Builder|Shift Planner|Route Finder|Photo Vault|Meal Planner|Expense Desk|Field Notes|Chat Relay|Stock Watch|Pocket Budget|Lesson Board|Parcel Radar|Fitness Log|Recipe Box|Team Calendar|Survey Maker|Form Filler|Reading List|Weather Map|Document Scanner|Help Centre|Loyalty Club|Task Inbox',
  ],
  [
    'device camera sensor tracker thermostat terminal gateway_device reader kiosk printer scanner display',
    'Lobby Camera|Front Desk Tablet|Warehouse Scanner 2|Meeting Room Display|Roof Weather Sensor|Loading Dock Camera|Reception Printer|Kitchen Thermostat|Server Room Sensor|Delivery Van Tracker|Office Router|Store Terminal 1|Store Terminal 2|Workshop Laptop|Night Shift Phone|Gate Reader|Greenhouse Sensor|Cold Store Sensor|Second Floor Printer|Training Room Laptop',
  ],
  [
    'book ebook audiobook publication novel',
    'The Quiet Harbour|A Winter of Letters|Maps of the Interior|The Glassmaker|Seven Bridges|Salt and Cedar|The Orchard Year|A House by the Canal|Night Trains|The Cartographer|Small Hours|The Lighthouse Keeper|Paper Boats|River of Stones|The Last Apprentice|Gardens of Ash|An Honest Measure|The Second Sister|Field of Larks|The Clock Tower',
  ],
  [
    'film movie show series episode video trailer documentary tv_show programme',
    'The Long Ferry|Low Tide|Room with Two Doors|Midnight Bakery|The Understudy|Paper Moons|North of Here|The Beekeepers|Second Shift|The Mapmakers|Borrowed Time|Winter Market|The Night Porter|Open Water|Red Kites|The Archivist|Crossing Lines|Small Town Radio|The Summer House|Parallel Streets',
  ],
  [
    'song track album playlist ringtone',
    'Blue Hour|Paper Lanterns|Slow Train Home|Copper Sky|Lemon Tree Street|After the Rain|Static Hearts|Northern Windows|Golden Delay|Kitchen Light|Half a Moon|Wires and Feathers|Marble Run|Late Ferry|Cinnamon|Second Sunday|Driftwood|Parade|Quiet Machines|Hollow Coast|Tin Roof|Satellite Garden',
  ],
  [
    'game board_game video_game card_game',
    'Castle Traders|Orbit Runner|Harvest Valley|Night Circuit|Dungeon Post|Tiny Harbour|Kart Legends|Word Garden|Star Couriers|Chess Arena|Frost Keep|Puzzle Pier|Sky Racers|Island Architects|Robot Rally Club|Deep Mine|Puck Masters|Hidden Temple',
  ],
  [
    'drug medication medicine prescription vaccine',
    'Ibuprofen 400 mg|Amoxicillin 500 mg|Metformin 850 mg|Lisinopril 10 mg|Atorvastatin 20 mg|Omeprazole 20 mg|Paracetamol 500 mg|Amlodipine 5 mg|Salbutamol inhaler|Levothyroxine 50 mcg|Cetirizine 10 mg|Sertraline 50 mg|Losartan 50 mg|Furosemide 40 mg',
  ],
  [
    'dish meal recipe menu_item food menu',
    'Tomato soup|Mushroom risotto|Grilled salmon|Vegetable curry|Caesar salad|Lentil stew|Chicken pie|Pasta with pesto|Apple crumble|Beef noodle soup|Falafel plate|Fish tacos|Roast cauliflower|Potato gratin|Lemon tart|Spinach quiche|Pumpkin ravioli|Bean burger|Rice pudding|Greek salad',
  ],
  [
    'animal pet dog cat horse',
    'Bella|Max|Luna|Rocky|Milo|Daisy|Coco|Oscar|Nala|Felix|Ruby|Simba|Lola|Teddy|Willow|Leo|Maisie|Buddy|Pepper|Ginger',
  ],
  [
    'car vehicle truck van bike',
    'White Transit van|Blue Golf|Silver Octavia|Red Corsa|Black Model 3|Grey Sprinter|Green Fiesta|White Kangoo|Blue Cargo bike|Silver Passat|Yellow Caddy|Black Vito|Red Yaris|Grey Zoe',
  ],
  [
    'course lesson class module training workshop quiz exam curriculum',
    'Introduction to statistics|Conversational Spanish|First aid at work|Web design basics|Project management|Watercolour for beginners|Data protection|Public speaking|Accounting II|Organic chemistry|Food safety|Photography|Negotiation skills|Spreadsheet fundamentals|World history|Yoga for beginners|Machine learning|Creative writing|Fire safety|Customer service',
  ],
  [
    'event concert webinar meetup conference exhibition festival',
    'Spring open day|Founders breakfast|Design meetup|Harvest festival|Annual general meeting|Jazz evening|Product showcase|Charity run|Winter market|Book launch|Career fair|Summer party|Board game night|Developer conference|Wine tasting|Alumni dinner|Security briefing|Chamber concert|Photo walk|Volunteer day',
  ],
  [
    'team squad crew department division business_unit user_group employee_group employeegroup staff_group',
    'Sales|Customer support|Platform engineering|Night shift|Field service|Marketing|Payroll|Data science|Quality assurance|Purchasing|Warehouse|Mobile|Legal|Front desk|Research|Web|Human resources|Logistics|Finance|Design|Day shift|Maintenance',
  ],
  [
    'role user_role job_role position job_title',
    'Administrator|Billing manager|Support agent|Read-only viewer|Content editor|Shift lead|Store manager|Auditor|Developer|Release manager|Warehouse clerk|Accountant|Team lead|External consultant|Security officer|Data analyst|Trainer|Reviewer|Intern|Owner',
  ],
  [
    'permission scope privilege right entitlement capability',
    'orders.read|orders.write|customers.read|customers.write|reports.export|users.invite|users.delete|billing.view|billing.manage|settings.edit|files.upload|files.delete|projects.create|projects.archive|tickets.assign|audit.view',
  ],
  [
    'plan subscription_plan price_plan pricing_plan membership_plan tier rate_plan rateplan offer',
    'Free|Starter|Starter yearly|Basic|Basic yearly|Standard|Standard yearly|Professional|Professional yearly|Business|Business yearly|Enterprise|Student|Family|Non-profit|Trial 14 days|Team|Team yearly|Unlimited|Early bird',
  ],
  [
    'category product_category catalog_category department_code section genre topic subject_area collection',
    'Kitchen and dining|Garden|Office supplies|Clothing|Shoes|Electronics|Books|Toys|Sports|Travel|Health|Music|Home textiles|Tools|Lighting|Pets|Groceries|Stationery|Furniture|Gifts|Outdoor|Bathroom',
  ],
  [
    'channel chat_room room_chat conversation_channel forum chat community board',
    'general|announcements|random|support|engineering|design|sales|incidents|onboarding|product-ideas|marketing|release-notes|hiring|office|help-desk|finance|customer-feedback|data|partners|social',
  ],
  [
    'repo repository project_repository package library gem crate module_package artifact_repository',
    'billing-service|web-frontend|mobile-app|design-tokens|data-pipeline|infra-modules|docs-site|auth-proxy|image-resizer|search-index|report-generator|cli-tools|event-bus|payment-adapter|status-page|test-fixtures|api-client|queue-worker|feature-flags|release-scripts',
  ],
  [
    'campaign ad_campaign ad_group ad_set ad advertisement promotion discount coupon gift_card sale',
    'Spring sale|Back to school|Summer clearance|New customers 10 % off|Free shipping weekend|Loyalty thank you|Black Friday|Win back|Newsletter sign-up|Referral bonus|Winter warmers|Early bird|Buy two get one|Birthday offer|Weekend flash sale|App launch|Garden season|Student discount|Last chance|Store opening',
  ],
  [
    'template email_template document_template message_template layout form survey questionnaire',
    'Welcome|Order confirmation|Password changed|Invoice|Delivery note|Appointment reminder|Monthly newsletter|Satisfaction survey|Refund confirmation|Contract|Offer letter|Event invitation|Feedback request|Shipping update|Account closure|Payment reminder|Onboarding checklist|Visitor registration|Quote|Meeting minutes',
  ],
  [
    'field custom_field attribute property variable parameter custom_attribute column dimension metric measure',
    'Preferred language|Loyalty number|Delivery window|Cost centre|Contract end|Shirt size|Account manager|Dietary needs|Region|Referral source|Renewal month|Serial number|Warranty until|Department|Billing contact|Floor|Project code|Language level|Newsletter consent|Emergency contact',
  ],
  [
    'webhook hook trigger callback notification_rule subscription_hook listener',
    'Order created|Invoice paid|New sign-up|Stock below minimum|Ticket escalated|Payment failed|Form submitted|Build finished|Shipment delivered|Contract signed|Card expired|Review posted|Refund issued|User removed|Nightly export|Appointment booked',
  ],
  [
    'job run pipeline workflow execution batch_job scheduled_job automation process playbook flow schedule batch import export',
    'Nightly export|Invoice sync|Stock count|Image resize|Monthly close|Mail digest|Price update|Log clean-up|Customer import|Search reindex|Backup check|Newsletter run|Payroll transfer|Data quality check|Video transcoding|Address cleaning|Report delivery|Cache warm-up|Sandbox refresh|Token renewal',
  ],
  [
    'service messaging_service notification_service product_service offering',
    'Order updates|Appointment reminders|Parcel tracking|Login codes|Loyalty messages|Survey invitations|Support line|Airport transfer|Window cleaning|Garden care|Tax advice|Bike repair|Hair cut|Deep tissue massage|Piano lesson|Translation|Network check|Home delivery|Interior painting|Car wash',
  ],
  [
    'network wireless_network wlan ssid site_network subnet vpc',
    'office|guest|warehouse|production|staging|voice|cameras|management|backup|lab|branch-north|branch-south|dmz|iot',
  ],
  [
    'release tag_name',
    'v1.0.0|v1.1.0|v1.1.1|v1.2.0|v1.3.0|v1.3.1|v2.0.0-rc.1|v2.0.0|v2.0.1|v2.1.0|v2.2.0|v2.2.1|v2.3.0|v3.0.0-beta|v3.0.0',
  ],
  [
    'skill ability competency',
    'Forklift licence|French|Welding|Bookkeeping|First aid|Python|Negotiation|Copywriting|Barista|Spreadsheet modelling|Sign language|Public speaking|Data analysis|Graphic design|Driving licence C|Photography',
  ],
  [
    'allergy ingredient allergen',
    'Peanuts|Milk|Gluten|Eggs|Shellfish|Soy|Sesame|Almonds|Mustard|Celery|Fish|Lupin|Hazelnuts|Sulphites',
  ],
  [
    'disease diagnosis',
    'Hypertension|Type 2 diabetes|Asthma|Migraine|Eczema|Hay fever|Lower back pain|Anaemia|Bronchitis|Gastritis|Sleep apnoea|Osteoarthritis|Tonsillitis|Hypothyroidism',
  ],
  [
    'tax tax_rate tax_code vat_rate tax_type tax_group',
    'Standard rate 19 %|Reduced rate 7 %|Zero rate|Sales tax 8.25 %|VAT 20 %|VAT 5 %|Exempt|Reverse charge|Import duty|City tax|Luxury tax|Service tax 10 %',
  ],
  [
    'payment_method payment_type tender paymentmethod',
    'Visa card|Mastercard|Bank transfer|Direct debit|Cash|Voucher|Gift card|Purchase order|Apple wallet|Cheque|Company account|Instalments',
  ],
  [
    'shipping_method carrier shipping_option delivery_method shipping_rate',
    'Standard delivery|Express delivery|Next day|Pick-up in store|Parcel locker|Freight|Same day courier|International air mail|Economy post|Weekend delivery',
  ],
  [
    'currency',
    'Euro|US dollar|Pound sterling|Swiss franc|Swedish krona|Polish zloty|Brazilian real|Yen|Yuan|Canadian dollar|Norwegian krone|Danish krone',
  ],
  ['language locale', 'English|German|French|Spanish|Italian|Dutch|Polish|Portuguese|Swedish|Chinese|Japanese|Danish'],
  [
    'country',
    'Portugal|Germany|France|Spain|Italy|Norway|Sweden|Canada|Australia|Japan|Brazil|Ireland|Poland|Austria|Denmark|China|Kenya|Mexico|India|Chile',
  ],
  [
    'region',
    'Northern Europe|Southern Europe|North America|Latin America|East Asia|Oceania|Middle East|West Africa|Central Europe|South Asia|Midwest|Pacific Coast',
  ],
  ['country_code', 'PT|DE|FR|ES|IT|NO|SE|CA|AU|JP|BR|IE|PL|AT|DK|CN'],
  [
    'unit unit_of_measure measurement_unit',
    'piece|kilogram|litre|metre|box|hour|pallet|square metre|dozen|gram|day|pair',
  ],
  ['color colour', 'Red|Blue|Green|Yellow|Orange|Purple|Grey|Black|White|Teal|Navy|Beige|Coral|Olive'],
  [
    'status state order_status ticket_status',
    'New|In review|Waiting for customer|In progress|On hold|Done|Rejected|Scheduled|Blocked|Ready for pickup|Escalated|Reopened',
  ],
  [
    'environment stage',
    'production|staging|development|test|demo|sandbox|load-test|training|preview|eu-production|us-production|integration',
  ],
  [
    'branch git_branch source_branch',
    'main|develop|release/2.4|release/2.5|feature/login-form|feature/export-csv|fix/date-parsing|fix/memory-leak|docs/readme|chore/update-deps|hotfix/tax-rounding|feature/dark-mode|test/checkout|experiment/cache',
  ],
  [
    'namespace',
    'default|billing|checkout|monitoring|ingress|batch-jobs|search|staging|team-payments|team-web|logging|sandbox|data-platform|kafka|reports|cron',
  ],
  [
    'metric_name',
    'cpu_usage|memory_usage|request_count|error_rate|latency_p95|disk_free|queue_depth|cache_hits|sessions_active|orders_per_minute|bytes_sent|login_failures',
  ],
  [
    'policy access_policy rule firewall_rule security_policy alert_rule alert_policy',
    'Remote work|Password length|Data retention 90 days|Block foreign logins|Two approvals over 1000|Weekend lock|Guest network only|No external sharing|Backup daily|Overtime cap|Travel booking|Expense limit|VIP routing|Quarantine attachments|Late fee|Refund window 30 days|Session timeout|Office hours only|Age check|Minimum stock',
  ],
  [
    'goal objective key_result target_goal milestone',
    'Reduce churn to 3 %|Open two branches|Answer within one hour|Publish 12 articles|First 100 customers|Launch the app|Hire five engineers|Run a half marathon|Save for the holiday|Zero overdue invoices|Migrate the archive|Read 20 books|Reach 10,000 followers|Cut delivery time by a day',
  ],
]
export const namesByNoun: ReadonlyMap<string, readonly string[]> = new Map(
  namedThings.flatMap(([nouns, names]) => nouns.split(' ').map((noun) => [noun, words(names)] as const)),
)

/** How people tell a second thing of one name. */
export const seconds = words('2|(copy)|(new)|(old)|B')
export const variants = words('large|small|black|white|set of two|blue')
