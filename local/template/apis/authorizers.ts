/** Who may call what: the authorizers of both kinds of API, and what a method or route asks of its callers. */
import { functionNameOf } from '../arns.ts';
import type { ResolvedFields } from '../fields.ts';
import type { ResolvedResource, ResolvedResources } from '../resources.ts';
import type {
  AccessDefinition,
  AuthorizerClaims,
  AuthorizerDefinition,
  MethodDefinition,
  LambdaAuthorizerDefinition,
} from '../service.ts';

/** What is set for an authorizer on this machine, by its name. */
export interface AuthorizerSettings {
  /** URL or file of the JWKS that signatures are checked with. */
  readonly keys?: string;
  /** Who a request without a token comes from. */
  readonly claims?: AuthorizerClaims;
}

/** What authorizers are read with. */
export interface AuthorizerOptions {
  /** The functions that run here. */
  readonly functionNames: ReadonlySet<string>;
  /** Functions of the template that cannot run here: their routes are kept, and answer with an error. */
  readonly namesNotRun: ReadonlySet<string>;
  /** What is set for authorizers on this machine, by their names. */
  readonly authorizers?: Readonly<Record<string, AuthorizerSettings>>;
}

/** Seconds. Source: `AuthorizerResultTtlInSeconds` of each type in the CloudFormation template reference. */
const REST_DEFAULT_TTL = 300;
const HTTP_DEFAULT_TTL = 0;

/** The authorizers of an API by what `Ref` gives. */
export type Authorizers = ReadonlyMap<string, AuthorizerDefinition>;

export function restAuthorizers(
  resources: ResolvedResources,
  apiId: string,
  options: AuthorizerOptions,
): Authorizers {
  return authorizersOf(resources, 'AWS::ApiGateway::Authorizer', 'RestApiId', apiId, (authorizer) =>
    readRestAuthorizer(authorizer, options),
  );
}

export function httpAuthorizers(
  resources: ResolvedResources,
  apiId: string,
  options: AuthorizerOptions,
): Authorizers {
  return authorizersOf(resources, 'AWS::ApiGatewayV2::Authorizer', 'ApiId', apiId, (authorizer) =>
    readHttpAuthorizer(authorizer, options),
  );
}

function authorizersOf(
  resources: ResolvedResources,
  type: string,
  property: 'RestApiId' | 'ApiId',
  apiId: string,
  read: (authorizer: ResolvedResource) => AuthorizerDefinition,
): Authorizers {
  return new Map(
    resources
      .ofType(type)
      .filter(({ fields }) => fields.optionalText(property) === apiId)
      .map((authorizer) => [authorizer.ref(), read(authorizer)] as const),
  );
}

function readRestAuthorizer(authorizer: ResolvedResource, options: AuthorizerOptions): AuthorizerDefinition {
  const { fields } = authorizer;
  const { name, settings, claims } = settingsOf(authorizer, options);
  const type = fields.text('Type').toUpperCase();
  const pattern = fields.optionalText('IdentityValidationExpression');
  const tokenPattern = pattern !== undefined && pattern !== '' && { tokenPattern: pattern };
  const identitySources = (fields.optionalText('IdentitySource') ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '');
  if (type === 'COGNITO_USER_POOLS') {
    return {
      kind: 'cognito',
      name,
      identitySources: identitySources.length > 0 ? identitySources : ['method.request.header.Authorization'],
      issuers: fields.list('ProviderARNs').map((arn) => issuerOfPool(String(arn))),
      audiences: [],
      ...tokenPattern,
      ...(settings.keys !== undefined && { keys: settings.keys }),
      ...claims,
    };
  }
  return lambdaAuthorizer(authorizer, options, {
    payload: type === 'TOKEN' ? 'token' : 'request',
    simpleResponses: false,
    defaultTtl: REST_DEFAULT_TTL,
    identitySources,
    ...(type === 'TOKEN' && tokenPattern),
  });
}

function readHttpAuthorizer(authorizer: ResolvedResource, options: AuthorizerOptions): AuthorizerDefinition {
  const { fields } = authorizer;
  const { name, settings, claims } = settingsOf(authorizer, options);
  const identitySources = textList(fields, 'IdentitySource');
  if (fields.text('AuthorizerType').toUpperCase() === 'JWT') {
    const jwt = fields.within('JwtConfiguration');
    return {
      kind: 'jwt',
      name,
      identitySources: identitySources.length > 0 ? identitySources : ['$request.header.Authorization'],
      issuers: [jwt.text('Issuer')],
      audiences: textList(jwt, 'Audience'),
      ...(settings.keys !== undefined && { keys: settings.keys }),
      ...claims,
    };
  }
  return lambdaAuthorizer(authorizer, options, {
    payload: fields.optionalText('AuthorizerPayloadFormatVersion') === '1.0' ? '1.0' : '2.0',
    simpleResponses: fields.optionalBoolean('EnableSimpleResponses') ?? false,
    defaultTtl: HTTP_DEFAULT_TTL,
    identitySources,
  });
}

