import type { Invoke, InvokeResponse } from '../../lambda/invocation.ts';
import { isObject, without } from '../../json.ts';
import { messageOf } from '../../message-of.ts';
import type { LambdaAuthorizerDefinition } from '../../template/service.ts';
import { httpEvent } from '../http-event.ts';
import { restContext, restEvent } from '../rest-event.ts';
import type { ProxyEventInput } from '../proxy-event.ts';
import { evaluatePolicy } from './policy.ts';
import type { AuthorizerWork, Outcome, Refused } from './authorizer.ts';
import { identityOf } from './authorizer.ts';

/** Milliseconds that an API waits for an authorizer's function. Source: "Amazon API Gateway quotas and important notes". */
const TIMEOUT = { REST: 29_000, HTTP: 10_000 } as const;

/** Answers of one authorizer that are kept at most, so that identities that are made up do not fill the memory. */
const MAX_KEPT = 10_000;

/** What an authorizer's function said of an identity, before it is known what is asked for. */
interface Answer {
  readonly principalId?: string;
  readonly context: Readonly<Record<string, unknown>> | undefined;
  /** One of the two. */
  readonly isAuthorized?: boolean;
  readonly policy?: unknown;
}

/** Asks the function of an authorizer who calls, and keeps what it says for its time. */
export class LambdaAuthorizer {
  readonly #definition: LambdaAuthorizerDefinition;
  readonly #invoke: Invoke;
  /** Each until a time of `performance.now()`, in milliseconds: a clock that nobody sets. */
  readonly #kept = new Map<string, { readonly answer: Answer; readonly until: number }>();

  constructor(definition: LambdaAuthorizerDefinition, invoke: Invoke) {
    this.#definition = definition;
    this.#invoke = invoke;
  }

