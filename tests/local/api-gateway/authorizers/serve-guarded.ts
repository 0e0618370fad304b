import type {
  ApiDefinition,
  AuthorizerDefinition,
  LambdaAuthorizerDefinition,
  MethodDefinition,
} from '../../../../local/template/service.ts';
import { functionDefinition } from '../../lambda/definition.ts';
import type { Harness } from '../../lambda/harness.ts';
import { sharedService } from '../../lambda/harness.ts';
import type { Answer, Served } from '../serve.ts';
import { api, send, serve } from '../serve.ts';

/** An authorizer's function and one behind it that answers with its event, each in a process of its own. */
export function guardedService(): Harness {
  return sharedService([
    functionDefinition({ name: 'authorizer', key: 'authorizer', handler: 'authorizer.handler' }),
    functionDefinition({ name: 'echo', key: 'echo', handler: 'echo.handler' }),
  ]);
}

export function lambdaAuthorizer(
  overrides: Partial<LambdaAuthorizerDefinition> = {},
): LambdaAuthorizerDefinition {
  return {
    kind: 'lambda',
    name: 'who',
    functionName: 'authorizer',
    payload: 'token',
    identitySources: ['method.request.header.Authorization'],
    simpleResponses: false,
    ttl: 0,
    ...overrides,
  };
}

/** An API whose routes all ask the same authorizer. */
export async function serveGuarded(
  kind: ApiDefinition['kind'],
  routes: readonly string[],
  authorizer: AuthorizerDefinition | undefined,
  {
    harness,
    ...more
  }: Partial<MethodDefinition> & {
    readonly harness?: Harness;
    readonly apiKeys?: ApiDefinition['apiKeys'];
  } = {},
): Promise<Served> {
  const { apiKeys, ...ofRoute } = more;
  const definition = api(kind, routes);
  return await serve(
    {
      ...definition,
      ...(apiKeys !== undefined && { apiKeys }),
      routes: definition.routes.map((route) => ({
        ...route,
        ...ofRoute,
        ...(authorizer !== undefined && { authorizer }),
      })),
    },
    harness === undefined ? undefined : (request) => harness.service.invoke(request),
  );
}

export async function ask(
  served: Served,
  path: string,
  token?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return await send(`${served.url}${path}`, {
    headers: { ...headers, ...(token !== undefined && { Authorization: token }) },
  });
}

/** What the function behind the authorizer was told of the caller. */
export function callerIn(answer: Answer): Record<string, unknown> {
  const { requestContext } = JSON.parse(answer.body.toString()) as {
    requestContext: { authorizer: Record<string, unknown> };
  };
  return requestContext.authorizer;
}
