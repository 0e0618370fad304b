import type { ApiResource, Expression } from './inventory.ts';
import type { TemplateResource } from './template.ts';
import { asObject, logicalIdIn, ref, textOr } from './template.ts';

/** Every stage of every API of the template. */
export function readApis(resources: readonly TemplateResource[]): readonly ApiResource[] {
  return resources.flatMap((api): readonly ApiResource[] => {
    const kind = kindOf(api);
    if (kind === undefined) return [];
    const { logicalId, properties } = api;
    const id = ref(logicalId);
    const stages = stagesOf(logicalId, resources);
    return stages.map(({ stageId, stage }) => ({
      logicalId,
      // Most APIs have one stage, and then need no more than their own name.
      key: stages.length === 1 ? logicalId : `${logicalId}-${stageId}`,
      name: kind === 'REST' ? restName(properties, id) : id,
      kind,
      id,
      stage,
    }));
  });
}

function kindOf({ type, properties }: TemplateResource): ApiResource['kind'] | undefined {
  if (type === 'AWS::ApiGateway::RestApi') return 'REST';
  if (type !== 'AWS::ApiGatewayV2::Api') return undefined;
  return properties.ProtocolType === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP';
}

/** A REST API that is imported has its name in what it is imported from. */
function restName(properties: Readonly<Record<string, unknown>>, id: Expression): Expression {
  const title = asObject(asObject(properties.Body).info).title;
  const name = properties.Name ?? title;
  return typeof name === 'object' && name !== null ? (name as Expression) : textOr(name, id);
}

const STAGE_TYPES = new Set([
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGatewayV2::Stage',
]);

function stagesOf(
  apiId: string,
  resources: readonly TemplateResource[],
): ReadonlyArray<{ readonly stageId: string; readonly stage: Expression }> {
  const found = new Map<string, { readonly stageId: string; readonly stage: Expression }>();
  for (const { logicalId, type, properties } of resources) {
    const { StageName: name } = properties;
    const api = logicalIdIn(properties.RestApiId ?? properties.ApiId);
    if (!STAGE_TYPES.has(type) || api !== apiId || name === undefined || name === null) continue;
    found.set(JSON.stringify(name), { stageId: logicalId, stage: name as Expression });
  }
  return [...found.values()];
}
