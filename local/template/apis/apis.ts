import type { Expression } from '../expressions.ts';
import { logicalIdIn } from '../expressions.ts';
import type { ApiResource, FunctionResource } from '../inventory.ts';
import { watched } from '../inventory.ts';
import type { ResolvedResources, WrittenResource, WrittenResources } from '../resources.ts';
import type { ApiDefinition } from '../service.ts';
import type { ApiOptions } from './api.ts';
import { apiKindOf, stagesOf } from './api.ts';
import { warnAboutUnknownAuthorizers } from './authorizers.ts';
import { httpApisToRun } from './http-apis.ts';
import { restApisToRun } from './rest-apis.ts';

/** The APIs in the order in which they get their ports: REST before HTTP. */
export function apisToRun(resources: ResolvedResources, options: ApiOptions): ApiDefinition[] {
  warnAboutUnknownAuthorizers(resources, options);
  return [...restApisToRun(resources, options), ...httpApisToRun(resources, options)];
}

/** Every stage of every API of the template. */
export function apisToWatch(
  resources: WrittenResources,
  functions: readonly FunctionResource[],
): readonly ApiResource[] {
  return resources.all.flatMap((api): readonly ApiResource[] => {
    const kind = apiKindOf(api);
    if (kind === undefined) return [];
    const stages = stagesToWatch(api, resources);
    const id = api.ref();
    return [...stages].map(([stageId, stage]) => ({
      // Most APIs have one stage, and then need no more than their own name.
      ...watched(api, stages.size === 1 ? api.logicalId : `${api.logicalId}-${stageId}`),
      name: kind === 'REST' ? restName(api) : id,
      kind,
      id,
      apiId: api.logicalId,
      functions: functionsBehind(api, resources, functions),
      stage,
    }));
  });
}

/** What the methods of a REST API and the integrations of the others call. */
function functionsBehind(
  api: WrittenResource,
  resources: WrittenResources,
  functions: readonly FunctionResource[],
): readonly string[] {
  const uris = resources
    .ofType('AWS::ApiGateway::Method', 'AWS::ApiGatewayV2::Integration')
    .filter(({ fields }) => logicalIdIn(fields.value('RestApiId') ?? fields.value('ApiId')) === api.logicalId)
    .map(({ fields }) => fields.within('Integration').value('Uri') ?? fields.value('IntegrationUri'));
  const called = new Set(uris.map((uri) => resources.functionIn(uri)?.logicalId));
  return functions.filter(({ logicalId }) => called.has(logicalId)).map(({ key }) => key);
}

/** A REST API that is imported has its name in what it is imported from. */
function restName({ fields, ref }: WrittenResource): Expression {
  const title = fields.within('Body').within('info').optionalText('title');
  return fields.optionalText('Name') ?? title ?? ref();
}

/** Names of stages by the logical id of what makes them, each once. */
function stagesToWatch(api: WrittenResource, resources: WrittenResources): ReadonlyMap<string, Expression> {
  const stages = stagesOf(
    resources,
    (fields) => logicalIdIn(fields.value('RestApiId') ?? fields.value('ApiId')) === api.logicalId,
  );
  const byName = new Map(stages.map((stage) => [JSON.stringify(stage.name), stage]));
  return new Map([...byName.values()].map(({ logicalId, name }) => [logicalId, name]));
}
