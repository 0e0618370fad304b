import type { ApiOptions, DeployedApi } from './apis.ts';
import { idsOutside } from './apis.ts';
import { functionNameOf } from './function-reference.ts';
import type { Resource, Resources } from './resources.ts';
import type { DeployedRoute } from './routes.ts';
import { servedRoutes } from './routes.ts';

/** The HTTP APIs (API Gateway v2) of the template. */
export const readHttpApis = (resources: Resources, options: ApiOptions): DeployedApi[] => {
  const allApis = resources.ofType('AWS::ApiGatewayV2::Api');
  const routes = resources.ofType('AWS::ApiGatewayV2::Route');
  for (const id of idsOutside(allApis, routes, 'ApiId')) {
    resources.warn(`The routes of the API ${id} are not served: the template only adds to it`);
  }
  return allApis.filter(isHttp).map((api) => {
    const { logicalId, fields } = api;
    const id = api.ref();
    const name = fields.optionalText('Name') ?? logicalId;
    if (fields.has('Body') || fields.has('BodyS3Location') || fields.has('Target')) {
      resources.warn(
        `${name} does not serve what its Body or Target defines: only routes of the template are read`,
      );
    }
    const integrations = integrationsOf(resources, id, name);
    const deployed = routes
      .filter((route) => route.fields.text('ApiId') === id)
      .map((route) => readRoute(route, integrations));
    return {
      logicalId,
      definition: {
        id,
        name,
        kind: 'HTTP',
        stage: stageOf(resources, id),
        tracing: false,
        binaryMediaTypes: [],
        routes: servedRoutes(name, deployed, { ...options, warn: resources.warn }),
      },
    };
  });
};

/** A WebSocket API is the same type of resource. */
const isHttp = ({ fields }: Resource): boolean => fields.optionalText('ProtocolType') !== 'WEBSOCKET';

type Integration = Pick<DeployedRoute, 'integrationType' | 'functionName'>;

/** By what a route's Target ends in. */
const integrationsOf = (resources: Resources, apiId: string, apiName: string): Map<string, Integration> => {
  const ofApi = resources
    .ofType('AWS::ApiGatewayV2::Integration')
    .filter(({ fields }) => fields.text('ApiId') === apiId);
  return new Map(
    ofApi.map(({ ref, fields }) => {
      const subtype = fields.optionalText('IntegrationSubtype');
      const type = fields.text('IntegrationType');
      if (type !== 'AWS_PROXY' || subtype !== undefined) return [ref(), { integrationType: subtype ?? type }];
      const functionName = functionNameOf(fields.text('IntegrationUri'));
      if (fields.optionalText('PayloadFormatVersion') === '1.0') {
        resources.warn(
          `${apiName} sends ${functionName} events of format 2.0, though the template asks for 1.0`,
        );
      }
      return [ref(), { integrationType: type, functionName }];
    }),
  );
};

const readRoute = ({ fields }: Resource, integrations: ReadonlyMap<string, Integration>): DeployedRoute => {
  const routeKey = fields.text('RouteKey');
  const [method = '', path = ''] = routeKey === '$default' ? ['ANY', routeKey] : routeKey.split(' ');
  const target = fields.optionalText('Target') ?? '';
  return {
    method: method.toUpperCase(),
    path,
    authorizationType: fields.optionalText('AuthorizationType') ?? 'NONE',
    ...(integrations.get(target.replace('integrations/', '')) ?? { integrationType: 'NONE' }),
  };
};

const stageOf = (resources: Resources, apiId: string): string =>
  resources
    .ofType('AWS::ApiGatewayV2::Stage')
    .find(({ fields }) => fields.text('ApiId') === apiId)
    ?.fields.text('StageName') ?? '$default';
