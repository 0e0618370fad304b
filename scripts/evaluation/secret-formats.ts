import type { Faker } from '@faker-js/faker';

/**
 * Forms of secrets as their issuers document them and scanners of source code look for them. What is generated here has
 * the form and nothing else: no issuer has given out any of these.
 */
export interface SecretFormat {
  readonly name: string;
  readonly generate: (faker: Faker) => string;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';

/** Alphabets by the letter that stands for them in a form. */
const ALPHABETS: Readonly<Record<string, string>> = {
  a: LOWER + DIGITS,
  A: LOWER + UPPER + DIGITS,
  U: UPPER + DIGITS,
  l: LOWER,
  h: `${DIGITS}abcdef`,
  H: `${DIGITS}abcdefABCDEF`,
  d: DIGITS,
  w: `${LOWER}${UPPER}${DIGITS}_-`,
  v: `${LOWER}${DIGITS}_-`,
  b: `${LOWER}${UPPER}${DIGITS}+/`,
  c: `${LOWER}${UPPER}${DIGITS}./`,
  t: `${UPPER}234567`,
  g: 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
};

/**
 * Lines of a name and a form. In a form `<a36>` stands for 36 characters of the alphabet `a`, `<live|test>` for one of
 * the words, and everything else for itself.
 */
const FORMS = `
1Password secret key: A3-<U6>-<U11>-<U5>-<U5>-<U5>
1Password service account: ops_eyJ<b250>=
Adobe client secret: p8e-<a32>
age identity: AGE-SECRET-KEY-1<g58>
Airtable personal token: pat<A14>.<h64>
Alibaba access key: LTAI<a20>
Anthropic admin: sk-ant-admin01-<w93>AA
Anthropic: sk-ant-api03-<w93>AA
Artifactory API key: AKCp<A69>
Artifactory reference token: cmVmd<A59>
Atlassian: ATATT3<w186>
Authress: <sc|ext|authress>_<a12>.<a5>.acc_<a20>.<b60>
AWS access key id: <AKIA|ASIA|ABIA|ACCA><t16>
Bedrock, long-lived: ABSK<b132>=
Bedrock, short-lived: bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t<b80>
Azure AD client secret: <A3><d1>Q~<w32>
ClickHouse Cloud: 4b1d<A38>
Clojars: CLOJARS_<a60>
Cloudflare origin CA: v1.0-<h24>-<h146>
Databricks: dapi<h32>
Defined Networking: dnkey-<v26>-<v52>
DigitalOcean OAuth: doo_v1_<h64>
DigitalOcean personal: dop_v1_<h64>
DigitalOcean refresh: dor_v1_<h64>
Doppler: dp.pt.<a43>
Duffel: duffel_<test|live>_<v43>
Dynatrace: dt0c01.<a24>.<a64>
EasyPost: EZAK<a54>
EasyPost test: EZTK<a54>
Facebook app token: <d15>|<v30>
Facebook page token: EAAM<A110>
Flutterwave encryption key: FLWSECK_TEST-<h12>
Flutterwave public: FLWPUBK_TEST-<h32>-X
Flutterwave secret: FLWSECK_TEST-<h32>-X
Fly.io: fo1_<w43>
Fly.io macaroon: fm2_<b120>=
Frame.io: fio-u-<v64>
GitHub app: <ghu|ghs>_<A36>
GitHub fine-grained: github_pat_<A22>_<A59>
GitHub OAuth: gho_<A36>
GitHub personal: ghp_<A36>
GitHub refresh: ghr_<A36>
GitLab CI job: glcbt-<A2>_<w20>
GitLab deploy: gldt-<w20>
GitLab feature flags: glffct-<w20>
GitLab feed: glft-<w20>
GitLab incoming mail: glimt-<w25>
GitLab agent: glagent-<w50>
GitLab OAuth application: gloas-<w64>
GitLab personal: glpat-<w20>
GitLab personal, routable: glpat-<w40>.01<a7>
GitLab pipeline trigger: glptt-<h40>
GitLab runner registration: GR1348941<w20>
GitLab runner: glrt-<w20>
GitLab runner, routable: glrt-t1_<w40>.01<a7>
GitLab SCIM: glsoat-<w20>
GitLab session cookie: _gitlab_session=<a32>
GoCardless: live_<v40>
Google API key: AIza<w35>
Grafana API key: eyJrIjoi<A90>=
Grafana Cloud: glc_<b60>=
Grafana service account: glsa_<A32>_<H8>
Harness: <pat|sat>.<w22>.<A24>.<A20>
Heroku: HRKU-AA<w58>
HCP Terraform: <a14>.atlasv1.<v64>
Hugging Face: hf_<l34>
Hugging Face organization: api_org_<l34>
Infracost: ico-<A32>
Intra42: s-s4t2ud-<h64>
Linear: lin_api_<a40>
Mailgun: key-<h32>
Mapbox: pk.<a60>.<a22>
MaxMind: <A6>_<A29>_mmk
Microsoft Teams webhook: https://corp.webhook.office.com/webhookb2/<h8>-<h4>-<h4>-<h4>-<h12>@<h8>-<h4>-<h4>-<h4>-<h12>/IncomingWebhook/<a32>/<h8>-<h4>-<h4>-<h4>-<h12>
New Relic user: NRAK-<a27>
Notion: ntn_<d11><A35>
npm: npm_<a36>
Octopus Deploy: API-<U26>
OpenAI: sk-<A20>T3BlbkFJ<A20>
OpenAI project: sk-proj-<w74>T3BlbkFJ<w74>
OpenShift: sha256~<w43>
Perplexity: pplx-<A48>
Plaid access: access-<sandbox|production>-<h8>-<h4>-<h4>-<h4>-<h12>
PlanetScale: pscale_tkn_<w40>
PlanetScale OAuth: pscale_oauth_<w40>
PlanetScale password: pscale_pw_<w40>
Postman: PMAK-<h24>-<h34>
Prefect: pnu_<a36>
Private key: -----BEGIN RSA PRIVATE KEY-----\\nMII<b300>\\n-----END RSA PRIVATE KEY-----
Pulumi: pul-<h40>
PyPI: pypi-AgEIcHlwaS5vcmc<w90>
ReadMe: rdme_<a70>
RubyGems: rubygems_<h48>
Scalingo: tk-us-<w48>
SendGrid: SG.<w22>.<w43>
Sendinblue: xkeysib-<h64>-<a16>
Sentry organization: sntrys_eyJpYXQiO<b120>=_<b43>
Sentry user: sntryu_<h64>
SettleMint application: sm_aat_<A16>
SettleMint personal: sm_pat_<A16>
SettleMint service: sm_sat_<A16>
Shippo: shippo_<live|test>_<h40>
Shopify access: shpat_<H32>
Shopify custom app: shpca_<H32>
Shopify private app: shppa_<H32>
Shopify shared secret: shpss_<H32>
Sidekiq: https://<h8>:<h8>@gems.contribsys.com/
Slack app: xapp-1-<U11>-<d13>-<a64>
Slack bot: xoxb-<d12>-<d12>-<A24>
Slack configuration: xoxe.xoxp-1-<U163>
Slack configuration refresh: xoxe-1-<U146>
Slack bot, older: xoxb-<d10>-<A24>
Slack, older: xoxs-<d10>-<d10>-<d10>-<h10>
Slack workspace, older: xoxa-2-<A40>
Slack user: xoxp-<d12>-<d12>-<d12>-<h32>
Slack webhook: https://hooks.slack.com/services/T<U8>/B<U10>/<A24>
Sonar: squ_<v40>
Sourcegraph: sgp_<h16>_<h40>
Square: sq0atp-<w22>
Square access: EAAA<w60>
Stripe: <sk|rk>_<test|live>_<A24>
Telegram bot: <d10>:A<w34>
Twilio: SK<h32>
Typeform: tfp_<v59>
Vault batch: hvb.<w150>
Vault service: hvs.<w95>
Vault service, older: s.<A24>
Yandex access: t1.<w60>.<w86>
Yandex API key: AQVN<w38>
Yandex access key: YC<w38>
Anyscale: esecret_<a28>
Apify: apify_api_<A36>
ASP.NET Identity hash: AQAAAAIAAYagAAAAE<b67>==
AWS session token: IQoJb3JpZ2luX2Vj<b300>==
AWS session token, older: FwoGZXIvYXdz<b300>==
AWS secret access key: <b40>
Axiom: <xaat|xapt>-<h8>-<h4>-<h4>-<h4>-<h12>
Aiven: AVNS_<w19>
Azure AI services: <A52>JQQJ99BCACYeBjFXJ3w3AAA<A1>ACOG<A4>
Azure Batch: <b76>+ABa<b5>Q==
Azure Cosmos DB: <b76>ACDb<b5>A==
Azure DevOps: <A52>JQQJ99BCACAAAAA<A9>AZDO<A4>
Azure Event Hubs: <b33>+AEh<b6>=
Azure Functions: <w44>AzFu<w5>A==
Azure IoT: <b33>AIoTD<b5>=
Azure Redis: <A33>AzCaD<A5>=
Azure Search: <A42>AzSeA<A5>
Azure Container Registry: <b42>+ACRA<b5>
Azure Service Bus: <b33>+ASbD<b5>=
Azure Storage: <b76>+ASt<b5>A==
Brevo SMTP: xsmtpsib-<h64>-<A16>
Browserbase: bb_live_<w27>
Cal.com: cal_live_<h32>
Cerebras: csk-<a48>
Cloudflare account: cfat_<A40><h8>
Cloudflare user: cfut_<A40><h8>
ClickUp: pk_<d8>_<U32>
CockroachDB Cloud: CCDB1_<A22>_<A40>
Confluent Cloud: cflt<b60>
crates.io: cio<A32>
Databricks OAuth: dose<h32>
Databricks, with a version: dapi<h32>-3
DeepSeek: sk-<h32>
Deno Deploy: ddp_<A36>
Discord bot: M<A25>.<w6>.<w38>
Docker Hub: dckr_pat_<w27>
Docker Hub organization: dckr_oat_<w32>
DigitalOcean Spaces: DO00<U16>
E2B: e2b_<h40>
ElevenLabs: sk_<h48>
Figma: figd_<w40>
Firecrawl: fc-<h32>
Fireworks AI: fw_<A24>
Google OAuth client secret: GOCSPX-<w28>
Google OAuth access token: ya29.<w160>
Google AI, bound to an account: AQ.Ab8RN6<w44>
Groq: gsk_<A52>
Honeycomb: hcaik_01<a56>
Intercom: dG9rO<b55>=
Inngest: signkey-prod-<h64>
Jina AI: jina_<h32><A28>
LangSmith: lsv2_<pt|sk>_<h32>_<h10>
Langfuse: sk-lf-<h8>-<h4>-<h4>-<h4>-<h12>
LlamaCloud: llx-<A48>
Logfire: pylf_v1_eu_<A43>
Mailchimp: <h32>-us21
Mailgun, newer: <h32>-<h8>-<h8>
Mollie: <live|test>_<A30>
MongoDB Atlas: mdb_sa_sk_<w40>
Neon: napi_<a64>
Neon, password: npg_<A12>
Netlify: nfp_<A36>
New Relic license: <h36>NRAL
NVIDIA: nvapi-<w64>
OpenAI service account: sk-svcacct-<w74>T3BlbkFJ<w74>
OpenRouter: sk-or-v1-<h64>
Paddle: pdl_live_apikey_<a26>_<A22>_<A3>
Pinecone: pcsk_<A5>_<A63>
Polar: polar_oat_<A43>
PostHog: phx_<A43>
Render: rnd_<A28>
Replicate: r8_<A37>
Resend: re_<A8>_<A24>
RunPod: rpa_<U40>
Salesforce session: 00D<A12>!<w96>
Scaleway: SCW<U17>
Snowflake OAuth: ver:1-hint:<d10>-ETMs<b160>
Statsig: secret-<A43>
Stripe organization: sk_org_live_<A24>
Stripe webhook: whsec_<A32>
Supabase personal: sbp_<h40>
Supabase secret: sb_secret_<w22>_<A8>
Tailscale: tskey-auth-<A12>-<A32>
Tavily: tvly-dev-<A32>
Together AI: tgp_v1_<w43>
Trigger.dev: tr_prod_<A20>
Twilio account: AC<h32>
Upstash signing key: sig_<A28>
Vercel: <vcp|vck|vci>_<A56>
Vercel Blob: vercel_blob_rw_<A16>_<A30>
Voyage AI: pa-<w43>
Weights & Biases: wandb_v1_<w77>
xAI: xai-<A80>
Bcrypt: $2b$12$<c53>
Argon2: $argon2id$v=19$m=65536,t=3,p=4$<b22>$<b43>
Scrypt: $scrypt$ln=17,r=8,p=1$<b22>$<b43>
PBKDF2: $pbkdf2-sha256$29000$<b22>$<b43>
MD5-crypt: $1$<c8>$<c22>
SHA-256-crypt: $5$rounds=535000$<c16>$<c43>
SHA-512-crypt: $6$<c16>$<c86>
yescrypt: $y$j9T$<c22>$<c43>
phpass: $P$B<c30>
Django: pbkdf2_sha256$870000$<A22>$<b43>=
Werkzeug: scrypt:32768:8:1$<A16>$<h128>
LDAP: {SSHA}<b32>
PostgreSQL verifier: SCRAM-SHA-256$4096:<b22>==$<b43>=:<b43>=
PEM without its end: -----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC<b32>\\n<b64>\\n<b64>
PEM with written line breaks: -----BEGIN EC PRIVATE KEY-----\\\\nMHcCAQEE<b56>\\\\n<b64>\\\\n<b20>==\\\\n-----END EC PRIVATE KEY-----
PEM without its beginning: <b64>\\n<b64>\\n<b30>==\\n-----END RSA PRIVATE KEY-----
JSON Web Key, EC: {"kty":"EC","crv":"P-256","d":"<w43>"}
JSON Web Key, symmetric: {"k":"<w43>","kty":"oct","alg":"HS256"}
URL credentials with any sign: postgres://app:<A6>#<A3>/<A3>?<A3>@<A4>@db.internal:5432/orders
Bearer token: Authorization: Bearer <w40>
Basic credentials: Authorization: Basic @basic
JWT: @jwt
JWT in base64: @jwt64
URL credentials: postgres://app:<A16>@db.internal:5432/orders
Presigned URL: https://bucket.s3.eu-west-1.amazonaws.com/report.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=<t20>%2F20260314%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=<h64>
Session cookie: Set-Cookie: sid=<w40>; Path=/; HttpOnly
`;

/** Every form, with something that makes secrets of it. */
export const SECRET_FORMATS: readonly SecretFormat[] = FORMS.trim()
  .split('\n')
  .map((line) => {
    const colon = line.indexOf(': ');
    const form = line.slice(colon + 2).replaceAll('\\n', '\n');
    return { name: line.slice(0, colon), generate: (faker) => fill(form, faker) };
  });

function fill(form: string, faker: Faker): string {
  if (form === '@jwt') return faker.internet.jwt();
  if (form === '@jwt64') return Buffer.from(faker.internet.jwt()).toString('base64');
  const user = `${faker.internet.username()}:${faker.internet.password()}`;
  return form
    .replace('@basic', () => Buffer.from(user).toString('base64'))
    .replaceAll(/<([^<>]+)>/g, (_, hole: string) => fillHole(hole, faker));
}

function fillHole(hole: string, faker: Faker): string {
  if (hole.includes('|')) return faker.helpers.arrayElement(hole.split('|'));
  const alphabet = ALPHABETS[hole.charAt(0)];
  if (alphabet === undefined) throw new Error(`The form of a secret has an unknown alphabet: <${hole}>`);
  return faker.string.fromCharacters(alphabet, Number(hole.slice(1)));
}

/** The part of a generated text that is the secret: what stands around it may be shown. */
export function secretPart({ name }: SecretFormat, text: string): string {
  const part = SECRET_PARTS[name]?.exec(text)?.[1];
  return part ?? text;
}

const SECRET_PARTS: Readonly<Record<string, RegExp>> = {
  'GitLab session cookie': /=(.+)$/,
  'Microsoft Teams webhook': /\.com\/(.+)$/,
  'Slack webhook': /\.com\/(.+)$/,
  Sidekiq: /\/\/(.+)@/,
  'Bearer token': /Bearer (.+)$/,
  'Basic credentials': /Basic (.+)$/,
  'URL credentials': /\/\/(.+)@/,
  'URL credentials with any sign': /\/\/(.+)@/,
  'JSON Web Key, EC': /"d":"(.+)"/,
  'JSON Web Key, symmetric': /"k":"(.+?)"/,
  'Presigned URL': /X-Amz-Signature=(.+)$/,
  'Session cookie': /sid=(.+?);/,
};
