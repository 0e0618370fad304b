/*
 * Words that the messages of programs are made of, besides those of the names of fields (`field-words.ts`): the small words
 * of English, and what a program says of what it expected, did and could not do.
 *
 * The rule: a word is in `MESSAGE_WORDS` only when nobody is called by it and no place is, which a test holds against every
 * given and family name and every city, county, state and country of faker, in all of its locales. What somebody is called
 * too (`may`, `will`, `long`) is in `LOWER_CASE_WORDS` when messages could not be read without it, else in neither (`mark`,
 * `rose`, `grant`). What a customer is, has or suffers from is in neither, though it be an ordinary word. In lower case.
 */

/** Shown in lower case, and with a capital at the beginning of a sentence. */
export const MESSAGE_WORDS = `
  a abandon abandoned aborting aborts above absolute abstract accepting accepts access accessdenied accesses
  accessing accidentally according accordingly achieve acquire acquired acquiring across acting activate
  adapter add adding additionally addressed addressing adequate adhere adjacent administrator affect affects
  afterwards again against aggregate aggregates aggregation ahead ajv alias aliases aligned alike all allocate
  allocating allowing allows almost along alphanumeric already also alternate alternatively although altogether
  amazonaws ambiguity ambiguous amongst another any anyone anyway anywhere api apis apparently appear appeared
  appearing appears append appended appending applying appropriate arbitrary are argument arguments arise
  arises arose around arrive arrived arrives as ascii aside asked asking assert asserted assertion assertions
  assign assigning assignments associate assume assumed assumes assuming assure async at attach attaching
  attempted attempting attempts auth automatic avoid avoided avoiding awaiting aware aws axios backend
  backslash backtick backwards badly basically be became because become becomes becoming been beforehand
  beginning begins begun behave behaves being believe belong belonged belonging belongs below beneath besides
  better beyond bigger bigint bind binding bindings bits bool boolean booleans both brace braces bracket
  brackets breaking breaks brief briefly bring brings broadcast broke brought bson btree buffered buffering
  buffers built busy but by byte bytes caching calculate calculating callee caller calling calls came can't
  canceling cancelled cancelling cannot capable careful carefully carriage carry casting caught causes causing
  ceased certain certainly changing charged charset checks choose choosing chosen chunk chunked chunks cipher
  ciphertext circular circumstances clash clashes clause clauses cleaned cleaning cleanup clearly clone cloned
  closes closest closure codec coerce coerced collection collide collides collision colon comes coming commas
  commit committed committing commonly compare compared comparing compatibility compilation compile compiled
  compiler compiling completely completes completing complex complied comply component composite compound
  compressed comprise conditional conditions configure configured configures conflicting conflicts conform
  conforming conforms connecting consecutive consequently consider considered consist consistent consists
  console constants constrained constraints construct constructed constructing constructor consult consume
  consuming contacting contain contained containing continue continued continues continuing contrary convert
  converting cookies copied copies copying correctly correspond corresponding corrupt corrupted corruption
  could couldn't counting crash crashed creating credentials critically cron crossing crypto css csv curly
  currently cyclic damaged dash datatype datatypes ddl deadlock deal dealing debugging decimals decipher decode
  decoded decoder decoding decreasing decrypt decrypted decrypting decryption deem deemed defer deferred define
  defined defines defining definitely delimited delimiters deliver delivered delivering demanded denied denies
  denying depend depended depending depends deprecated dequeue dereference derive derived describe described
  describes deserialization deserialize deserialized deserializing despite destroy destroyed destroying
  detached determine determined determining developers deviates diagnostic did didn't differ differed
  difference differences different differently differing differs digest digits directly disallow disallowed
  disallows discard discarded discarding disconnects discontinued discovered disk dismissing disposed disregard
  dividing division dns docker does doesn't doing dom don't done dots doubled doubt drain drained dropped
  dropping drops dump duplicated duplicates during dynamodb each earlier easily ec ecmascript edge either
  elasticsearch elements elsewhere embedded emit emits emitted emitter emitting enabling encode encoder encodes
  encounter encountered encountering encrypt encrypting endpoint endpoints ends enforcing enlarge enough
  enqueue enqueued ensure ensures ensuring enter entering entirely enum enumerable enumeration env eof equality
  equals equivalent error escapes escaping esm especially essential establish established establishing etc
  evaluates evaluating evaluator eventually ever everyone exact exactly examine examined examples exceed
  exceeding exceeds except excepted exception exceptional exceptions excess excessive excessively exchanging
  exclamation excludes exclusively executable executes executing exhausted exhaustive exist existed exists
  exiting exits expand expanding expansion expect expectation expecting expects explain explained explicitly
  exports exposed expressions extend extending extends extensions external extra extract extracting extraneous
  extremely failing fails failures fallbacks falsy farther fastify fatally faults faulty fell fetch few fewer
  fields fifo files fill filled finally find finding finds finished finishes finishing fits fixing fkey flags
  float flush flushed flushing follows for forbid forbidden forbids forced foreign forget forgot forgotten fork
  formats formatted formatting formed former forms forwarded fragments freed freeing frequently fresh from fs
  fstat ftp fulfill fulfilled functions further furthermore gateway gcp generally generates generating get
  getaddrinfo gets getter getting git github gives giving globally go goes going got gotten gracefully graphql
  greater grouping grow grpc guarantees gunzip gzip had hadn't halted handled handles handshake happen happened
  happening happens hardly hasn't have haven't having heap hence here hex hexadecimal hidden hint holds honored
  honoured hook hostname hostnames how however html http https hyphen hyphens iam identical identified
  identifies identifying idx if illegal immediate immediately implement implementing implements implicitly
  implies imply importing imports impossible improper improperly in inability incapable includes including
  incompatible inconsistent incorrect incorrectly increase increasing indeed indent indentation independent
  index indexed indexing indicate indicated indicates indicating infinite infinity informed inherit inherits
  ini initialisation initialise initialised initialising initialization initialize initialized initializer
  initializes initializing initially initiate initiating inject injected injection inner inputs insert inserted
  inserting inserts inside inspect inspected install installing instantiate instantiated instantiating instead
  instructions insufficiently integer integers intend intended intercept intercepted interceptor interim
  internally interpret interpreting interrupt interrupted into introduce introduced invalid invalidate
  invalidated invalidating invariant inverse investigate invoiced invoking involve involved involves ipv is
  isn't isolate isolated isolation issuing it iterable iterables iterator its itself java javascript jdbc
  joining json jsonb jwt keep keeping keeps kept key keyspace keyword killed kind kms knew know knowing known
  knows label labels lacking lacks lambda lambdas larger lasted lasting lately latter lazily lead leading leads
  leak leaking least leaves leaving legitimate lengths lessen let lets letters letting lexical licensed lies
  likely limiting limits linefeed lines links linux listed listen listener listening listens lists literal
  literals loaded loader loads locally located locates locating locations locator locking locks logs longer
  look looked looking looks lookup loop loopback loops lose loses losing lost lowercase lowercased lstat made
  mainly maintain maintained maintains makes making malformed mapped mappings maps markers marshalling
  masking mathematical matter meaning meaningful means meant meanwhile measured mechanism meets member members
  memoize memory mention mentioned merely merges merging messages met metadata methods middleware middy might
  migrate migrating mime minus mirror misconfigured misleading misplaced misses missing misspelled mistake
  mistaken mistakenly mistyped misuse misused mix mixing mkdir mock modes modified modifies modifying module
  modules moment mongo mongodb monitor monorepo moreover mostly moves moving much multipart multiplying must
  mustn't mutable mutated mutating mutation mutex mutually mysql nack namely names namespace namespaces naming
  narrow navigate near nearest nearly necessarily necessary need needing neither nest nesting nevertheless
  newline newlines next nobody nodejs nonce none nonetheless nonexistent nonsense nonzero noop nor
  normalization normally not notably notation noted notices notified notifying notwithstanding npm null nullish
  numbers numerical numerics oauth obey obeys objects observe obsolete obtain obtained obtaining obtains
  obvious occasion occasionally occur occurred occurrence occurrences occurring occurs octal octet octets odbc
  of off offending offered offset omit omits omitted omitting once ones ongoing only onto opening opens openssl
  operand operands operate operates operations operator operators optionally options or ordinary originally
  originated orm others otherwise ought our ours outdated outgoing outputs outside overflow overflowed
  overflowing overflows overlap overlapped overlapping overlaps overload overloaded overly overridden overrides
  overriding overwrites overwriting overwritten own owned packed packets padded padding pages paid paired pairs
  panic parameters params parentheses parenthesis parenthesized parsed parser parsers parses partially parts
  passes passing passphrase paste pasted path pathname paths patterns payload payloads peers pem pending
  perform performing performs perhaps period permanent permission permits permitted permitting persisted
  persisting pg php pid piece pieces pipe pipeline pipes pkey placing plaintext please plugin plugins plural
  plus png pointer pointers pointing points polling polyfill pools poorly populate populated port ports
  positions possible possibly posted postfix postgres postgresql posting potential potentially practice pragma
  precede preceded precedes preceding precise precisely precondition predefined prefer preferably preferred
  prefixed premature prematurely preparation prepare prepared prepares preparing prerequisite prerequisites
  presence presented presently preserve preserved preserving pressing presumably pretty prevented preventing
  prevents previously priced primarily primitive primitives principals printable printed prisma privilege
  privileges probably problems proceed proceeding proceeds process processes produce produced produces
  producing prohibit prohibited prohibits promises prompts properly proposed protected prototype prove provides
  providing provisioned proxied proxy psql pulled pulling purely purposes pushing puts putting qualified
  queried queries query queryable querying quickly quite quorum quotation quotes quoting raise raised raises
  raising randomly ranges rarely rather rds reach reachable reaches reaching read readability readable readers
  readonly reads reallocate really reason reasonable reasons reassign reassigned rebuild recall receives
  receiving recently recheck recognise recognised recognize recognized recommend recommended reconnect
  reconnecting recorded recording recover recovered recovering recreate recursion recursively redefine
  redirected redirecting redirects redis redundant refer referenced references referencing referer referred
  referring refers refetch reflect refunded regarding regardless regex regexp registered registering registers
  registry reject rejecting rejection rejects relate relation relations relative relatively release released
  releases releasing relevant reliable reliably reload reloading rely remain remains removes removing rename
  renaming rendered rendering renegotiation repair repaired repeat repeated repeatedly repeating replaced
  replaces replacing replay replicas replied repo reported reporting reports represent representation
  represented representing represents reproduce requesting requests requeue requirement requirements requires
  requiring reserved resets resetting resides resolve resolver resolves resolving resources respect respective
  respectively respond responded responding responds responses responsible rest restart restarted restarting
  restored restricts resubmit results resumed resuming retain retained retried retries retrieve retrieves
  retrieving retry retryable retrying returning returns reused revert reverted reviewed rewrite rewritten rid
  rights rmdir roles rollback roundtrip routines rows rpc rsa rules running runs runtime safe safely saml
  sandbox satisfied satisfies satisfy satisfying saves saving saw say saying says scalar scalars scandir schema
  schemas scopes sdk secondly seconds see seeing seek seem seemed seems seen segfault selecting semicolon
  semver sends sentence separately separator separators serialise serialised serialization serialize serialized
  serializer serializing seriously served serverless serves sessions sets setter several severe sha shadowed
  shall shard shared sharing shipped shortly shouldn't showed showing shown shows shut shutdown shutting
  signals signatures significant silently similar similarly simply simultaneous simultaneously since single
  size sizes skipping skips slash slashes slightly slower smaller smallest smtp snake sns soap socket sockets
  solely solve solved some somebody somehow someone sometimes somewhat somewhere soon sorry sorted sources
  spaces spacing spec specially specifically specified specifier specifies specify specifying specs spelled
  spelling spread sql sqlite sqs ssh ssl ssm stacks stacktrace stale stands starting starts stated statements
  states static stating stays stderr stdin stdio stdout step steps still stopping stops storing strange stream
  streams strictly string strings strip stripped strongly structured structures sts stub stuck subclass
  subdomain subnet subquery subsequent subsequently subset substitute substituted substitution substring
  substrings succeed succeeding succeeds successfully such sudden suddenly sufficient sufficiently suggest
  suggested suggests suitable superset supertype supplied supplies supply supplying supporting supports
  supposed sure surely surpass surrogate surrounding suspend suspending svg switch switched switches switching
  symbols symlink sync synchronize synchronized synchronous synchronously syntactically syntax sysadmin syscall
  systems tables tag takes taking targets tcp tell tells template templates temporarily tenant tend terminated
  terminates terminating termination terminator tests texts than that that's the their theirs them themselves
  then there thereby therefore these they things think this those though threads throttle throttled throttles
  throw throwing thrown throws thus tied tightly timed timeout timeouts times timestamp timestamps timing tls
  tmp together tokenized tokens toml too took toolkit touch touched toward towards traceback traced traces
  tracker trailing transformer transforming transient translate translated transmission transmitted transport
  traversal traverse treated treats tried tries triggers trimmed truncate truncates truncating truncation
  truthy trying tsv tuple turned turning twice type typeof types typescript typically typing typo typos udp ui
  unable unacceptable unassigned unauthenticated unavailable unaware unbalanced unblocked unbound uncaught
  unchecked unclosed uncommitted uncompressed unconditionally undecided undeclared undecodable undefined under
  underlying understand understood undetermined undici undo unencoded unencrypted unequal unescape unescaped
  unexpected unexpectedly unfinished unfortunately unhandled unhealthy unicode unimplemented unindexed
  uninitialized uninstall unintended unions uniquely uniqueness units unix unless unlike unlikely unlimited
  unlink unlock unlocked unmapped unmarshall unmatched unnamed unnecessary unparsable unparseable unparsed
  unprocessable unprocessed unquoted unreachable unreadable unrecognised unrecognized unrecoverable unregister
  unregistered unrelated unreleased unreserved unresolved unresponsive unrestricted unsafe unsaved unsent
  unserializable unset unsigned unsorted unspecified unstable unsubscribed unsuccessful unsuitable
  unsynchronized untagged unterminated untrusted untyped unusable unusual unwanted unwrap up updating upgrade
  upgrading upon uppercase uppercased upset upstream upstreams url urls us usable use used useful useless user
  users uses using usual usually utf uuid validator validators value valued values vanished varchar variables
  varies variously vary varying vector vectors verbatim verifier verifies verifying versions versus very via
  viewed violate violated violates violating violations visited visiting void vpc waited waiting waits wanted
  wants warned warnings was wasm wasn't ways we weak webhook websocket well went were weren't what whatever
  when whenever where whereas whereby wherever whether which whichever while whilst whitespace whole whom why
  wide widely wider wildcard wildcards wise wish with within without won't work workaround worked worker
  workers works worse worst would wouldn't wrapped wrapper wrapping writable writer writes writing wrong
  wrongly wrote xml yaml yet yielded yielding yields you you're your yours yourself zero zeros zipped zlib zod
`;

