/** What a REST API checks of a request by itself: keys, required parameters and the schema of its body. */
import { isObject } from '../../json.ts';
import { messageOf } from '../../message-of.ts';
import type { ResolvedFields } from '../fields.ts';
import type { ResolvedResource, ResolvedResources } from '../resources.ts';
import type { ApiKeyDefinition, RequestCheckDefinition } from '../service.ts';

/** Reads what is checked of requests for a method; undefined where nothing is. */
export type ReadRequestCheck = (method: ResolvedFields) => RequestCheckDefinition | undefined;

export function requestChecksOf(resources: ResolvedResources, apiId: string): ReadRequestCheck {
  const ofApi = (type: string) =>
    resources.ofType(type).filter(({ fields }) => fields.optionalText('RestApiId') === apiId);
  const validators = new Map(
    ofApi('AWS::ApiGateway::RequestValidator').map(({ ref, fields }) => [ref(), fields] as const),
  );
  const schemas = new Map(
    ofApi('AWS::ApiGateway::Model').map(({ ref, fields }) => [ref(), fields.value('Schema')] as const),
  );
  return (method) => {
    const validator = validators.get(method.optionalText('RequestValidatorId') ?? '');
    if (validator === undefined) return undefined;
    const parameters = validator.optionalBoolean('ValidateRequestParameters') === true;
    const body = validator.optionalBoolean('ValidateRequestBody') === true;
    const required = method.within('RequestParameters');
    const models = method.within('RequestModels');
    return {
      parameters: parameters
        ? required.names().filter((name) => required.optionalBoolean(name) === true)
        : [],
      models: body
        ? Object.fromEntries(
            models.names().flatMap((type) => {
              const schema = schemas.get(models.text(type));
              // A model that is not in the template, as `Empty`, takes every body.
              return schema === undefined ? [] : [[type, inlined(parsed(schema), schemas)]];
            }),
          )
        : {},
    };
  };
}

/** A schema may be written as text, too. */
function parsed(schema: unknown): unknown {
  if (typeof schema !== 'string') return schema;
  try {
    return JSON.parse(schema);
  } catch (cause) {
    throw new Error(`A model's Schema is no JSON: ${messageOf(cause)}`, { cause });
  }
}

const MODEL_ADDRESS = /^https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([\w]+)$/;

/** Puts models in the place of references to them, which lead to an address of AWS; a circle is cut by taking anything. */
function inlined(
  value: unknown,
  schemas: ReadonlyMap<string, unknown>,
  within: readonly string[] = [],
): unknown {
  if (Array.isArray(value)) return value.map((item) => inlined(item, schemas, within));
  if (!isObject(value)) return value;
  const name = typeof value.$ref === 'string' ? MODEL_ADDRESS.exec(value.$ref)?.[1] : undefined;
  if (name !== undefined) {
    return within.includes(name) ? {} : inlined(parsed(schemas.get(name) ?? {}), schemas, [...within, name]);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, inlined(item, schemas, within)]),
  );
}

/** The usage plans with a stage of the API. */
export function usagePlansOf(resources: ResolvedResources, apiId: string): ResolvedResource[] {
  return resources
    .ofType('AWS::ApiGateway::UsagePlan')
    .filter(({ fields }) => fields.each('ApiStages').some((stage) => stage.optionalText('ApiId') === apiId));
}

/** The keys of all usage plans with a stage of the API. A key that the template gives no value has its id for one. */
export function apiKeysOf(resources: ResolvedResources, apiId: string): ApiKeyDefinition[] {
  const plans = new Set(usagePlansOf(resources, apiId).map(({ ref }) => ref()));
  const keyIds = new Set(
    resources
      .ofType('AWS::ApiGateway::UsagePlanKey')
      .filter(({ fields }) => plans.has(fields.text('UsagePlanId')))
      .map(({ fields }) => fields.text('KeyId')),
  );
  return resources
    .ofType('AWS::ApiGateway::ApiKey')
    .filter(({ ref, fields }) => keyIds.has(ref()) && fields.optionalBoolean('Enabled') !== false)
    .map(({ logicalId, ref, fields }) => ({
      id: ref(),
      name: fields.optionalText('Name') ?? logicalId,
      value: fields.optionalText('Value') ?? ref(),
    }));
}
