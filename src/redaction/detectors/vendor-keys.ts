import type { Detector, OwnDetector } from './detector.ts';
import { SHORTEST_KEY } from './places.ts';
import { firstUse } from '../first-use.ts';

/**
 * Keys and tokens that name their issuer, mostly in their first characters, as the issuers document them for scanners of
 * source code. One line per format: what it begins with, the characters of its tail, and how many of them; formats with
 * several parts are written out.
 */

const ALNUM = 'A-Za-z0-9';
const WORD = String.raw`\w-`;
const HEX = 'A-Fa-f0-9';
const BASE64 = 'A-Za-z0-9+/';
const LOOSE = String.raw`\w=.-`;

/** Tails without a stated end are read up to this length. */
const LONGEST_TAIL = 512;

type Format = readonly [issuer: string, prefix: string, characters: string, atLeast: number, atMost?: number];

const TAILED: readonly Format[] = [
  ['1Password service account', 'ops_eyJ', BASE64, 64, 2048],
  ['Adobe client secret', 'p8e-', ALNUM, 32],
  ['age identity', 'AGE-SECRET-KEY-1', ALNUM, 58, 58],
  ['Airtable personal token', `pat[${ALNUM}]{14}\\.`, HEX, 64],
  ['Alibaba access key', 'LTAI', ALNUM, 12, 30],
  ['Anyscale', 'esecret_', ALNUM, 20],
  ['Apify', 'apify_api_', ALNUM, 30],
  ['ASP.NET Identity', 'AQAAAA(?:EAACcQ|IAAYag)AAAA', `${BASE64}=`, 60, 100],
  ['Anthropic', 'sk-ant-', WORD, 32],
  ['Artifactory API key', 'AKCp', ALNUM, 60, 80],
  ['Artifactory reference token', 'cmVmd', ALNUM, 59, 59],
  ['Atlassian', 'AT(?:[A-Z]TT3|BB)', LOOSE, 24],
  ['AWS access key id', 'A(?:KIA|SIA|BIA|CCA|3T[A-Z0-9])', 'A-Z0-9', 16, 16],
  [
    'AWS session token',
    '(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz|AgoGb3JpZ2lu|A[Qg]oDYXdz|AgoJb3JpZ2lu)',
    `${BASE64}=`,
    60,
    4096,
  ],
  ['Aiven', 'AVNS_', WORD, 15],
  ['Axiom', 'xa[ap]t-', `${HEX}-`, 36, 36],
  ['Amazon Bedrock, long-lived', 'ABSK', BASE64, 100],
  ['Amazon Bedrock, short-lived', 'bedrock-api-key-', `${BASE64}=`, 20, 4096],
  ['Brave Search', 'BSA(?=\\w{0,20}\\d)', '\\w', 24, 29],
  ['Brevo SMTP', 'xsmtpsib-', WORD, 64],
  ['Browserbase', 'bb_(?:live|test)_', WORD, 24],
  ['Buildkite', 'bk[a-z]{2}_', ALNUM, 32],
  ['Cal.com', 'cal_(?:live_|test_)?', HEX, 32],
  ['Canva', 'cnvc[a-z]', WORD, 40],
  ['Cartesia', 'sk_car_', ALNUM, 20],
  ['Cerebras', 'csk-', ALNUM, 40],
  ['Checkly', 'cu_', HEX, 32],
  ['ClickHouse Cloud', '4b1d', ALNUM, 38, 38],
  ['Clojars', 'CLOJARS_', ALNUM, 60],
  ['Cloudflare', 'cf(?:[a-z]t|k)_', WORD, 36],
  ['CockroachDB Cloud', `CCDB1_[${ALNUM}]{20,24}_`, ALNUM, 40],
  ['Confluent Cloud', 'cflt', BASE64, 50, 70],
  ['crates.io', 'cio', ALNUM, 32, 32],
  ['CircleCI', `CCI(?:PAT|PRJ)_[${ALNUM}]{22}_`, HEX, 40],
  ['Cloudflare origin CA', `v1\\.0-[${HEX}]{24}-`, HEX, 146],
  ['Contentful', 'CFPAT-', WORD, 40],
  ['Cursor', '(?:key|crsr)_', HEX, 64],
  ['Databricks', 'd(?:api|ose|kea)', `${HEX}-`, 32, 36],
  ['Datadog', 'dd(?:app|pat|sat)_', ALNUM, 30],
  ['Deno Deploy', 'dd[a-z]_', ALNUM, 36],
  ['Defined Networking', `dnkey-[${ALNUM}=_-]{26}-`, LOOSE, 52],
  ['DigitalOcean', 'do[a-z]_v1_', HEX, 64],
  ['DigitalOcean Spaces', 'DO(?:00|801)', 'A-Z0-9', 16, 17],
  ['Docker Hub', 'dckr_[a-z]{3}_', WORD, 24],
  ['Doppler', 'dp\\.(?:pt|st|ct|sa|scim|audit|said|sit)\\.', `${ALNUM}._-`, 40],
  ['Dropbox', 'sl\\.(?:u\\.)?', WORD, 120, 2048],
  ['Duffel', 'duffel_(?:test|live)_', LOOSE, 40],
  ['Dynatrace', `dt0[a-z]\\d\\d\\.[${ALNUM}]{24}\\.`, ALNUM, 64],
  ['E2B', 'e2b_', HEX, 40],
  ['EasyPost', 'EZ[AT]K', ALNUM, 54],
  ['Elastic Cloud', 'essu_', `${BASE64}=_-`, 40],
  ['ElevenLabs', 'sk_', HEX, 48, 64],
  ['Facebook', 'EAA', ALNUM, 60],
  ['Figma', 'fig[dour][hr]?_', WORD, 32],
  ['Firecrawl', 'fc-', HEX, 32],
  ['Fireworks AI', 'fw_', ALNUM, 22],
  ['Friendli', 'flp_', ALNUM, 40],
  ['Flutterwave test key', 'FLW(?:PUB|SEC)K_TEST-', `${ALNUM}-`, 12, 40],
  ['Flutterwave', 'FLW(?:PUB|SEC)K-', `${ALNUM}-`, 32, 40],
  ['Fly.io', 'f(?:o1|m1[ar]|m2)_', `${BASE64}=_-`, 40, 2048],
  ['Frame.io', 'fio-u-', LOOSE, 60],
  ['Freshdesk and Freshworks', 'fdk_', ALNUM, 32],
  ['GitHub', 'gh[pousr]_', '\\w', 36],
  ['GitHub fine-grained', 'github_pat_', '\\w', 36],
  ['GitLab', 'gl(?:pat|dt|ft|imt|agent|oas|ptt|rt|rtr|soat|cbt|ffct|wt|pa)-', `${WORD}.`, 20],
  ['GitLab runner registration', 'GR1348941', WORD, 20],
  ['GoCardless', '(?:live|sandbox)_', `${WORD}=`, 40, 60],
  ['Google API key', 'AIza', WORD, 35],
  ['Google OAuth client secret', 'GOCSPX-', WORD, 28],
  ['Google Cloud, bound to an account', 'AQ\\.A', WORD, 40],
  ['Google OAuth access token', 'ya29\\.', WORD, 20, 2048],
  ['Google OAuth refresh token', '1//0', WORD, 30],
  ['Grafana API key', 'eyJrIjoi', `${BASE64}=`, 64],
  ['Grafana Cloud', 'glc_', `${BASE64}=`, 32],
  ['Grafana service account', `glsa_[${ALNUM}]{32}_`, HEX, 8, 8],
  ['Groq', 'gsk_', ALNUM, 40],
  ['Harness', `(?:pat|sat)\\.[${WORD}]{22}\\.[${ALNUM}]{24}\\.`, ALNUM, 20],
  ['HashiCorp Vault', 'hv[sbr]\\.', WORD, 24],
  ['HashiCorp Vault, older', 's\\.(?=[a-z]{0,23}[A-Z0-9])', ALNUM, 24, 24],
  ['HCP Terraform', `[${ALNUM}]{14}\\.atlasv1\\.`, LOOSE, 60],
  ['Heroku', 'HRKU-', WORD, 36],
  ['Honeycomb', 'hc[a-z][im]k_', ALNUM, 50],
  ['HubSpot', 'pat-(?:na|eu|ap)\\d-', `${ALNUM}-`, 36],
  ['Hugging Face', '(?:hf|api_org)_', ALNUM, 30],
  ['Infracost', 'ico-', ALNUM, 32],
  ['Inngest', 'signkey-[a-z]{2,12}-', HEX, 32],
  ['Intercom', 'dG9rO', `${BASE64}=`, 50, 60],
  ['Intra42', 's-s4t2(?:ud|af)-', HEX, 64],
  ['Jina AI', 'jina_', WORD, 50],
  ['Langfuse', 'sk-lf-', `${HEX}-`, 36, 36],
  ['LangSmith', 'ls(?:v2_[a-z]{2}_|__)', `${ALNUM}_`, 32],
  ['LlamaCloud', 'llx-', ALNUM, 40],
  ['Logfire', 'pylf_v\\d_[a-z]{2}_', ALNUM, 40],
  ['Linear', 'lin_[a-z]{2,5}_', ALNUM, 32],
  ['LaunchDarkly', '(?:sdk|mob|api)-', `${HEX}-`, 36, 36],
  ['Mailchimp', `[${HEX}]{32}-us`, '\\d', 1, 2],
  ['Mailgun', '(?:key|pubkey)-', HEX, 32],
  ['Mailgun, newer', `[${HEX}]{32}-[${HEX}]{8}-`, HEX, 8, 8],
  ['Mapbox', `[ps]k\\.(?=[${ALNUM}]{20,200}\\.)`, `${WORD}.`, 60],
  ['MaxMind', `[${ALNUM}]{6}_[${ALNUM}]{29}_`, 'mk', 3, 3],
  ['Mem0', 'm0-', ALNUM, 36],
  ['Mercado Pago', 'APP_USR-', `${ALNUM}-`, 32],
  ['Modal', 'a[ks]-(?=[A-Za-z]{0,20}\\d)', ALNUM, 22, 22],
  ['Mollie', '(?:live|test)_', ALNUM, 30, 30],
  ['MongoDB Atlas', 'mdb_sa_sk_', WORD, 36],
  ['Neon', 'napi_', ALNUM, 40],
  ['Neon, password', 'npg_', ALNUM, 12],
  ['Netlify', 'nf[a-z]_', ALNUM, 32],
  ['New Relic', 'NR(?:AK|JS|RA|II|AA|BR|SP)-', WORD, 16],
  ['Notion', 'ntn_', ALNUM, 40],
  ['Notion, older', 'secret_', ALNUM, 43, 43],
  ['npm', 'npm_', ALNUM, 36],
  ['NVIDIA', 'nvapi-', WORD, 48],
  ['NuGet', 'oy2', 'a-z0-9', 43, 43],
  ['Octopus Deploy', 'API-', 'A-Z0-9', 26],
  ['OpenAI', 'sk-(?:proj|svcacct|admin|None)-', WORD, 40],
  ['OpenAI, session', 'sess-', ALNUM, 36],
  ['OpenAI, short-lived', 'ek_', ALNUM, 32],
  ['OpenAI, older, and those that follow it', 'sk-', ALNUM, 20],
  ['OpenRouter', 'sk-or-', WORD, 32],
  ['OpenShift', 'sha256~', WORD, 43],
  ['Paddle', `pdl_[a-z]{4,7}_apikey_[${ALNUM}]{26}_`, '\\w', 22],
  ['PayPal Braintree', `access_token\\$(?:production|sandbox)\\$[${ALNUM}]{16}\\$`, HEX, 32],
  ['Perplexity', 'pplx-', ALNUM, 40],
  ['Pinecone', 'pcsk_', '\\w', 40],
  ['PlanetScale', 'pscale_[a-z]{2,8}_', LOOSE, 32],
  ['Plaid', 'access-(?:sandbox|development|production)-', `${HEX}-`, 36],
  ['Polar', 'polar_[a-z]{2,4}_', WORD, 32],
  ['PostHog', 'ph[acrsx]_', ALNUM, 40],
  ['Postman', `PMAK-[${HEX}]{24}-`, HEX, 34],
  ['Prefect', 'pn[ub]_', ALNUM, 36],
  ['Pulumi', 'pul-', HEX, 40],
  ['PyPI', 'pypi-A', WORD, 50, 1000],
  ['ReadMe', 'rdme_', ALNUM, 70],
  ['Razorpay', 'rzp_(?:live|test)_', ALNUM, 14],
  ['Render', 'rnd_', ALNUM, 24],
  ['Replicate', 'r8_', ALNUM, 37],
  ['Roboflow', 'rf_', ALNUM, 20],
  ['Resend', 're_', '\\w', 30],
  ['RubyGems', 'rubygems_', HEX, 48],
  ['RunPod', 'rpa_', ALNUM, 36],
  ['Salesforce session', `00D[${ALNUM}]{12,15}!`, `${WORD}.`, 60],
  ['Scaleway', 'SCW', 'A-Z0-9', 17, 17],
  ['Scalingo', 'tk-us-', WORD, 48],
  ['Sendinblue (Brevo)', `xkeysib-[${HEX}]{64}-`, ALNUM, 16],
  ['SendGrid', 'SG\\.', LOOSE, 60],
  ['Sentry organization', 'sntrys_', `${BASE64}=_-`, 60, 1000],
  ['Sentry user', 'sntry[a-z]_', HEX, 64],
  ['SettleMint', 'sm_(?:aat|pat|sat)_', ALNUM, 16],
  ['Shippo', 'shippo_(?:live|test)_', HEX, 40],
  ['Shopify', 'shp[a-z]{2,4}_', HEX, 32],
  ['Slack', 'xox[abceoprs]-', WORD, 10],
  ['Slack rotating token', 'xoxe\\.xox[bp]-', WORD, 40],
  ['Slack app', 'x(?:app|wfp)-\\d?-?', WORD, 20],
  ['Snowflake OAuth', 'ver:\\d-hint:\\d{1,20}-', `${BASE64}=_-`, 80, 2048],
  ['Snyk', 'snyk_[a-z]{3}\\.[a-z\\d]{4,8}\\.', LOOSE, 20],
  ['Sonar', 'sq[upa]_', LOOSE, 40],
  ['Sourcegraph', 'sgp_', `${HEX}_a-z`, 40],
  ['Square', '(?:EAAA|sq0(?:atp|csp|idp)-)', WORD, 22],
  ['Statsig', 'secret-', ALNUM, 40],
  ['Stripe', '(?:sk|rk)_(?:live|test|prod|org_live|org_test)_', ALNUM, 10],
  ['Stytch', 'secret-(?:live|test)-', `${WORD}=`, 32],
  ['Stripe webhook', 'whsec_', `${BASE64}=`, 32],
  ['Supabase', 'sb[aps]_', '\\w', 36],
  ['Supabase secret key', 'sb_secret_', WORD, 20],
  ['Tailscale', 'tskey-', `${ALNUM}-`, 20],
  ['Tavily', 'tvly-', `${ALNUM}-`, 28],
  ['Telegram bot', '\\d{5,16}:A', WORD, 34, 34],
  ['Tencent Cloud', 'AKID', ALNUM, 32],
  ['Together AI', 'tgp_v\\d_', WORD, 40],
  ['Trigger.dev', 'tr_[a-z]{2,7}_', ALNUM, 20],
  ['Twilio', '(?:SK|AC)', HEX, 32, 32],
  ['Typeform', 'tfp_', LOOSE, 59],
  ['Upstash signing key', 'sig_', ALNUM, 24],
  ['Vercel', 'vc[a-z]_', ALNUM, 24],
  ['Vercel Blob', 'vercel_blob_rw_', '\\w', 40],
  ['Voyage AI', 'pa-(?=[a-z\\d_-]{0,20}[A-Z])', WORD, 40],
  ['Weights & Biases', 'wandb_v1_', WORD, 32],
  ['xAI', 'xai-', ALNUM, 60],
  ['Xata', 'xau_', ALNUM, 32],
  ['Yandex API key', 'AQVN', WORD, 35, 38],
  ['Yandex access key', 'YC', WORD, 38, 38],
  ['Yandex IAM', 't1\\.[\\w=-]{1,300}\\.', LOOSE, 80],
];

