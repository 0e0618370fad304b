import { functionNameOf } from '../arns.ts';
import type { Fields, ResolvedFields } from '../fields.ts';
import type { ResolvedResource, ResolvedResources } from '../resources.ts';
import type { ApiDefinition, GatewayResponseDefinition, MockDefinition } from '../service.ts';
import { shown } from '../template.ts';
import type { ApiOptions, DeployedRoute } from './api.ts';
import { idsOutside, servedRoutes, stagesOf, warnAboutStage } from './api.ts';
import type { Authorizers } from './authorizers.ts';
import { accessOf, restAuthorizers, warnAboutAccess } from './authorizers.ts';
import { apiKeysOf, requestChecksOf, usagePlansOf } from './request-checks.ts';
import type { ReadRequestCheck } from './request-checks.ts';

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
    const authorizers = restAuthorizers(resources, id, options);
    const readCheck = requestChecksOf(resources, id);
    const deployed = methods
      .filter((method) => method.fields.text('RestApiId') === id)
      .map(({ fields: method }) => {
        const path = pathOf(method.text('ResourceId'), method.pathOf('ResourceId'));
        return readMethod(method, path, authorizers, readCheck);
      });
    const mocks = deployed.flatMap(({ mock }) => (mock === undefined ? [] : [mock]));
    warnAboutAccess(name, mocks, resources.warn);
    const routes = deployed.flatMap(({ mock, route }) => (mock === undefined ? [route] : []));
    const gatewayResponses = gatewayResponsesOf(resources, id);
    const apiKeys = apiKeysOf(resources, id);
    const stage = readStage(resources, id, options);
    warnAboutSettings(resources, api, name, stage.settings);
    return {
      id,
      name,
      kind: 'REST',
      stage: stage.name,
      tracing: stage.settings?.optionalBoolean('TracingEnabled') ?? options.restApiTracing,
      binaryMediaTypes: fields.list('BinaryMediaTypes').map(String),
      routes: servedRoutes(name, routes, { ...options, warn: resources.warn }),
      ...(mocks.length > 0 && { mocks }),
      ...(Object.keys(gatewayResponses).length > 0 && { gatewayResponses }),
      ...(apiKeys.length > 0 && { apiKeys }),
    };
  });
}

/** A method as deployed, and what answers it where that is a mock integration. */
function readMethod(
  method: ResolvedFields,
  path: string,
  authorizers: Authorizers,
  readCheck: ReadRequestCheck,
): { readonly route: DeployedRoute; readonly mock?: MockDefinition } {
  const integration = method.within('Integration');
  const integrationType = integration.optionalText('Type') ?? 'NONE';
  const requestCheck = readCheck(method);
  const served = {
    method: method.text('HttpMethod').toUpperCase(),
    path,
    ...accessOf(method, authorizers),
    ...(method.optionalBoolean('ApiKeyRequired') === true && { apiKeyRequired: true }),
    ...(requestCheck !== undefined && { requestCheck }),
  };
  const route: DeployedRoute = {
    ...served,
    integrationType,
    ...(integrationType === 'AWS_PROXY' && { functionName: functionNameOf(integration.text('Uri')) }),
  };
  if (integrationType !== 'MOCK') return { route };
  return {
    route,
    mock: {
      ...served,
      requestTemplates: textsIn(integration.within('RequestTemplates')),
      responses: integration.each('IntegrationResponses').map((response) => {
        const selectionPattern = response.optionalText('SelectionPattern');
        return {
          status: response.optionalNumber('StatusCode') ?? 200,
          ...(selectionPattern !== undefined && selectionPattern !== '' && { selectionPattern }),
          headers: headersIn(response, 'method.response.header.'),
          templates: textsIn(response.within('ResponseTemplates')),
        };
      }),
    },
  };
}

function gatewayResponsesOf(
  resources: ResolvedResources,
  apiId: string,
): Record<string, GatewayResponseDefinition> {
  return Object.fromEntries(
    resources
      .ofType('AWS::ApiGateway::GatewayResponse')
      .filter(({ fields }) => fields.optionalText('RestApiId') === apiId)
      .map(({ fields }) => {
        const status = fields.optionalNumber('StatusCode');
        return [
          fields.text('ResponseType'),
          {
            ...(status !== undefined && { status }),
            headers: headersIn(fields, 'gatewayresponse.header.'),
            templates: textsIn(fields.within('ResponseTemplates')),
          },
        ];
      }),
  );
}

/** Expressions by header, of `ResponseParameters`; what is set of other things than headers changes nothing. */
function headersIn(fields: ResolvedFields, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(textsIn(fields.within('ResponseParameters'))).flatMap(([name, expression]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), expression]] : [],
    ),
  );
}

function textsIn(fields: ResolvedFields): Record<string, string> {
  return Object.fromEntries(fields.names().map((name) => [name, fields.optionalText(name) ?? '']));
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

function readStage(resources: ResolvedResources, apiId: string, options: ApiOptions) {
  const stages = stagesOf(resources, (fields) => fields.optionalText('RestApiId') === apiId);
  const { name = options.stage, settings } =
    stages.find((stage) => stage.name === options.stage) ?? stages[0] ?? {};
  return { name, settings };
}

/** Names what AWS does with requests by settings of the API, and nothing here does. */
function warnAboutSettings(
  resources: ResolvedResources,
  { fields, ref }: ResolvedResource,
  name: string,
  stage: Fields<string> | undefined,
): void {
  // The framework writes an empty text where there is none.
  const policy = fields.value('Policy') ?? '';
  if (policy !== '') resources.warn(`${name} serves everyone: its resource policy is not checked locally`);
  if (fields.has('MinimumCompressionSize'))
    resources.warn(`${name} compresses no answers locally, whatever MinimumCompressionSize says`);
  if (stage !== undefined) warnAboutStage(name, stage, resources.warn);
  const counting = usagePlansOf(resources, ref()).filter((plan) =>
    ['Throttle', 'Quota'].some((limit) => plan.fields.has(limit)),
  );
  if (counting.length > 0) {
    const plans = counting.map(
      ({ logicalId, fields: plan }) => plan.optionalText('UsagePlanName') ?? logicalId,
    );
    resources.warn(
      `${name} refuses no requests for the throttling and the quotas of ${plans.join(', ')}: they are not counted locally`,
    );
  }
}
