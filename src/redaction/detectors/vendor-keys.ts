/**
 * Keys and tokens that name their issuer in their first characters. One line per format: what it begins with, the
 * characters of its tail, and how many of them; formats with several parts are written out.
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
  ['Anthropic', 'sk-ant-', WORD, 32],
  ['Artifactory API key', 'AKCp', ALNUM, 60, 80],
  ['Artifactory reference token', 'cmVmd', ALNUM, 59, 59],
  ['Atlassian', 'AT(?:ATT3|CTT3|BB)', LOOSE, 24],
  ['AWS access key id', 'A(?:KIA|SIA|BIA|CCA|3T[A-Z0-9])', 'A-Z0-9', 16, 16],
  ['Amazon Bedrock, long-lived', 'ABSK', BASE64, 100],
  ['Amazon Bedrock, short-lived', 'bedrock-api-key-', `${BASE64}=`, 20, 4096],
  ['Buildkite', 'bk(?:ua|aj|pi)_', ALNUM, 32],
  ['ClickHouse Cloud', '4b1d', ALNUM, 38, 38],
  ['Clojars', 'CLOJARS_', ALNUM, 60],
  ['CircleCI', `CCI(?:PAT|PRJ)_[${ALNUM}]{22}_`, HEX, 40],
  ['Cloudflare origin CA', `v1\\.0-[${HEX}]{24}-`, HEX, 146],
  ['Contentful', 'CFPAT-', WORD, 40],
  ['Databricks', 'dapi', HEX, 32],
  ['Defined Networking', `dnkey-[${ALNUM}=_-]{26}-`, LOOSE, 52],
  ['DigitalOcean', 'do[por]_v1_', HEX, 64],
  ['Docker Hub', 'dckr_(?:pat|oat)_', WORD, 24],
  ['Doppler', 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.', `${ALNUM}._-`, 40],
  ['Duffel', 'duffel_(?:test|live)_', LOOSE, 40],
  ['Dynatrace', `dt0[a-z]\\d\\d\\.[${ALNUM}]{24}\\.`, ALNUM, 64],
  ['EasyPost', 'EZ[AT]K', ALNUM, 54],
  ['Facebook', 'EAA', ALNUM, 60],
  ['Figma', 'fig[dou]_', WORD, 32],
  ['Flutterwave test key', 'FLW(?:PUB|SEC)K_TEST-', `${ALNUM}-`, 12, 40],
  ['Flutterwave', 'FLW(?:PUB|SEC)K-', `${ALNUM}-`, 32, 40],
  ['Fly.io', 'f(?:o1|m1[ar]|m2)_', `${BASE64}=_-`, 40, 2048],
  ['Frame.io', 'fio-u-', LOOSE, 60],
  ['Freshdesk and Freshworks', 'fdk_', ALNUM, 32],
  ['GitHub', 'gh[pousr]_', ALNUM, 36],
  ['GitHub fine-grained', 'github_pat_', '\\w', 36],
  ['GitLab', 'gl(?:pat|dt|ft|imt|agent|oas|ptt|rt|rtr|soat|cbt|ffct|wt)-', `${WORD}.`, 20],
  ['GitLab runner registration', 'GR1348941', WORD, 20],
  ['GoCardless', '(?:live|sandbox)_', `${WORD}=`, 40, 60],
  ['Google API key', 'AIza', WORD, 35],
  ['Google OAuth client secret', 'GOCSPX-', WORD, 28],
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
  ['HubSpot', 'pat-(?:na|eu|ap)\\d-', `${ALNUM}-`, 36],
  ['Hugging Face', '(?:hf|api_org)_', ALNUM, 30],
  ['Infracost', 'ico-', ALNUM, 32],
  ['Intra42', 's-s4t2(?:ud|af)-', HEX, 64],
  ['LangSmith', 'lsv2_(?:pt|sk)_', `${ALNUM}_`, 32],
  ['Linear', 'lin_(?:api|oauth)_', ALNUM, 32],
  ['LaunchDarkly', '(?:sdk|mob|api)-', `${HEX}-`, 36, 36],
  ['Mailchimp', `[${HEX}]{32}-us`, '\\d', 1, 2],
  ['Mailgun', '(?:key|pubkey)-', HEX, 32],
  ['Mapbox', `[ps]k\\.(?=[${ALNUM}]{20,200}\\.)`, `${WORD}.`, 60],
  ['MaxMind', `[${ALNUM}]{6}_[${ALNUM}]{29}_`, 'mk', 3, 3],
  ['Mercado Pago', 'APP_USR-', `${ALNUM}-`, 32],
  ['New Relic', 'NR(?:AK|JS|RA|II|AA|BR|SP)-', WORD, 16],
  ['Notion', 'ntn_', ALNUM, 40],
  ['Notion, older', 'secret_', ALNUM, 43, 43],
  ['npm', 'npm_', ALNUM, 36],
  ['NuGet', 'oy2', 'a-z0-9', 43, 43],
  ['Octopus Deploy', 'API-', 'A-Z0-9', 26],
  ['OpenAI', 'sk-(?:proj|svcacct|admin|None)-', WORD, 40],
  ['OpenAI, older, and those that follow it', 'sk-', ALNUM, 32],
  ['OpenRouter', 'sk-or-', WORD, 32],
  ['OpenShift', 'sha256~', WORD, 43],
  ['PayPal Braintree', `access_token\\$(?:production|sandbox)\\$[${ALNUM}]{16}\\$`, HEX, 32],
  ['Perplexity', 'pplx-', ALNUM, 40],
  ['Pinecone', 'pcsk_', '\\w', 40],
  ['PlanetScale', 'pscale_(?:tkn|oauth|pw)_', LOOSE, 32],
  ['Plaid', 'access-(?:sandbox|development|production)-', `${HEX}-`, 36],
  ['PostHog', 'ph[cx]_', ALNUM, 40],
  ['Postman', `PMAK-[${HEX}]{24}-`, HEX, 34],
  ['Prefect', 'pn[ub]_', ALNUM, 36],
  ['Pulumi', 'pul-', HEX, 40],
  ['PyPI', 'pypi-AgE', WORD, 50, 1000],
  ['ReadMe', 'rdme_', ALNUM, 70],
  ['Razorpay', 'rzp_(?:live|test)_', ALNUM, 14],
  ['Replicate', 'r8_', ALNUM, 37],
  ['Resend', 're_', '\\w', 30],
  ['RubyGems', 'rubygems_', HEX, 48],
  ['Scalingo', 'tk-us-', WORD, 48],
  ['Sendinblue (Brevo)', `xkeysib-[${HEX}]{64}-`, ALNUM, 16],
  ['SendGrid', 'SG\\.', LOOSE, 60],
  ['Sentry organization', 'sntrys_', `${BASE64}=_-`, 60, 1000],
  ['Sentry user', 'sntry[ua]_', HEX, 64],
  ['SettleMint', 'sm_(?:aat|pat|sat)_', ALNUM, 16],
  ['Shippo', 'shippo_(?:live|test)_', HEX, 40],
  ['Shopify', 'shp(?:at|ca|pa|ss|tka)_', HEX, 32],
  ['Slack', 'xox[abceoprs]-', WORD, 10],
  ['Slack rotating token', 'xoxe\\.xox[bp]-', WORD, 40],
  ['Slack app', 'xapp-\\d-', WORD, 20],
  ['Sonar', 'sq[upa]_', LOOSE, 40],
  ['Sourcegraph', 'sgp_', `${HEX}_a-z`, 40],
  ['Square', '(?:EAAA|sq0(?:atp|csp|idp)-)', WORD, 22],
  ['Stripe', '(?:sk|rk)_(?:live|test|prod)_', ALNUM, 10],
  ['Stripe webhook', 'whsec_', `${BASE64}=`, 32],
  ['Supabase', 'sb[ps]_', '\\w', 36],
  ['Supabase secret key', 'sb_secret_', WORD, 20],
  ['Tailscale', 'tskey-', `${ALNUM}-`, 20],
  ['Telegram bot', '\\d{5,16}:A', WORD, 34, 34],
  ['Tencent Cloud', 'AKID', ALNUM, 32],
  ['Twilio', '(?:SK|AC)', HEX, 32, 32],
  ['Typeform', 'tfp_', LOOSE, 59],
  ['Vercel', 'vc[paikr]_', ALNUM, 24],
  ['Weights & Biases', 'wandb_v1_', WORD, 32],
  ['xAI', 'xai-', ALNUM, 60],
  ['Yandex API key', 'AQVN', WORD, 35, 38],
  ['Yandex access key', 'YC', WORD, 38, 38],
  ['Yandex IAM', 't1\\.[\\w=-]{1,300}\\.', LOOSE, 80],
];

/** Issuers whose mark is not at the beginning, or whose key is an address. */
const WRITTEN_OUT: readonly (readonly [issuer: string, form: string])[] = [
  ['1Password secret key', 'A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'],
  ['Azure AD client secret', String.raw`[\w~.]{3}\dQ~[\w~.-]{31,34}`],
  [
    'Authress',
    String.raw`(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[\w+/=-]{30,120}`,
  ],
  ['Discord bot', String.raw`[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38}`],
  ['Facebook app token', String.raw`\d{15,16}(?:\||%7C)[\w-]{27,40}`],
];