/** Issuers whose mark is not at the beginning, or whose key is an address. */
const WRITTEN_OUT: readonly (readonly [issuer: string, form: string])[] = [
  ['1Password secret key', 'A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'],
  // Microsoft's common annotated security keys: the mark stands near the end.
  ['Azure', String.raw`[A-Za-z\d]{52}JQQJ99[A-Za-z\d]{18,34}(?:==)?`],
  ['Azure DevOps', String.raw`[A-Za-z\d]{76}AZDO[A-Za-z\d]{4}`],
  ['Asana', String.raw`\d/\d{10,20}(?:/\d{10,20})?:[\da-f]{32}`],
  ['ClickUp', String.raw`pk_\d{5,12}_[A-Z\d]{32}`],
  [
    'Coinbase, Clerk, Knock and others that follow Stripe',
    String.raw`[a-z]{2,4}_(?:live|test)_[A-Za-z\d]{24,100}`,
  ],
  [
    'Authress',
    String.raw`(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,120}`,
  ],
  ['Discord bot', String.raw`[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38}`],
  ['New Relic license', String.raw`[\da-z]{36}NRAL`],
  ['Facebook app token', String.raw`\d{15,16}(?:\||%7C)[\w-]{27,40}`],
];

/** Where the paths of webhooks stand. */
const WEBHOOK_PATHS = [
  String.raw`(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[\w+/-]{20,200}`,
  String.raw`(?<=webhook\.office\.com/)webhookb2/[\w@/-]{40,300}`,
  String.raw`(?<=discord(?:app)?\.com/api/)webhooks/\d{15,22}/[\w-]{40,100}`,
];

