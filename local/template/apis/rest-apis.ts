import { functionNameOf } from '../arns.ts';
import type { ResolvedFields } from '../fields.ts';
import type { ResolvedResource, ResolvedResources } from '../resources.ts';
import type { ApiDefinition } from '../service.ts';
import { shown } from '../template.ts';
import type { ApiOptions, DeployedRoute } from './api.ts';
import { idsOutside, servedRoutes, stagesOf } from './api.ts';

/** The REST APIs (API Gateway v1) of the template. */
export function restApisToRun(resources: ResolvedResources, options: ApiOptions): ApiDefinition[] {
  const apis = resources.ofType('AWS::ApiGateway::RestApi');
  const methods = resources.ofType('AWS::ApiGateway::Method');
  for (const id of idsOutside(apis, methods, 'RestApiId')) {
    resources.warn(`The methods of the REST API ${id} are not served: the template only adds to it`);
  }
  return apis.map((api) => {
    const { logicalId, fields } = api;
    const id = api.ref();
    const name = fields.optionalText('Name') ?? logicalId;
    if (fields.has('Body') || fields.has('BodyS3Location')) {
      resources.warn(
        `${name} does not serve what its OpenAPI body defines: only methods of the template are read`,
      );
    }
    const pathOf = resourcePaths(resources, api);
    const routes = methods
      .filter((method) => method.fields.text('RestApiId') === id)
      .map(({ fields: method }) =>
        readMethod(method, pathOf(method.text('ResourceId'), method.pathOf('ResourceId'))),
      );
    return {
      id,
      name,
      kind: 'REST',
      ...readStage(resources, id, options),
      binaryMediaTypes: fields.list('BinaryMediaTypes').map(String),
      routes: servedRoutes(name, routes, { ...options, warn: resources.warn }),
    };
  });
}

function readMethod(method: ResolvedFields, path: string): DeployedRoute {
  const integration = method.within('Integration');
  const integrationType = integration.optionalText('Type') ?? 'NONE';
  return {
    method: method.text('HttpMethod').toUpperCase(),
    path,
    integrationType,
    authorizationType: method.optionalText('AuthorizationType') ?? 'NONE',
    ...(integrationType === 'AWS_PROXY' && { functionName: functionNameOf(integration.text('Uri')) }),
  };
}

/** Follows the parents of a resource up to the root: `/orders/{orderId}`. */
function resourcePaths(
  resources: ResolvedResources,
  api: ResolvedResource,
): (resourceId: string, askedAt: string) => string {
  const root = api.attribute('RootResourceId');
  const byId = new Map(
    resources
      .ofType('AWS::ApiGateway::Resource')
      .map(({ ref, fields }) => [ref(), { parent: fields.text('ParentId'), part: fields.text('PathPart') }]),
  );
  return (resourceId, askedAt) => {
    const parts: string[] = [];
    for (let id = resourceId; id !== root;) {
      const resource = byId.get(id);
      if (resource === undefined) {
        throw new Error(`${askedAt}: expected a resource of the API ${api.logicalId}, got ${shown(id)}`);
      }
      if (parts.length > byId.size) {
        throw new Error(`${askedAt}: the parents of this resource of ${api.logicalId} form a circle`);
      }
      parts.unshift(resource.part);
      id = resource.parent;
    }
    return `/${parts.join('/')}`;
  };
}

function readStage(
  resources: ResolvedResources,
  apiId: string,
  options: ApiOptions,
): Pick<ApiDefinition, 'stage' | 'tracing'> {
  const stages = stagesOf(resources, (fields) => fields.optionalText('RestApiId') === apiId);
  const { name: stage = options.stage, settings } =
    stages.find(({ name }) => name === options.stage) ?? stages[0] ?? {};
  return { stage, tracing: settings?.optionalBoolean('TracingEnabled') ?? options.restApiTracing };
}
