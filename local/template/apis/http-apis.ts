import { functionNameOf } from '../arns.ts';
import type { ResolvedFields } from '../fields.ts';
import type { ResolvedResource, ResolvedResources } from '../resources.ts';
import type { ApiDefinition, CorsDefinition } from '../service.ts';
import type { ApiOptions, DeployedRoute } from './api.ts';
import { apiKindOf, idsOutside, servedRoutes, stagesOf, warnAboutStage } from './api.ts';
import type { Authorizers } from './authorizers.ts';
import { accessOf, httpAuthorizers } from './authorizers.ts';

/** The HTTP APIs (API Gateway v2) of the template. */
export function httpApisToRun(resources: ResolvedResources, options: ApiOptions): ApiDefinition[] {
  const allApis = resources.ofType('AWS::ApiGatewayV2::Api');
  const routes = resources.ofType('AWS::ApiGatewayV2::Route');
  for (const id of idsOutside(allApis, routes, 'ApiId')) {
    resources.warn(`The routes of the API ${id} are not served: the template only adds to it`);
  }
  return allApis
    .filter((api) => apiKindOf(api) === 'HTTP')
    .map((api) => {
      const { logicalId, fields } = api;
      const id = api.ref();
      const name = fields.optionalText('Name') ?? logicalId;
      if (fields.has('Body') || fields.has('BodyS3Location') || fields.has('Target')) {
        resources.warn(
          `${name} does not serve what its Body or Target defines: only routes of the template are read`,
        );
      }
      const integrations = integrationsOf(resources, id);
      const authorizers = httpAuthorizers(resources, id, options);
      const deployed = routes
        .filter((route) => route.fields.text('ApiId') === id)
        .map((route) => readRoute(route, integrations, authorizers));
      const [stage] = stagesOf(resources, (of) => of.optionalText('ApiId') === id);
      if (stage !== undefined) warnAboutStage(name, stage.settings, resources.warn);
      return {
        id,
        name,
        kind: 'HTTP',
        stage: stage?.name ?? '$default',
        tracing: false,
        binaryMediaTypes: [],
        routes: servedRoutes(name, deployed, { ...options, warn: resources.warn }),
        ...(fields.has('CorsConfiguration') && { cors: readCors(fields.within('CorsConfiguration')) }),
      };
    });
}

export function readCors(cors: ResolvedFields): CorsDefinition {
  const maxAge = cors.optionalNumber('MaxAge');
  return {
    allowOrigins: cors.list('AllowOrigins').map(String),
    allowMethods: cors.list('AllowMethods').map(String),
    allowHeaders: cors.list('AllowHeaders').map(String),
    exposeHeaders: cors.list('ExposeHeaders').map(String),
    allowCredentials: cors.optionalBoolean('AllowCredentials') ?? false,
    ...(maxAge !== undefined && { maxAge }),
  };
}

type Integration = Pick<DeployedRoute, 'integrationType' | 'functionName' | 'payload'>;

/** By what a route's Target ends in. */
function integrationsOf(resources: ResolvedResources, apiId: string): Map<string, Integration> {
  const ofApi = resources
    .ofType('AWS::ApiGatewayV2::Integration')
    .filter(({ fields }) => fields.text('ApiId') === apiId);
  return new Map(
    ofApi.map(({ ref, fields }) => {
      const subtype = fields.optionalText('IntegrationSubtype');
      const type = fields.text('IntegrationType');
      if (type !== 'AWS_PROXY' || subtype !== undefined) return [ref(), { integrationType: subtype ?? type }];
      const functionName = functionNameOf(fields.text('IntegrationUri'));
      const isOld = fields.optionalText('PayloadFormatVersion') === '1.0';
      return [ref(), { integrationType: type, functionName, ...(isOld && { payload: '1.0' }) }];
    }),
  );
}

function readRoute(
  { fields }: ResolvedResource,
  integrations: ReadonlyMap<string, Integration>,
  authorizers: Authorizers,
): DeployedRoute {
  const routeKey = fields.text('RouteKey');
  const [method = '', path = ''] = routeKey === '$default' ? ['ANY', routeKey] : routeKey.split(' ');
  const target = fields.optionalText('Target') ?? '';
  return {
    method: method.toUpperCase(),
    path,
    ...accessOf(fields, authorizers),
    ...(integrations.get(target.replace('integrations/', '')) ?? { integrationType: 'NONE' }),
  };
}
