import type { ApiDefinition } from './service.ts';
import { functionNameOf } from './function-reference.ts';
import type { Resource, Resources } from './resources.ts';
import type { DeployedRoute } from './routes.ts';
import { servedRoutes } from './routes.ts';
import { shown } from './template.ts';

/** An API, and what the template calls it. */
export interface DeployedApi {
  readonly logicalId: string;
  readonly definition: ApiDefinition;
}

export interface ApiOptions {
  /** The stage of an API for which the template deploys none. */
  readonly stage: string;
  /** Whether REST stages are traced where no resource of the template says so. */
  readonly restApiTracing: boolean;
  /** The functions that run here. */
  readonly functionNames: ReadonlySet<string>;
}

/** The REST APIs (API Gateway v1) of the template. */
export const readRestApis = (resources: Resources, options: ApiOptions): DeployedApi[] => {
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
      logicalId,
      definition: {
        id,
        name,
        kind: 'REST',
        ...readStage(resources, id, options),
        binaryMediaTypes: fields.list('BinaryMediaTypes').map(String),
        routes: servedRoutes(name, routes, { ...options, warn: resources.warn }),
      },
    };
  });
};

/** Ids of APIs that the template refers to, but does not contain. */
export const idsOutside = (
  apis: readonly Resource[],
  parts: readonly Resource[],
  property: 'RestApiId' | 'ApiId',
): string[] => {
  const own = new Set(apis.map((api) => api.ref()));
  return [...new Set(parts.map(({ fields }) => fields.text(property)))].filter((id) => !own.has(id));
};

const readMethod = (method: Resource['fields'], path: string): DeployedRoute => {
  const integration = method.within('Integration');
  const integrationType = integration.optionalText('Type') ?? 'NONE';
  return {
    method: method.text('HttpMethod').toUpperCase(),
    path,
    integrationType,
    authorizationType: method.optionalText('AuthorizationType') ?? 'NONE',
    ...(integrationType === 'AWS_PROXY' && { functionName: functionNameOf(integration.text('Uri')) }),
  };
};

/** Follows the parents of a resource up to the root: `/orders/{orderId}`. */
const resourcePaths = (
  resources: Resources,
  api: Resource,
): ((resourceId: string, askedAt: string) => string) => {
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
};

/** The stage is a resource of its own, or a property of the deployment: the Serverless Framework writes the latter. */
const readStage = (
  resources: Resources,
  apiId: string,
  options: ApiOptions,
): Pick<ApiDefinition, 'stage' | 'tracing'> => {
  const ofApi = ({ fields }: Resource) => fields.text('RestApiId') === apiId;
  const stages = [
    ...resources
      .ofType('AWS::ApiGateway::Stage')
      .filter(ofApi)
      .map(({ fields }) => ({ fields, settings: fields })),
    ...resources
      .ofType('AWS::ApiGateway::Deployment')
      .filter(ofApi)
      .map(({ fields }) => ({ fields, settings: fields.within('StageDescription') })),
  ].flatMap(({ fields, settings }) => {
    const stage = fields.optionalText('StageName');
    const tracing = settings.optionalBoolean('TracingEnabled') ?? options.restApiTracing;
    return stage === undefined ? [] : [{ stage, tracing }];
  });
  return (
    stages.find(({ stage }) => stage === options.stage) ??
    stages[0] ?? { stage: options.stage, tracing: options.restApiTracing }
  );
};