/** Shown in lower case only: `may not be empty` can be read, and a customer named May is not shown. */
export const LOWER_CASE_WORDS = `
  alone among an best block body can case cast come constant cors cut day do due end even false fine full give
  good hand hang has he her him his hold human i id ids ip join just lack last lay level like line live load
  loan lock long low main major many match max may me mean min mode more most my name new no north now odd old
  on one order os out over page part pass peer per pick plain point post power pre price promise pure push
  reading right root rule run said same save self send sent set she show skip skipped slow small so sort sticky
  stop store straight strong sum take tar text thing time title to top trace true try turn two unique uri val
  valid view wait way wed will write yes zone
`;

/** Types, acronyms, keywords and products: shown as they are written here, and in no other case. */
export const TECHNICAL_NAMES = `
  Array ArrayBuffer AsyncFunction Atomics BigInt Blob Boolean Buffer DataView Date DOMException Error EventEmitter File
  FormData Function Generator Headers Infinity Int8Array Intl Iterator Map Math NaN Number Object Proxy Readable
  Reflect RegExp Request Response Set SharedArrayBuffer String Symbol Transform TypedArray Uint8Array URL URLSearchParams
  WeakMap WeakSet Writable Duplex Stream Socket AbortSignal AbortController Timeout Type
  ACL API ARN ASCII AWS BOM BSON CIDR CLI CORS CPU CRC CSS CSV DDL DNS EOF ESM FIFO FQDN FTP GCM GUID HMAC HTML HTTP HTTPS
  IAM ID IDs INI IP IPv4 IPv6 ISO JPEG JSON JSONB JWK JWKS JWT KMS LIFO MAC MD5 MIME MVCC NFC NUL OAuth OID OIDC OOM OS OTLP
  PEM PID PKCE PKCS PNG POSIX RAM RFC RPC RSA S3 SAML SASL SCRAM SDK SHA SMTP SNI SNS SOAP SQL SQS SSE SSH SSL SSM STS SVG
  TCP TLS TTL TTY UDP UI URI URIs URLs UTC UTF UUID UUIDs VM VPC WASM XML XSS YAML ZIP
  GET HEAD POST PUT PATCH DELETE OPTIONS CONNECT TRACE
  ADD ALTER AND ASC BEGIN BIGINT CASCADE CHECK COLUMN COMMIT CONSTRAINT CREATE CROSS DATABASE DEFAULT DESC DISTINCT
  DROP ELSE END EXISTS FALSE FOR FOREIGN FROM FULL FUNCTION GROUP HAVING INDEX INNER INSERT INTEGER INTO JOIN KEY
  LEFT LIKE LIMIT LOCK NOT NULL OFFSET ORDER OUTER PRIMARY REFERENCES RETURNING RIGHT ROLLBACK SCHEMA SELECT SET TABLE
  TEXT THEN TIMESTAMP TRANSACTION TRIGGER TRUE UNION UNIQUE UPDATE USING VALUES VARCHAR VIEW WHEN WHERE WITH
  Amazon Ajv Axios CloudWatch Cognito DynamoDB EventBridge Express Fastify GitHub GraphQL JavaScript Kinesis Lambda
  Linux Middy MongoDB MySQL Node OpenSearch OpenSSL PostgreSQL Postgres Prisma Powertools Redis Redshift SecretsManager
  Serverless SQLite Stripe Twilio TypeORM TypeScript Undici Unix Windows Zod
  NFD NFKC NFKD Iterable DECODER
`;