const keys = firstUse(() => [
  ...TAILED.map(
    ([, prefix, characters, atLeast, atMost = LONGEST_TAIL]) =>
      `${prefix}[${characters}]{${atLeast},${atMost}}={0,2}`,
  ),
  ...WRITTEN_OUT.map(([, form]) => form),
]);

/**
 * What most issuers of today agree on: words that tell what it is, a separator, and random characters. It finds the issuers
 * that nobody wrote down here, and no identifier (`pi_3MtwBwLkdIwHu7ix28a3tqPa`): these have no such word, or fewer characters.
 */
const unlisted = firstUse(() => [
  // `acme_sk_…`, `foo-api-key-…`, `x_pat_live_…`
  String.raw`(?:[a-z][a-z\d]{1,15}[_-]){0,2}(?:sk|rk|pat|oat|apikey|api|key|secret|token|tok|sec)[_-](?:v\d[_-]|[a-z]{2,6}[_-]){0,2}${randomTail(28)}`,
  // `acme_…`, `acme_v1_…`, `acme-…`: nothing tells them from an identifier but their length and the mixture
  String.raw`(?<![_-])[a-z][a-z\d]{1,11}(?:(?:_[a-z\d]{1,10}){0,3}_|-)(?=[a-z\d]{0,30}[A-Z])(?=[A-Z\d]{0,30}[a-z])${randomTail(36)}(?![_-])`,
]);

