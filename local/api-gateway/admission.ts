import type { Invoke } from '../lambda/invocation.ts';
import { partitionOf } from '../template/arns.ts';
import type { ApiDefinition, AuthorizerDefinition, MethodDefinition } from '../template/service.ts';
import { shownPath } from './paths.ts';
import type { Outcome } from './authorizers/authorizer.ts';
import { resourceArn } from './authorizers/authorizer.ts';
import { LambdaAuthorizer } from './authorizers/lambda-authorizer.ts';
import { TokenAuthorizer } from './authorizers/token-authorizer.ts';
import type { Caller, ProxyEventInput } from './proxy-event.ts';
import { headerValue, queryParameters } from './request.ts';
import type { GatewayRequest } from './request.ts';
import { RequestCheck } from './request-check.ts';
import type { RequestValues } from './request-values.ts';
import type { GatewayResponse } from './response.ts';
import { gatewayError, restError } from './response.ts';

export interface AdmissionOptions {
  readonly api: ApiDefinition;
  readonly region: string;
  readonly accountId: string;
  /** Calls the functions of authorizers. */
  readonly invoke: Invoke;
}

export interface AdmissionWork extends Omit<ProxyEventInput, 'api' | 'accountId' | 'caller' | 'match'> {
  readonly match: ProxyEventInput['match'] & { readonly route: MethodDefinition };
  readonly values: RequestValues;
  readonly stopped: AbortSignal;
}

export type Admission =
  { readonly refusal: GatewayResponse } | { readonly caller: Caller; readonly notes: readonly string[] };

/** Decides who may come in: authorizers first, then API keys, then what is checked of the request itself, as in AWS. */
export class AdmissionControl {
  readonly #options: AdmissionOptions;
  /** By definition: routes share an authorizer, and what it has kept. */
  readonly #authorizers = new Map<string, LambdaAuthorizer | TokenAuthorizer>();
  readonly #checks = new Map<MethodDefinition, RequestCheck>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  async admit(work: AdmissionWork): Promise<Admission> {
    const { api } = this.#options;
    const { route } = work.match;
    const outcome = await this.#authorize(work);
    if ('refused' in outcome) {
      const response = gatewayError(api, outcome.refused, outcome.reason);
      return { refusal: { ...response, headers: [...response.headers, ...(outcome.headers ?? [])] } };
    }
    const key = this.#apiKey(route, work.request);
    if ('refusal' in key) return key;
    const refusal = this.#check(route)?.refusal(work.values, work.body);
    if (refusal !== undefined) return { refusal };
    const identity = { ...outcome.caller.identity, ...key.identity };
    return {
      caller: { ...outcome.caller, ...(Object.keys(identity).length > 0 && { identity }) },
      notes: outcome.notes,
    };
  }

  async #authorize(work: AdmissionWork): Promise<Outcome> {
    const { api, region, accountId } = this.#options;
    const { authorizer, scopes = [] } = work.match.route;
    if (authorizer === undefined) return { caller: {}, notes: [] };
    if (authorizer.kind === 'iam') return signedCaller(work.request, api, accountId);
    if (authorizer.kind === 'unchecked') return uncheckedCaller(authorizer, api);
    const { method, rawPath } = work.request;
    const place = { region, accountId, partition: partitionOf(region) };
    return this.#authorizer(authorizer).authorize({
      ...work,
      api,
      accountId,
      scopes,
      resource: resourceArn(api, place, method, shownPath(api, rawPath)),
    });
  }

  #authorizer(
    definition: Extract<AuthorizerDefinition, { kind: 'lambda' | 'jwt' | 'cognito' }>,
  ): LambdaAuthorizer | TokenAuthorizer {
    const id = JSON.stringify(definition);
    const known = this.#authorizers.get(id);
    if (known !== undefined) return known;
    const made =
      definition.kind === 'lambda'
        ? new LambdaAuthorizer(definition, this.#options.invoke)
        : new TokenAuthorizer(definition);
    this.#authorizers.set(id, made);
    return made;
  }

  #apiKey(
    route: MethodDefinition,
    request: GatewayRequest,
  ): { readonly refusal: GatewayResponse } | { readonly identity: Record<string, unknown> } {
    if (route.apiKeyRequired !== true) return { identity: {} };
    const given = headerValue(request.headers, 'x-api-key');
    const key = this.#options.api.apiKeys?.find(({ value }) => value === given);
    if (key !== undefined) return { identity: { apiKey: key.value, apiKeyId: key.id } };
    const reason =
      given === undefined
        ? 'the method needs an API key in x-api-key'
        : 'no usage plan of the API has the key in x-api-key';
    return { refusal: restError('invalid-api-key', reason) };
  }

  #check(route: MethodDefinition): RequestCheck | undefined {
    if (route.requestCheck === undefined) return undefined;
    const check = this.#checks.get(route) ?? new RequestCheck(route.requestCheck);
    this.#checks.set(route, check);
    return check;
  }
}

/** Any signature of AWS will do: nobody here knows the secret that it was made with. */
function signedCaller(request: GatewayRequest, api: ApiDefinition, accountId: string): Outcome {
  const header = /^AWS4-HMAC-SHA256\s.*Credential=([^/,\s]+)\//.exec(
    headerValue(request.headers, 'authorization') ?? '',
  );
  const query = new Map(queryParameters(request.rawQueryString));
  const presigned = query.has('X-Amz-Signature') ? /^[^/]+/.exec(query.get('X-Amz-Credential') ?? '') : null;
  const accessKey = header?.[1] ?? presigned?.[0];
  if (accessKey === undefined) {
    return {
      refused: 'unsigned',
      reason: 'the method takes requests that are signed with Signature Version 4',
    };
  }
  const notes = ['the signature is not checked, nor whether IAM allows the call'];
  const userArn = `arn:aws:iam::${accountId}:user/${accessKey}`;
  if (api.kind === 'REST') {
    return {
      caller: { identity: { accessKey, accountId, caller: accessKey, user: accessKey, userArn } },
      notes,
    };
  }
  const iam = {
    accessKey,
    accountId,
    callerId: accessKey,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn,
    userId: accessKey,
  };
  return { caller: { authorizer: { iam } }, notes };
}

function uncheckedCaller(
  { name, reason, claims }: Extract<AuthorizerDefinition, { kind: 'unchecked' }>,
  api: ApiDefinition,
): Outcome {
  const notes = [`the authorizer ${name} is not asked: ${reason}`];
  if (claims === undefined) return { caller: {}, notes };
  return { caller: { authorizer: api.kind === 'REST' ? claims : { lambda: claims } }, notes };
}
