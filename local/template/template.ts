/** A CloudFormation template narrowed to what is read of it; everything inside a resource stays unresolved. */
export interface Template {
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly parameters: ReadonlyMap<string, PlainObject>;
  readonly mappings: PlainObject;
  readonly conditions: ReadonlyMap<string, unknown>;
}

export interface TemplateResource {
  readonly logicalId: string;
  /** CloudFormation's type, for example `AWS::SQS::Queue`. */
  readonly type: string;
  /** Name of the condition that decides whether the resource exists. */
  readonly condition?: string;
  readonly properties: PlainObject;
}

export type PlainObject = Readonly<Record<string, unknown>>;

export const isPlainObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How a value looks in a message: short, and never `[object Object]`. */
export const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** @throws Error when the template or one of its sections is not an object, or a resource has no type. */
export const parseTemplate = (template: unknown): Template => {
  if (!isPlainObject(template) || !isPlainObject(template.Resources)) {
    throw new Error(
      `Expected a CloudFormation template with a Resources section, got ${shown(template)}: ` +
        'pass the compiled template that "serverless package" writes',
    );
  }
  const resources = Object.entries(template.Resources).map(parseResource);
  return {
    resources: new Map(resources.map((resource) => [resource.logicalId, resource])),
    parameters: new Map(Object.entries(objectAt(template.Parameters, 'Parameters')).map(parseParameter)),
    mappings: objectAt(template.Mappings, 'Mappings'),
    conditions: new Map(Object.entries(objectAt(template.Conditions, 'Conditions'))),
  };
};

const parseResource = ([logicalId, resource]: [string, unknown]): TemplateResource => {
  const path = `Resources.${logicalId}`;
  if (!isPlainObject(resource) || typeof resource.Type !== 'string') {
    throw new Error(`${path}: expected a resource with a Type, got ${shown(resource)}`);
  }
  return {
    logicalId,
    type: resource.Type,
    properties: objectAt(resource.Properties, `${path}.Properties`),
    ...(typeof resource.Condition === 'string' && { condition: resource.Condition }),
  };
};

const parseParameter = ([name, parameter]: [string, unknown]): [string, PlainObject] => [
  name,
  objectAt(parameter, `Parameters.${name}`),
];

const objectAt = (value: unknown, path: string): PlainObject => {
  if (value === undefined || value === null) return {};
  if (!isPlainObject(value)) throw new Error(`${path}: expected an object, got ${shown(value)}`);
  return value;
};