/** Letters and digits with a digit among the first, as random ones have it and words have not. */
function randomTail(least: number): string {
  return String.raw`(?=[A-Za-z]{0,23}\d)(?!\d{12})(?=[a-f\d]{0,39}[A-Z]|[a-f\d]{0,39}[g-z]|[a-f\d]{48})[${ALNUM}]{${least},${LONGEST_TAIL}}`;
}

/** The forms that may begin with a character, by its code: those of other issuers need not be tried. Made when first needed. */
const byFirst = new Map<number, RegExp>();

function formsWith(first: number): RegExp {
  const known = byFirst.get(first);
  if (known !== undefined) return known;
  const character = String.fromCharCode(first);
  const forms = [...keys(), ...unlisted()].filter((form) => mayBegin(form, character));
  const made = new RegExp(`(?:${forms.join('|') || '[]'})(?![A-Za-z0-9])`, 'y');
  byFirst.set(first, made);
  return made;
}

/** Whether what a form matches may begin with the character: forms begin with a letter, a class, or a choice of such. */
function mayBegin(form: string, character: string): boolean {
  const rest = form.replace(/^\(\?<![^)]*\)/, '');
  if (rest.startsWith('(?:')) {
    const choices = rest.slice('(?:'.length, rest.indexOf(')')).split('|');
    return choices.some((choice) => mayBegin(choice, character));
  }
  const first = /^(?:\\.|\[[^\]]*\]|.)/.exec(rest)?.[0] ?? '';
  return new RegExp(`^${first}$`).test(character);
}

