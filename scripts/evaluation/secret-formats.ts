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
  'Presigned URL': /X-Amz-Signature=(.+)$/,
  'Session cookie': /sid=(.+?);/,
};
