/** Where each service of AWS is, for the functions and for what feeds them. */
import { awsHostOf, serviceNamed } from '../lambda/runtime/aws-host.ts';

/** AWS itself. */
const AWS = 'aws';

const VARIABLE = /^AWS_ENDPOINT_URL_(\w+)$/;

/** What clients call services whose name is more than one word, or that have several clients. */
const CLIENTS: Readonly<Record<string, readonly string[]>> = {
  apigateway: ['API_GATEWAY'],
  bedrockruntime: ['BEDROCK_RUNTIME'],
  cloudwatchlogs: ['CLOUDWATCH_LOGS'],
  cognitoidentity: ['COGNITO_IDENTITY'],
  cognitoidp: ['COGNITO_IDENTITY_PROVIDER'],
  dynamodbstreams: ['DYNAMODB_STREAMS'],
  es: ['OPENSEARCH', 'ELASTICSEARCH_SERVICE'],
  eventbridge: ['EVENTBRIDGE', 'CLOUDWATCH_EVENTS'],
  executeapi: ['APIGATEWAYMANAGEMENTAPI'],
  iot: ['IOT', 'IOT_DATA_PLANE'],
  rdsdata: ['RDS_DATA'],
  s3control: ['S3_CONTROL'],
  secretsmanager: ['SECRETS_MANAGER'],
  ses: ['SES', 'SESV2'],
};

/** Services that are where another one is, unless it is said of them: a table and its stream are of one engine. */
const FOLLOWERS: Readonly<Record<string, string>> = { dynamodbstreams: 'dynamodb' };

export interface AwsEndpointsOptions {
  /** What is served here, by the variables that clients read: `AWS_ENDPOINT_URL_SQS`. */
  readonly engines?: Readonly<Record<string, string>>;
  /** `custom.lantern.local.endpoints`: the address of each service, or `aws`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** The developer's own: `AWS_ENDPOINT_URL_<SERVICE>`, and `AWS_ENDPOINT_URL` for what nothing else is said of. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Where calls go: the shell says it first, then the settings, then what is served here. */
export class AwsEndpoints {
  /** `AWS_ENDPOINT_URL_…` of every service that is not AWS itself, as clients in functions read them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #options: AwsEndpointsOptions;
  readonly #targets = new Map<string, string>();
  readonly #chosen = new Set<string>();
  readonly #otherwise: string | undefined;

  /** @throws Error that names the setting or the variable, for what is no address. */
  constructor(options: AwsEndpointsOptions) {
    const { engines = {}, settings = {}, environment = {} } = options;
    this.#options = options;
    const variables: Record<string, string> = { ...engines };
    for (const [variable, url] of Object.entries(engines)) this.#targets.set(serviceIn(variable), url);
    const choose = (service: string, names: readonly string[], url: string): void => {
      this.#chosen.add(service);
      this.#targets.set(service, url);
      for (const variable of Object.keys(variables)) {
        if (serviceIn(variable) === service) Reflect.deleteProperty(variables, variable);
      }
      if (url !== AWS) for (const name of names) variables[`AWS_ENDPOINT_URL_${name}`] = url;
    };
    for (const [key, url] of Object.entries(settings)) {
      const service = serviceNamed(key);
      const names = CLIENTS[service] ?? [service.toUpperCase()];
      choose(service, names, checked(url, `custom.lantern.local.endpoints.${key}`));
    }
    const { AWS_ENDPOINT_URL: otherwise, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignored } = environment;
    if (ignored !== 'true') {
      for (const [variable, url] of Object.entries(environment)) {
        const [, name] = VARIABLE.exec(variable) ?? [];
        if (name === undefined || url === undefined || url === '') continue;
        const service = serviceIn(variable);
        choose(service, [...new Set([name, ...(CLIENTS[service] ?? [])])], checked(url, variable));
      }
      if (otherwise !== undefined && otherwise !== '')
        this.#otherwise = checked(otherwise, 'AWS_ENDPOINT_URL');
    }
    for (const [service, leader] of Object.entries(FOLLOWERS)) {
      const url =
        this.#chosen.has(leader) && !this.#chosen.has(service) ? this.#targets.get(leader) : undefined;
      if (url !== undefined) choose(service, CLIENTS[service] ?? [service.toUpperCase()], url);
    }
    this.variables = variables;
  }

  /** The same choices over what is served here. */
  over(engines: Readonly<Record<string, string>>): AwsEndpoints {
    return new AwsEndpoints({ ...this.#options, engines });
  }

  /** The address that a setting or the shell gives a service; undefined where what is here serves it, and for AWS itself. */
  chosen(name: string): string | undefined {
    const service = serviceNamed(name);
    const url = this.#targets.get(service);
    return this.#chosen.has(service) && url !== undefined && !isAws(url) ? url : undefined;
  }

  /** Where a call to a service goes; undefined where nobody serves it. */
  targetOf(service: string): string | undefined {
    return this.#targets.get(service) ?? this.#otherwise;
  }

  /** The services whose calls go to AWS. */
  get open(): readonly string[] {
    return [...this.#targets].filter(([, url]) => isAws(url)).map(([service]) => service);
  }

  /** What was chosen, for people: `s3 at http://localhost:9000`. */
  get choices(): readonly string[] {
    const isImplied = (service: string): boolean =>
      this.#targets.get(service) === this.#targets.get(FOLLOWERS[service] ?? '');
    const named = [...this.#chosen].filter((service) => !isImplied(service));
    const choices = named.map((service) => {
      const url = this.#targets.get(service) ?? AWS;
      return isAws(url) ? `${service} in AWS itself` : `${service} at ${url}`;
    });
    return this.#otherwise === undefined ? choices : [...choices, `everything else at ${this.#otherwise}`];
  }
}

function serviceIn(variable: string): string {
  return serviceNamed(VARIABLE.exec(variable)?.[1] ?? '');
}

function isAws(url: string): boolean {
  return url === AWS || awsHostOf(URL.parse(url)?.hostname ?? '') !== undefined;
}

function checked(url: string, where: string): string {
  if (url === AWS || ['http:', 'https:'].includes(URL.parse(url)?.protocol ?? ''))
    return url.replace(/\/$/, '');
  throw new Error(
    `${where}: expected the address of an emulator, for example http://localhost:4566, or ${AWS} for AWS itself; got ` +
      `${JSON.stringify(url)}.`,
  );
}