  async authorize(work: AuthorizerWork): Promise<Outcome> {
    const { name, identitySources, tokenPattern, ttl, claims } = this.#definition;
    const identity = identityOf(identitySources, work.values);
    if (identity === undefined) {
      if (claims !== undefined) return this.#caller({ context: claims }, work, 0);
      const needs = identitySources.join(', ');
      return { refused: 'unauthorized', reason: `the authorizer ${name} needs ${needs}` };
    }
    if (tokenPattern !== undefined && !new RegExp(`^(?:${tokenPattern})$`).test(identity[0] ?? '')) {
      return {
        refused: 'unauthorized',
        reason: `the token does not match ${tokenPattern} of the authorizer ${name}`,
      };
    }
    const key = JSON.stringify(identity);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > performance.now()) return this.#judge(kept.answer, work, 0);
    this.#kept.delete(key);
    const started = performance.now();
    const asked = await this.#ask(work, identity);
    if ('refused' in asked) return asked;
    const outcome = this.#judge(asked, work, Math.round(performance.now() - started));
    const isAnswer = !('refused' in outcome) || outcome.refused !== 'authorizer-answer';
    if (ttl > 0 && identity.length > 0 && isAnswer) this.#keep(key, asked);
    return outcome;
  }

  #keep(key: string, answer: Answer): void {
    const oldest = this.#kept.keys().next();
    if (this.#kept.size >= MAX_KEPT && oldest.done !== true) this.#kept.delete(oldest.value);
    this.#kept.set(key, { answer, until: performance.now() + this.#definition.ttl * 1000 });
  }

  async #ask(work: AuthorizerWork, identity: readonly string[]): Promise<Answer | Refused> {
    const { functionName, name } = this.#definition;
    const payload = JSON.stringify(this.#event(work, identity));
    const failed = (reason: string): Refused => ({
      refused: 'authorizer-failed',
      reason: `the authorizer ${name} ${reason}`,
    });
    const limit = TIMEOUT[work.api.kind];
    let answer: InvokeResponse | undefined;
    try {
      answer = await withinTime(
        this.#invoke({ functionName, payload, traceHeader: work.traceHeader }),
        limit,
        work.stopped,
      );
    } catch (error) {
      return failed(`could not be asked: ${messageOf(error)}`);
    }
    if (answer === undefined) return failed(`did not answer within ${limit} ms`);
    const result: unknown = JSON.parse(answer.payload);
    if (answer.functionError !== undefined) {
      // Both kinds of API read this one message as "not authorized"; every other error is a failure.
      return isObject(result) && result.errorMessage === 'Unauthorized'
        ? { refused: 'unauthorized', reason: `the authorizer ${name} said Unauthorized` }
        : failed('failed; see its log');
    }
    try {
      return this.#read(result);
    } catch (error) {
      return malformed(name, error);
    }
  }

  #event(work: AuthorizerWork, identity: readonly string[]): unknown {
    const { resource } = work;
    const input: ProxyEventInput = { ...work, body: Buffer.alloc(0) };
    switch (this.#definition.payload) {
      case 'token':
        return { type: 'TOKEN', authorizationToken: identity[0], methodArn: resource };
      case 'request':
        return {
          type: 'REQUEST',
          methodArn: resource,
          ...requestFields(input),
          requestContext: restContext(input),
        };
      case '1.0': {
        const joined = identity.join(',');
        return {
          version: '1.0',
          type: 'REQUEST',
          methodArn: resource,
          identitySource: joined,
          authorizationToken: joined,
          ...requestFields(input),
          requestContext: restContext(input),
        };
      }
      case '2.0': {
        const event = without<unknown>(httpEvent(input), 'isBase64Encoded');
        return { ...event, type: 'REQUEST', routeArn: resource, identitySource: identity };
      }
    }
  }

  /** @throws Error that says what is wrong with an answer of another form. */
  #read(result: unknown): Answer {
    const { simpleResponses, payload } = this.#definition;
    if (!isObject(result)) throw new Error('answered with no object');
    const { isAuthorized, principalId, policyDocument } = result;
    const context = result.context ?? undefined;
    if (context !== undefined && !isObject(context))
      throw new Error('answered with a context that is no object');
    if (simpleResponses && payload === '2.0') {
      if (typeof isAuthorized !== 'boolean') throw new Error('must answer with isAuthorized, true or false');
      return { isAuthorized, context };
    }
    const isRest = payload === 'token' || payload === 'request';
    if (isRest && typeof principalId !== 'string') throw new Error('must answer with a principalId, a text');
    if (policyDocument === undefined) throw new Error('must answer with a policyDocument');
    const nested =
      isRest &&
      Object.entries(context ?? {}).find(([, value]) => typeof value === 'object' && value !== null);
    if (nested) throw new Error(`answered with a context whose "${nested[0]}" is no text, number or boolean`);
    return {
      ...(typeof principalId === 'string' && { principalId }),
      policy: policyDocument,
      context,
    };
  }

  #judge(answer: Answer, work: AuthorizerWork, latency: number): Outcome {
    const { name } = this.#definition;
    if (answer.isAuthorized === false) return { refused: 'denied', reason: `the authorizer ${name} said no` };
    if (answer.isAuthorized === true) return this.#caller(answer, work, latency);
    try {
      const { verdict, conditions } = evaluatePolicy(answer.policy, work.resource);
      const note = `conditions in the policy of the authorizer ${name} are taken to hold`;
      if (verdict !== 'allowed') {
        const how = verdict === 'denied' ? 'does not allow' : 'denies';
        const reason = `the policy of the authorizer ${name} ${how} ${work.resource}`;
        return { refused: verdict, reason: conditions ? `${reason}; ${note}` : reason };
      }
      const caller = this.#caller(answer, work, latency);
      return conditions ? { ...caller, notes: [...caller.notes, note] } : caller;
    } catch (error) {
      return malformed(name, error);
    }
  }

  #caller({ principalId, context }: Answer, { api }: AuthorizerWork, integrationLatency: number) {
    if (api.kind === 'HTTP') return { caller: { authorizer: { lambda: context ?? null } }, notes: [] };
    // A REST API makes texts of all values.
    const texts = Object.entries(context ?? {}).map(([name, value]) => [name, String(value)] as const);
    const authorizer = {
      ...Object.fromEntries(texts),
      ...(principalId !== undefined && { principalId }),
      integrationLatency,
    };
    return { caller: { authorizer }, notes: [] };
  }
}

function malformed(name: string, error: unknown): Refused {
  const reason = messageOf(error);
  return { refused: 'authorizer-answer', reason: `the authorizer ${name}: ${reason}` };
}

/** What events for authorizers have of a request: no body, and empty objects where proxy events have null. */
function requestFields(input: ProxyEventInput) {
  const event = restEvent(input);
  return {
    ...without<unknown>(event, 'body', 'isBase64Encoded', 'requestContext'),
    queryStringParameters: event.queryStringParameters ?? {},
    multiValueQueryStringParameters: event.multiValueQueryStringParameters ?? {},
    pathParameters: event.pathParameters ?? {},
    stageVariables: {},
  };
}

/** Undefined when the time is over. */
async function withinTime<Value>(
  work: Promise<Value>,
  milliseconds: number,
  stopped: AbortSignal,
): Promise<Value | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  const stop = (): void => reject(new Error('the gateway was stopped'));
  stopped.addEventListener('abort', stop);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', stop);
  }
}
