/**
 * Words that the names of fields are made of: those that come again and again in the public types of APIs (cloud,
 * payment, shipping, source hosting, messaging, accounting), and those of the trades that services are written for.
 * None but `name` is a given or a family name of four letters or more in any locale of faker, which a test holds.
 * In the singular and in lower case.
 */
export const FIELD_WORDS = `
  abort aborted absent acc accept acceptance accepted access accessed accessible account accrual accrue
  accumulate ach acknowledged acl acp acquirer acquisition acreage acs action activated activation active
  activities activity actor actual actuator add added additional address addresses adjust adjusted
  adjustment admin administration administrative advance advanced advice advisory aes af affected after age
  agency agenda agent aggregate aggregated aggregation aggregator ago agreement ahead ai air airline airport
  aisle alarm album alcohol alert alg algorithm alias aliases alignment all allergens allergy allocated
  allocation allow allowance allowed allowlist already alt alternative altitude always am amazon amenity
  amex amount amplitude amz amzn analysis analytics ancestor anchor and android angry animal anniversary
  annotation announcement annual anomaly answer any anything ap apartment apc apdu apex api apigateway app
  apple applicable applicant application applied applies apply appointment approval approve approved
  approver approximate apr ar architecture archival archive archived are area args argument arn arr
  arrangement array arrival article artifact artist as ask assertion asset assigned assignee assignment
  assistant associated association assume async at attached attachment attempt attendee attention attribute
  aud audience audio audit auditor auth authenticated authentication author authorisation authorised
  authorization authorized authorizer authorizing auto autocomplete autofix automated automatic
  automatically automation availability available avatar average avg avs await away aws awslogs axis azure
  back backend backfill background backlog backorder backup bacs bad badge balance band bank banned banner
  bar barcode base based baseline basic basis basket batch bathroom battery bbox bcc be beacon bedroom
  before begin behavior behind beneficiary benefits between beverage bic big billable billed billing bin
  binary birth birthday birthplace blob blocked blocking blood bn board boarding body book booking bool
  boolean boost bootstrap border borrower bot bottom bounce bound boundary box bpm br branches branding
  break breakdown breakfast brightness broken broker browser bs btn bucket budget build builder building
  buildspec bulk bump bundle bus business button buy buyer by byline bypass bypassed byte ca cac cache
  cadence calculated calculation calendar call callback caller calories campaign cancel canceled
  cancellation cancelled candidate cannot canonical canvas capabilities capability capacity capital caption
  capture captured car card cardholder carrier cashflow cashtag cast catalog categories category cause cc
  cell center central centre cents cert certificate certified certify cf cfg ch chain chained challenge
  change changed channel chapter character characteristics charge chargeback charged chart check checked
  checkin checking checkout checksum chf child children chip choice churn citation city claim claimed class
  classic classification classroom clear cli click clicked client clinic clips clock clone close closed
  closing cloud cloudfront cloudwatch cluster cm cn cname cod code codecommit codeql codespace cognito
  cohort collaborator collect collected collection color colour column comma command comment commerce
  commercial commission commit common communication community comp company comparison compatible
  compensation complete completed completion compliance compliant component compression compute computed
  concept concurrency concurrent condition conduct confidence config configuration confirm confirmation
  confirmed conflict connect connected connection connectivity connector consent consented consignee
  consignor constraint consumed consumer consumption contact contactless container contains content context
  contextual continuation contract contribution contributor control controller conversation conversion
  convert converted cooling coordinates copilot copy core correct correlation cost count counted
  counterparty countries country county courier course cover coverage cpu cra crc create created creation
  creator credential credit credited creditor criteria critical cron crop crv crypto cryptogram csat css csv
  cta ctx cuisine cup currencies currency current curriculum cursor custom customer customization customized
  cvc cve cvss cycle daily dangerous dashboard data database datapoints dataset date datetime day db dcc dcr
  ddp deactivate deactivated dead deadline debit debt debug decimal decision declaration declared decline
  declined decrease deductible deduction deduplication deep default defense definition delay delayed
  delegated delegation delete deleted deleting deletion delimiter deliver deliverable delivered deliveries
  delivery demand denied deny department departure dependabot dependencies dependency dependent deploy
  deployment deposit deprecated depreciation depth descendant descending description descriptor design
  desired desktop destination detail detailed detect detected detection detector developer deviation device
  diagnosis dialog diff digest digital digits diligence dimension dir direct direction director directorship
  directory disable disabled disabling disbursements disclosure disconnect disconnected discount discover
  discussion dish disk dismiss dismissal dismissed dispatch display displayed disposal dispute disputed
  distance distinct distribution district dividend dkim dm dmarc dms dn dnd dns do dob doc docker doctor
  document documentation dollars domain domestic donation done door dosage dotnetcore double download
  downtime draft drift drink driver drop dropoff dry ds dst dual due duplicate durable duration duty dynamic
  dynamodb ean eap earliest early earnings east ec echo ecom ecommerce economy ecr ecs edge edit editable
  edited editing edition editor edu education effect effective eft eks elapsed elb electricity electronic
  element elevation elicit eligibility eligible email embed emission emoji employee employer employment
  empty emv en enable enabled enablement encoded encoding encrypted encryption end ended ending endpoint
  energy enforce enforced enforcement engagement engine enhanced enrolled entered enterprise entities
  entitled entitlement entity entries entry enum env envelope environment eod ephemeral epic episode epoch
  eps epss equal equity err error es escape estimate estimated etag ethernet eu euros eval evaluate
  evaluated evaluation event eventbridge every everything evidence ex exam example exceeded exception
  excerpt exchange excise exclude excluded excluding exclusion exclusive exec execute executed execution
  exempt exemption exercise existing exists exited exp expand expected expedited expenditure expense
  experience expiration expire expired expiring expiry explanation explicit export exporter express
  expression ext extended extension external extra extracted extraction eye fabric facilitator factor fail
  failed failover failure fallback false family fare fast fatal fault favorite favourite fdx feature
  featured fed federal fee feed feedback fetch fi field file filename filetype filing filter final finalized
  finance financial finding fingerprint finish fips fire firehose firmware first firstname fit five fix
  fixed flag flat fleet flight float flow folder follower following foo food footer footprint for forbidden
  force forecasted forename fork form format formation forward forwarding found four fragment fraud free
  freight frequency from front frozen ftp fuel fulfillment full fully function fund funding funnel future
  gain gallery garage gas gateway gauge gbp gcp ge gender generate generated generation generic genre
  geocoded get gg gi gid gif gift gist git github given glacier global glucose goal gone goods google gov
  gpg gps gpu grade granularity graph graphic gratuity greater greeting grid ground group grouping growth
  grpc gst gt gte gtin guarantee guaranteed guest guid hair halt handle handler handling happy hard hardware
  harvest has hash hashed hashtag head header headline health healthcare heart heating hec height hello help
  hidden hide hierarchy high highlight hint hire histogram historical history hits hmac holder holding
  holiday home homepage homework hook hospital host hosted hostname hotel hour hourly house how href html
  http hub huddle huge humidity hundred ia iam iat ice icon id idempotency identification identifier
  identities identity idle idp ids idx if ignore ignored il im image immediate immutable impact imperial
  implementation implicit import imported importer in inaccessible inactive inbound inbox include included
  inclusion inclusive income incoming incomplete incoterm increase increased increment incremental ind index
  indexes indicator indirect individual industry inferred inflow info information ingestion ingredient
  inherited init initial initiated initiation initiator inline inner input inquiry insecure insight
  inspection inspector install installation installed installment instance instant institution instruction
  instrument insufficient insurance insured insurer integer integration intelligent intent interaction
  interactive interest interface internal international interpretation interpreted intersection interval
  intl introduction invalid inventory investment invitation invite invited inviter invocation invoice
  invoiced invoke invoked ios ip ir irregular is isbn iso iss issue issued issuer issuing it item iteration
  iterator java jcb jitter join joined journal jpg json jurisdiction jwt kb keepalive key keywords kg ki kid
  kill kinesis kms known kty kw kwh kyc la lab label labeled lading lambda landlord landmark language
  lantern large last lastname lat latency later latest latitude launch layer layout layover lb leaf league
  leaked lease leave lecture ledger left leg legacy legal legend len lend lender length less lesson letter
  level liabilities liability library license lifecycle lifetime light like limit limited lineup link linked
  linux list live livestock lng load loading local locale locality localized location lock locked lodging
  log logged logging logical login logo logout long longitude lookup loss lost loud low lower lowest loyalty
  ls lso lt lte ltv luggage lyrics machine macos maiden mail main maintenance make manage managed management
  manager mandate mandatory manifest manual manufacturer many map mapping marital markdown marked marker
  market marketing marketplace mask masked master mastercard match matched matches matching material
  maturity maximum maybe mb mc mcc mcp md mdm me meal measure measurement media median medical medication
  medium member membership memory mention merchandise merchant merge merged message metadata meter method
  metric mfa mi microdeposits mid middle migrated migration mileage milestone million millis millisecond
  mime mimetype min minimal minimum minor minute mismatch missed missing mixed ml mm mobile modal mode model
  moderate modification modified modifier modify money monitoring month monthly more mortgage most mount
  move moved movement movie mp mqtt mrr ms msg msk multi multipart multiple multiplier must mutable mute
  muted mx my name named namespace national nationality native navigation needed needs neg negative
  neighborhood neighbourhood nested net network neutral never new newer next ni nickname night nlu no node
  nodejs noise non nonce noncurrent nondoc none normal normalized not note nothing notice notification
  notify now nps nr ns nsf null nullable num number numeric nurse oauth oauthbearer obj object observed
  occupancy odometer of off offer office offline offset oid oidc ok old oldest on onboarding one online only
  ons op open opened opening operating operation operational operator opinion opponent ops opt option
  optional or order ordered ordering org organisation organiser organization organizational organizer origin
  original originating origination originator os other out outbound outcome outdated outer outflow outlier
  output outstanding over overall overdraft overdue overnight override overtime overview overwrite own owned
  owner ownership owning oxygen pa pack package packet packing pagination paid pak paket pal pallet pan
  paragraph parallel parameter params parcel parent parking parse parsing part partial partially
  participants participation parties partition partner party pass passcode passed passenger passphrase
  passport password past patch patches path patient pattern pause paused pay payable payee payer payload
  payment payout payroll payslip pci pct pdf pem pending people percent percentage percentile performed
  period periodic permalink permanent permanently permission permit persistent person personal pet pfc
  pharmacy phase phone photo physical picker picking pickup picture pin pincode ping pinned pipeline place
  placed placeholder placement plain plan planned plant platform play player playlist plus pm pmi png po
  podcast poi point pointer policies policy poll polygon pool populate port portal portfolio portion pos
  position positive posix postal postcode posted pounds pq pr pre precision predefined predicate pref
  preference preferred prefix prefixes premise premium preorder prepaid prepayment prescriber presence
  present preset pressure pretax prev prevent prevention preview previous pri pricing primary principal
  print printer printing prior priority privacy private privileged probability problem processed processing
  processor producer product production profile program progress project projected promo promoted promotion
  promotional prompt pronoun proof properties property proposed prorate proration protect protected
  protection protein protocol provided provider province provision provisioned provisioning proxy psp pt
  public publication publicly publish published publisher pull pulse purchase purchased purpose push pushed
  put pw ql qr qty qualifier qualifying quality quantity query querystring question questionnaire queue
  queued quick quiz quota quote quoted quux qux rainfall ram range rank rate rating ratio rationale raw rds
  reached reaction read reader ready real reboot rebuttal receipt receivable receive received receiver
  recent recently recipe recipient recommendation reconciled reconciliation record recorded recovery
  recurring recursive redacted redaction redeem redeemed redirect redisplay redrive redriven redshift
  reduced reduces redundancy ref referee reference referenced refill refresh refund refundable refunded
  refusal refused regex region regional register registered registrar registration registry regular
  reimbursement rejected related relationship relative relay release released remainder remaining remark
  remediation remembered reminder remote remove removed rename renamed rent rental reopened reorder
  repayment replace replacement replay replica replication reply repo report reported reporter reporting
  repositories repository req request requested requester requestor require required requirement res resend
  reservation reserve reserved reset residential resolution resolved resolver resource respondent response
  rest restaurant restock restoration restore restored restricted restriction result resume retail retain
  retention retries retrieved retry return returned reuse revenue reversal reverse reversed review reviewed
  reviewer revision revocation revoke revoked reward right ring risk role rollback room rotation round
  rounding route route53 routing row rpc rr rss ru rule ruleset run runner running runtime sa sad sagemaker
  salary sale salutation same saml sample sampling sandbox sarif save saved saver savings sb sbom sc sca
  scale scaling scan scanned scanning schedule scheduled schema scheme school scim scope scoped score
  scoring screen screening sdk search searched season seat second secondary secret section sector secure
  security seen segment select selected selection selector self sell seller semantic semester send sender
  sending sensitive sensor sent sentiment sepa sepadirectdebit separate separated sequence sequencer ser
  serial service servicing serving ses session set setting settled settlement setup severity sf sh sha shape
  shard share shared shareholder sharing shelf shift ship shipment shipped shipping shop shopper short
  shortcut should show si sibling sick side sidebar sign signal signature signed signer signing simple
  simulate since single siret site six sixty size skill skip sku sleep slot slow slug smart sms snapshot
  snippet snooze sns social soft software soil sold something sort sound source southeast space spam spawn
  spdx speaker spec special species specific specification speed spend spf split sponsored sponsorship
  sprint sql sqs squad squash src srp ss ssd sse ssh ssid ssl ssn sso st stack stadium stage stale stamp
  standard standing starred start started starter starting startup stash stat state statement static
  statistic status statuses statutory stay std step stepfunctions stock stockable stocktake stop stopped
  storage store stored str strategy stream streaming street strength strict strike string structure student
  style sub subject submission submit submitted subnet subpremise subscribe subscribed subscriber
  subscription subsequence substitute substring subtitle subtotal subtype suburb succeed succeeded success
  successful suffix suggested suggestion suite sum summaries summary super superannuation supplier support
  supported suppress suppressed suppression suppressor surcharge surepost surface surname survey suspended
  suspicious svc svg sweep symbol symptom sync synth sys system tab table tag tagging take taken takeover
  target tariff task tax taxability taxable taxes taxpayer tcp teacher team telemetry telephone temp
  temperature template tempo temporary ten tenant tender tenor term terminal terminate terminated
  termination test text th than theme third thirty this thoroughfare thousand thread threat three threshold
  throttle throttled throttling through throughput thumb thumbnail tick ticker ticket tier tiering tile time
  timed timeframe timeline timeout timesheet timestamp timezone tiny tip tipping title tls tmp to toast
  token tokenization tolerance toll toml too tool top topic tos tot total tournament tracing track tracked
  tracking trade traffic trail training trans transaction transcript transcription transfer transferred
  transform transformed transit transition travel treat treatment tree trial trigger triggered trim trip
  true truncated trust trusted truststore try ts ttl turn two tx type typed tz ubuntu udp ui uid uk ultimate
  unassigned unauthorized unavailable unchanged undefined unfurl unit unknown unlabeled unlink unlinked
  unmodified unpaid unprocessable unprocessed unpublished unread unreconciled unsubscribe unsupported until
  untrusted unusable unverified up upc update updated upgraded upload uploaded upper upsert upstream uptime
  uri url us usa usage use used user usergroup username utc utilization utm uuid vacancy vacation vaccine
  validate validation validator validity value variable variance variant variation vat vcs vector vehicle
  velocity vendor venue verbose verdict verification verified verifier verify version vertex via video view
  viewer viewport violation virtual virus visa visibility visible visit voice voided voltage volume vote
  voucher vpc vulnerabilities vulnerability vulnerable wait waiting wallet warehouse warm warn warning was
  watch watchlist water watt wave waybill web webhook website wechat week weekly welcome what wheel when
  where which who whose why widget width wifi wildcard window wire wishlist with withdrawal withheld words
  work worker workflow working workload workout workspace world worldwide wrap writable write written ws xml
  xx yaml year yes yield ytd zh zip zipcode zone zoom
`;

/**
 * Short words that are names of people as well, or what is left of them without accents. Each alone gives nothing away,
 * but beside another word that may be a name they are no sign of a field: `MyLoan`.
 */
export const SHORT_NAMES = `
  aba ai arn at bar ca cas due elb has ip kis la len long mi min my no on pal rus sa si sid sin tin to top vin
`;

/** Words of field names that are names of people, places or brands as well: alone they do not tell a field from data. */
export const AMBIGUOUS_WORDS = `
  al alpha baron bars baz beta bill bins block bond branch brand breed bridge can captain carbon caron cart
  case cash coach conn cors coupon cross delta dot epsilon fares farm fico fine floor friday gamma gate
  general geo grace grant green gross hold human iban javas job kafka lane levy line loan logins lon mac
  major mark max mean melody menu meta monday moreno nino north omega pace page pat per pie post power price
  python reading reason rich root royal ruby saturday seed server sigma skipped small solar song south star
  story strong sunday swift tea theta thursday trace tuesday unique val valid wage ward waters wednesday
  weight west wind
`;

/** What is written behind another word without a sign between: `userid`, `createdat`, `orderno`. */
export const FIELD_ENDINGS = 'code count date flag id key list mode name number status time type uri url';