/** One that is a function, with what its kind of API has of its own. */
function lambdaAuthorizer(
  authorizer: ResolvedResource,
  options: AuthorizerOptions,
  {
    defaultTtl,
    ...own
  }: Pick<LambdaAuthorizerDefinition, 'payload' | 'simpleResponses' | 'identitySources' | 'tokenPattern'> & {
    readonly defaultTtl: number;
  },
): AuthorizerDefinition {
  const { fields } = authorizer;
  const { name, claims } = settingsOf(authorizer, options);
  const functionName = functionNameOf(fields.text('AuthorizerUri'));
  if (!options.functionNames.has(functionName)) return notRun(name, functionName, claims);
  const ttl = fields.optionalNumber('AuthorizerResultTtlInSeconds') ?? defaultTtl;
  return { kind: 'lambda', name, functionName, ttl, ...own, ...claims };
}

/** Warns about settings for authorizers that the template does not have: a name may be misspelt. */
export function warnAboutUnknownAuthorizers(
  resources: ResolvedResources,
  { authorizers = {} }: AuthorizerOptions,
): void {
  const known = [
    ...resources.ofType('AWS::ApiGateway::Authorizer'),
    ...resources.ofType('AWS::ApiGatewayV2::Authorizer'),
  ].map(nameOf);
  for (const name of Object.keys(authorizers).filter((each) => !known.includes(each))) {
    const there = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    resources.warn(`custom.lantern.local.authorizers.${name}: the template has no such authorizer; ${there}`);
  }
}

function nameOf({ logicalId, fields }: ResolvedResource): string {
  return fields.optionalText('Name') ?? logicalId;
}

/** What a method or route asks of its callers. `AuthorizationType` and `AuthorizerId` are named alike in both kinds of API. */
export function accessOf(fields: ResolvedFields, authorizers: Authorizers): AccessDefinition {
  const authorizer = authorizerOf(fields, authorizers);
  const scopes = textList(fields, 'AuthorizationScopes');
  return {
    ...(authorizer !== undefined && { authorizer }),
    ...(scopes.length > 0 && { scopes }),
  };
}

function authorizerOf(fields: ResolvedFields, authorizers: Authorizers): AuthorizerDefinition | undefined {
  const type = fields.optionalText('AuthorizationType') ?? 'NONE';
  if (type === 'NONE') return undefined;
  if (type === 'AWS_IAM') return { kind: 'iam' };
  const id = fields.optionalText('AuthorizerId');
  const known = id === undefined ? undefined : authorizers.get(id);
  if (known !== undefined) return known;
  const reason =
    id === undefined ? `it names no authorizer for ${type}` : 'the authorizer is not in the template';
  return { kind: 'unchecked', name: id ?? type, reason };
}

/** Says at start what is not checked as AWS would, once for each authorizer. */
export function warnAboutAccess(
  apiName: string,
  methods: readonly MethodDefinition[],
  warn: (message: string) => void,
): void {
  for (const [label, group] of Map.groupBy(methods, labelOf)) {
    const authorizer = group[0]?.authorizer;
    if (label === undefined || authorizer === undefined) continue;
    const served = group.map(({ method, path }) => `${method} ${path}`).join(', ');
    for (const note of notesOn(authorizer, served)) warn(`${apiName} ${note}`);
  }
}

function labelOf({ authorizer }: MethodDefinition): string | undefined {
  return authorizer === undefined ? undefined : JSON.stringify(authorizer);
}

function notesOn(authorizer: AuthorizerDefinition, served: string): string[] {
  if (authorizer.kind === 'iam') {
    return [`serves ${served} to whoever signs, with any key: no policy of IAM is checked locally`];
  }
  const { kind, name, claims } = authorizer;
  const setting = `custom.lantern.local.authorizers.${name}`;
  const notes = kind === 'unchecked' ? [`serves ${served} to everyone: ${authorizer.reason}`] : [];
  if ((kind === 'jwt' || kind === 'cognito') && authorizer.keys === undefined) {
    notes.push(
      `does not check signatures of tokens for ${served}: ${setting}.keys takes the URL or the file of a JWKS`,
    );
  }
  if (claims !== undefined && kind !== 'unchecked') {
    notes.push(`serves ${served} also without a token, to the caller in ${setting}.claims`);
  }
  return notes;
}

function notRun(
  name: string,
  functionName: string,
  claims: { readonly claims?: AuthorizerClaims },
): AuthorizerDefinition {
  return {
    kind: 'unchecked',
    name,
    reason: `its function ${functionName} is not run locally`,
    ...claims,
  };
}

function settingsOf(
  authorizer: ResolvedResource,
  { authorizers = {} }: AuthorizerOptions,
): {
  readonly name: string;
  readonly settings: AuthorizerSettings;
  readonly claims: { readonly claims?: AuthorizerClaims };
} {
  const name = nameOf(authorizer);
  const settings = authorizers[name] ?? {};
  return { name, settings, claims: settings.claims === undefined ? {} : { claims: settings.claims } };
}

/** A text alone stands for a list of one. */
function textList(fields: ResolvedFields, name: string): string[] {
  const value = fields.value(name);
  if (typeof value === 'string') return [value];
  return fields.list(name).map(String);
}

const POOL = /^arn:(aws[\w-]*):cognito-idp:([\w-]+):[^:]*:userpool\/(.+)$/;

/** Who signs the tokens of a user pool; a text that is no ARN of one stays as it is. */
function issuerOfPool(arn: string): string {
  const [, partition, region, pool] = POOL.exec(arn) ?? [];
  if (region === undefined || pool === undefined) return arn;
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://cognito-idp.${region}.${suffix}/${pool}`;
}
