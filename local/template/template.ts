import type { JsonObject } from '../json.ts';
import { asObject, isObject } from '../json.ts';

/** A CloudFormation template narrowed to what is read of it; everything inside a resource stays as it is written. */
export interface Template {
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly parameters: ReadonlyMap<string, Properties>;
  readonly mappings: Properties;
  readonly conditions: ReadonlyMap<string, unknown>;
  readonly outputs: Properties;
}

export interface TemplateResource {
  readonly logicalId: string;
  /** CloudFormation's type, for example `AWS::SQS::Queue`. */
  readonly type: string;
  /** Name of the condition that decides whether the resource exists. */
  readonly condition?: string;
  readonly properties: Properties;
}

/** An object of the template. */
export type Properties = JsonObject;

/** How a value looks in a message: short, and never `[object Object]`. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** @throws Error when the template or one of its sections is not an object, or a resource has no type. */
export function parseTemplate(given: unknown): Template {
  const template = asWritten(given);
  const resources = parseResources(template);
  const {
    Parameters: parameters,
    Mappings: mappings,
    Conditions: conditions,
    Outputs: outputs,
  } = asObject(template);
  return {
    resources: new Map(resources.map((resource) => [resource.logicalId, resource])),
    parameters: new Map(Object.entries(objectAt(parameters, 'Parameters')).map(parseParameter)),
    mappings: objectAt(mappings, 'Mappings'),
    conditions: new Map(Object.entries(objectAt(conditions, 'Conditions'))),
    outputs: asObject(outputs),
  };
}

/**
 * The resources of a template, in its order.
 *
 * @throws Error when it is no template, or a resource has no type.
 */
export function parseResources(given: unknown): readonly TemplateResource[] {
  const template = asWritten(given);
  if (!isObject(template) || !isObject(template.Resources)) {
    throw new Error(
      `Expected a CloudFormation template with a Resources section, got ${shown(template)}: ` +
        'pass the compiled template that "serverless package" writes',
    );
  }
  return Object.entries(template.Resources).map(parseResource);
}

/** As it is deployed: plugins put objects into it that become references when they are written, as slic-watch does. */
function asWritten(template: unknown): unknown {
  return isObject(template) ? JSON.parse(JSON.stringify(template)) : template;
}

function parseResource([logicalId, resource]: [string, unknown]): TemplateResource {
  const path = `Resources.${logicalId}`;
  if (!isObject(resource) || typeof resource.Type !== 'string') {
    throw new Error(`${path}: expected a resource with a Type, got ${shown(resource)}`);
  }
  return {
    logicalId,
    type: resource.Type,
    properties: objectAt(resource.Properties, `${path}.Properties`),
    ...(typeof resource.Condition === 'string' && { condition: resource.Condition }),
  };
}

function parseParameter([name, parameter]: [string, unknown]): [string, Properties] {
  return [name, objectAt(parameter, `Parameters.${name}`)];
}

function objectAt(value: unknown, path: string): Properties {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new Error(`${path}: expected an object, got ${shown(value)}`);
  return value;
}
