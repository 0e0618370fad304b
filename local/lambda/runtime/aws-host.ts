/** Which service of AWS an address belongs to, and what that service is called wherever an endpoint is set for it. */

/** What all addresses of AWS's APIs end in: those of China, and those that speak IPv6 too, among them. */
const SUFFIX = /\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/;

/** `eu-west-1`, `us-gov-east-1`. */
const REGION = /^[a-z]{2}(?:-[a-z]+){1,2}-\d+$/;

/** In addresses beside service, region and resource. */
const NO_SERVICE = new Set(['dualstack', 'vpce', 'fips']);

/** One name for each service that has several: in its addresses, in clients, in the command line. */
const SAME = new Map([
  ['apigatewaymanagementapi', 'executeapi'],
  ['cloudwatchevents', 'eventbridge'],
  ['cognitoidentityprovider', 'cognitoidp'],
  ['controlkinesis', 'kinesis'],
  ['datakinesis', 'kinesis'],
  ['ddb', 'dynamodb'],
  ['email', 'ses'],
  ['events', 'eventbridge'],
  ['iotdata', 'iot'],
  ['iotdataplane', 'iot'],
  ['logs', 'cloudwatchlogs'],
  ['monitoring', 'cloudwatch'],
  ['opensearch', 'es'],
  ['queue', 'sqs'],
  ['sesv2', 'ses'],
  ['states', 'sfn'],
  ['stepfunctions', 'sfn'],
  ['streamsdynamodb', 'dynamodbstreams'],
  ['syncstates', 'sfn'],
]);

export interface AwsHost {
  /** Letters and digits: the same for every name of the service. */
  readonly service: string;
  /** As people write it, for example `cognito-idp`. */
  readonly label: string;
  /** Of an address that names a bucket. */
  readonly bucket?: string;
}

/** The service's one name: of `AWS_ENDPOINT_URL_SECRETS_MANAGER`'s ending, `secretsmanager` or `secrets-manager`. */
export function serviceNamed(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return SAME.get(plain) ?? plain;
}

/** Undefined for a host that is none of AWS's APIs. */
export function awsHostOf(host: string): AwsHost | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (!SUFFIX.test(name)) return undefined;
  const labels = name
    .replace(SUFFIX, '')
    .split('.')
    .filter((label) => !REGION.test(label) && !NO_SERVICE.has(label));
  const last = (labels.pop() ?? '').replace(/^fips-|-fips$/, '');
  const isS3 = last === 's3' || (/^s3(?:-|express)/.test(last) && last !== 's3-control');
  if (isS3) return { service: 's3', label: 's3', ...(labels.length > 0 && { bucket: labels.join('.') }) };
  const written = last === 'dynamodb' && labels.at(-1) === 'streams' ? 'dynamodb-streams' : last;
  const service = serviceNamed(written);
  return { service, label: service === written.replaceAll('-', '') ? written : service };
}
