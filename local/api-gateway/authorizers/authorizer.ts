/** What an authorizer is asked, and what comes of it. */
import type { ApiDefinition } from '../../template/service.ts';
import type { Caller, ProxyEventInput } from '../proxy-event.ts';
import type { RequestValues } from '../request-values.ts';
import { valueOf } from '../request-values.ts';
import type { GatewayError } from '../response.ts';
import type { Header } from '../request.ts';

export interface AuthorizerWork extends Omit<ProxyEventInput, 'body' | 'caller'> {
  readonly values: RequestValues;
  /** The ARN of what is called, as policies name it. */
  readonly resource: string;
  /** The scopes that the route asks for; empty where it asks for none. */
  readonly scopes: readonly string[];
  /** Ends the waiting when the gateway stops. */
  readonly stopped: AbortSignal;
}

export type Outcome = Accepted | Refused;

interface Accepted {
  readonly caller: Caller;
  /** What was not checked as AWS would. */
  readonly notes: readonly string[];
}

export interface Refused {
  readonly refused: GatewayError;
  readonly reason: string;
  /** For the client, beside those of every such answer. */
  readonly headers?: readonly Header[];
}

/** The values of all sources of an identity; undefined where one is missing or empty, and nobody is asked then. */
export function identityOf(sources: readonly string[], values: RequestValues): string[] | undefined {
  const found = sources.map((source) => valueOf(source, values));
  return found.every((value) => value !== undefined && value !== '') ? (found as string[]) : undefined;
}

/** The ARN of a method or route that is called: with the path as it was called, not as it was deployed. */
export function resourceArn(
  api: ApiDefinition,
  {
    region,
    accountId,
    partition,
  }: { readonly region: string; readonly accountId: string; readonly partition: string },
  method: string,
  path: string,
): string {
  return `arn:${partition}:execute-api:${region}:${accountId}:${api.id}/${api.stage}/${method}${path}`;
}