/** Webhook addresses: who knows the path may post. The host stays, the path goes. */
const WEBHOOK_PATHS = [
  String.raw`(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[\w+/-]{20,200}`,
  String.raw`(?<=webhook\.office\.com/)webhookb2/[\w@/-]{40,300}`,
  String.raw`(?<=discord(?:app)?\.com/api/)webhooks/\d{15,22}/[\w-]{40,100}`,
];

const KEYS = [
  ...TAILED.map(
    ([, prefix, characters, atLeast, atMost = LONGEST_TAIL]) =>
      `${prefix}[${characters}]{${atLeast},${atMost}}={0,2}`,
  ),
  ...WRITTEN_OUT.map(([, form]) => form),
];

/** The forms by their first character, so that those of other issuers need not be tried. */
function byFirstCharacter(forms: readonly string[]): string {
  const groups = new Map<string, string[]>();
  const others: string[] = [];
  for (const form of forms) {
    const first = /^[A-Za-z\d](?![?*+{])/.exec(form)?.[0];
    const group = first === undefined ? others : (groups.get(first) ?? []);
    group.push(form.slice(first?.length ?? 0));
    if (first !== undefined) groups.set(first, group);
  }
  return [...[...groups].map(([first, rests]) => `${first}(?:${rests.join('|')})`), ...others].join('|');
}

/** A key begins where no letter or digit stands before it; an underscore may (`key_ghp_…`). None has fewer characters. */
export const VENDOR_KEY = new RegExp(
  `(?<![A-Za-z0-9])(?=[\\w~.:|$%+/=-]{16})(?:${byFirstCharacter(KEYS)})(?![A-Za-z0-9])|${WEBHOOK_PATHS.join('|')}`,
  'g',
);