/** Keys that name their issuer. One begins where no letter or digit stands before it; an underscore may (`key_ghp_…`). */
const vendorKey: OwnDetector = {
  name: 'api-key',
  category: 'credentials',
  hint: (_text, { longestToken, colon, percent }) =>
    longestToken >= SHORTEST_KEY || ((colon || percent) && longestToken > 10),
  // Where a key may begin; the forms tell whether it does.
  pattern: /(?<![A-Za-z\d])[A-Za-z\d](?=[\w~.:|$%+/=!-]{15})/g,
  places: (runs, tryAt) => runs.tryWords(tryAt),
  valid: (_first, text, start) => {
    const forms = formsWith(text.charCodeAt(start));
    forms.lastIndex = start;
    return forms.exec(text)?.[0].length ?? false;
  },
};

/**
 * Keys of Azure that begin with anything, as Microsoft's security utilities describe them: the mark, how many characters of which kind stand before it, and what
 * follows.
 */
const AZURE: ReadonlyArray<readonly [mark: string, before: number, characters: string, after: string]> = [
  [String.raw`\dQ~`, 3, String.raw`\w~.`, String.raw`[\w~.-]{31,34}`], // Entra ID, a client's secret
  [String.raw`(?:APIM|ACDb|\+A(?:Ba|MC|St))`, 76, BASE64, `[${BASE64}]{5}[AQgw]==`], // Storage, Cosmos DB, Batch
  [String.raw`(?:AIoT|AzCa|\+A(?:Sb|Eh|Rm))`, 33, BASE64, `[${BASE64}]{6}=`], // Service Bus, Event Hubs, Redis
  ['AzFu', 44, WORD, `[${WORD}]{5}[AQgw]==`], // Functions
  [String.raw`(?:AzSe|\+ACR)`, 42, BASE64, `[A-D][${BASE64}]{5}`], // Search, Container Registry
];

const azureKeys: readonly OwnDetector[] = AZURE.map(([mark, before, characters, after]) => {
  const whole = new RegExp(`^[${characters}]{${before}}${mark}`);
  return {
    name: 'api-key',
    category: 'credentials',
    hint: (_text, { longestToken }) => longestToken > before,
    pattern: new RegExp(`${mark}${after}(?![A-Za-z\\d])`, 'g'),
    begins: (_text, at) => Math.max(0, at - before),
    valid: (value) => whole.test(value),
  };
});

/** Webhook addresses: who knows the path may post. The host stays, the path goes. */
const webhook: Detector = {
  name: 'api-key',
  category: 'credentials',
  hint: (text) => text.includes('hook'),
  pattern: new RegExp(WEBHOOK_PATHS.join('|'), 'g'),
};

/** Keys by the marks of those who issue them. */
export const vendorKeyDetectors: readonly Detector[] = [vendorKey, ...azureKeys, webhook];
