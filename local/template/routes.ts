import type { RouteDefinition } from './service.ts';

/** A route as deployed, before it is known whether it can be served here. */
export interface DeployedRoute {
  readonly method: string;
  readonly path: string;
  /** The deployed name of the function behind it; undefined where something else answers. */
  readonly functionName?: string;
  /** What answers: `AWS_PROXY`, `MOCK`, `HTTP_PROXY`... */
  readonly integrationType: string;
  /** `NONE`, or what would check the caller. */
  readonly authorizationType: string;
}

/** Keeps the routes that a local function answers, and warns about the others, and about those left unprotected. */
export const servedRoutes = (
  apiName: string,
  routes: readonly DeployedRoute[],
  context: { readonly functionNames: ReadonlySet<string>; readonly warn: (message: string) => void },
): RouteDefinition[] => {
  const { functionNames, warn } = context;
  const notFunctions = routes.filter(({ functionName }) => functionName === undefined);
  for (const [type, group] of Map.groupBy(notFunctions, (route) => route.integrationType)) {
    warn(`${apiName} does not serve ${listed(group)}: integrations of type ${type} are not run locally`);
  }
  const served = routes.flatMap(({ functionName, ...route }) => {
    if (functionName === undefined) return [];
    if (functionNames.has(functionName)) return [{ ...route, functionName }];
    warn(`${apiName} does not serve ${listed([route])}: the function ${functionName} is not run locally`);
    return [];
  });
  const guarded = served.filter(({ authorizationType }) => authorizationType !== 'NONE');
  for (const [type, group] of Map.groupBy(guarded, (route) => route.authorizationType)) {
    warn(`${apiName} serves ${listed(group)} to everyone: ${type} authorization is not checked locally`);
  }
  return served.map(({ method, path, functionName }) => ({ method, path, functionName }));
};

type Addressed = Pick<DeployedRoute, 'method' | 'path'>;

const listed = (routes: readonly Addressed[]): string =>
  routes.map(({ method, path }) => `${method} ${path}`).join(', ');
