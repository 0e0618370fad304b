/** What REST and HTTP APIs have in common. */
import type { Fields } from '../fields.ts';
import type { Resource, ResolvedResource } from '../resources.ts';
import type { MethodDefinition, RouteDefinition } from '../service.ts';
import type { AuthorizerOptions } from './authorizers.ts';
import { warnAboutAccess } from './authorizers.ts';

type ApiKind = 'REST' | 'HTTP' | 'WEBSOCKET';

/** Undefined for what is no API. */
export function apiKindOf({ type, fields }: Resource): ApiKind | undefined {
  if (type === 'AWS::ApiGateway::RestApi') return 'REST';
  if (type !== 'AWS::ApiGatewayV2::Api') return undefined;
  return fields.optionalText('ProtocolType') === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP';
}

export interface ApiOptions extends AuthorizerOptions {
  /** The stage of an API for which the template deploys none. */
  readonly stage: string;
  /** Whether REST stages are traced where no resource of the template says so. */
  readonly restApiTracing: boolean;
}

/** A stage that has a name. */
export interface Stage<Text> {
  /** Of the resource that makes it. */
  readonly logicalId: string;
  readonly name: Text;
  readonly settings: Fields<Text>;
}

const STAGE_TYPES = ['AWS::ApiGateway::Stage', 'AWS::ApiGateway::Deployment', 'AWS::ApiGatewayV2::Stage'];

/** A stage is a resource of its own, or a property of the deployment: the Serverless Framework writes the latter. */
export function stagesOf<Text>(
  resources: { readonly ofType: (type: string) => ReadonlyArray<Resource<Text>> },
  isOfApi: (fields: Fields<Text>) => boolean,
): Array<Stage<Text>> {
  return STAGE_TYPES.flatMap((type) => resources.ofType(type))
    .filter(({ fields }) => isOfApi(fields))
    .flatMap(({ logicalId, type, fields }) => {
      const name = fields.optionalText('StageName');
      const settings = type === 'AWS::ApiGateway::Deployment' ? fields.within('StageDescription') : fields;
      return name === undefined ? [] : [{ logicalId, name, settings }];
    });
}

/** Names what a stage is set to do with requests in AWS, and does not do here. */
export function warnAboutStage(
  apiName: string,
  stage: Fields<string>,
  warn: (message: string) => void,
): void {
  const ofRoutes = stage.within('RouteSettings');
  const settings = [
    stage,
    ...stage.each('MethodSettings'),
    stage.within('DefaultRouteSettings'),
    ...ofRoutes.names().map((routeKey) => ofRoutes.within(routeKey)),
  ];
  if (settings.some((of) => of.has('ThrottlingRateLimit') || of.has('ThrottlingBurstLimit')))
    warn(`${apiName} refuses no requests for the throttling of its stage: they are not counted locally`);
  if (
    settings.some(
      (of) =>
        of.optionalBoolean('CachingEnabled') === true || of.optionalBoolean('CacheClusterEnabled') === true,
    )
  )
    warn(
      `${apiName} answers nothing from the cache of its stage: every request reaches its function locally`,
    );
  const variables = [...stage.within('Variables').names(), ...stage.within('StageVariables').names()];
  if (variables.length > 0)
    warn(
      `${apiName} has no stage variables locally: events and templates go without ${variables.join(', ')}`,
    );
}

/** Ids of APIs that the template refers to, but does not contain. */
export function idsOutside(
  apis: readonly ResolvedResource[],
  parts: readonly ResolvedResource[],
  property: 'RestApiId' | 'ApiId',
): string[] {
  const own = new Set(apis.map((api) => api.ref()));
  return [...new Set(parts.map(({ fields }) => fields.text(property)))].filter((id) => !own.has(id));
}

/** A route as deployed, before it is known whether it can be served here. */
export interface DeployedRoute extends MethodDefinition, Pick<RouteDefinition, 'payload'> {
  /** The deployed name of the function behind it; undefined where something else answers. */
  readonly functionName?: string;
  /** What answers: `AWS_PROXY`, `MOCK`, `HTTP_PROXY`... */
  readonly integrationType: string;
}

/**
 * Keeps the routes of the template's own functions, and warns about the others, about what is not checked of callers, and about
 * routes that will answer with an error because their function is not run.
 */
export function servedRoutes(
  apiName: string,
  routes: readonly DeployedRoute[],
  context: Pick<ApiOptions, 'functionNames' | 'namesNotRun'> & { readonly warn: (message: string) => void },
): RouteDefinition[] {
  const { functionNames, namesNotRun, warn } = context;
  const notFunctions = routes.filter(({ functionName }) => functionName === undefined);
  for (const [type, group] of Map.groupBy(notFunctions, (route) => route.integrationType)) {
    warn(`${apiName} does not serve ${listed(group)}: integrations of type ${type} are not run locally`);
  }
  const served = routes.flatMap(({ functionName, integrationType, ...route }) => {
    if (functionName === undefined || integrationType !== 'AWS_PROXY') return [];
    if (functionNames.has(functionName)) return [{ ...route, functionName }];
    if (namesNotRun.has(functionName)) {
      warn(
        `${apiName} answers ${listed([route])} with an error: the function ${functionName} is not run locally`,
      );
      return [{ ...route, functionName }];
    }
    warn(`${apiName} does not serve ${listed([route])}: the function ${functionName} is not run locally`);
    return [];
  });
  warnAboutAccess(apiName, served, warn);
  return served;
}

function listed(routes: ReadonlyArray<Pick<DeployedRoute, 'method' | 'path'>>): string {
  return routes.map(({ method, path }) => `${method} ${path}`).join(', ');
}
