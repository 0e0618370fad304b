import type { Expression } from './inventory.ts';

/** A resource of a CloudFormation template, with its logical id. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly condition?: string;
}

/**
 * The resources of a compiled template, in its order.
 *
 * @throws Error when it is no CloudFormation template.
 */
export function resourcesOf(template: unknown): readonly TemplateResource[] {
  const { Resources: resources } = asObject(template);
  if (!isObject(resources)) {
    throw new Error('The compiled template has no Resources: was the service packaged before it was read?');
  }
  return Object.entries(resources).flatMap(([logicalId, value]) => {
    const { Type: type, Properties: properties, Condition: condition } = asObject(value);
    if (typeof type !== 'string') return [];
    return [
      {
        logicalId,
        type,
        properties: asObject(properties),
        ...(typeof condition === 'string' && { condition }),
      },
    ];
  });
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An empty object for anything that is none. */
export const asObject = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

/** An empty list for anything that is none. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** CloudFormation takes '5' for 5; an expression, which only the deployment can work out, counts as not set. */
export function numberOr<Fallback>(value: unknown, fallback: Fallback): number | Fallback {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && !Number.isNaN(number) ? number : fallback;
}

export const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** The text that the template gives, or else what CloudFormation says the name is. */
export const textOr = (value: unknown, otherwise: Expression): Expression =>
  typeof value === 'string' ? value : otherwise;

export const ref = (logicalId: string): Expression => ({ Ref: logicalId });
export const getAttribute = (logicalId: string, attribute: string): Expression => ({
  'Fn::GetAtt': [logicalId, attribute],
});

/** The logical id that `{ Ref }`, `{ 'Fn::GetAtt' }` or an `Fn::Sub` or `Fn::Join` around a single one of them speaks of. */
export function logicalIdIn(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const found = new Set(value.map(logicalIdIn).filter((id) => id !== undefined));
    return found.size === 1 ? [...found][0] : undefined;
  }
  if (!isObject(value)) return undefined;
  const { Ref: reference, 'Fn::GetAtt': attribute, 'Fn::Sub': substitution, 'Fn::Join': join } = value;
  if (typeof reference === 'string') return reference.startsWith('AWS::') ? undefined : reference;
  if (typeof attribute === 'string') return attribute.split('.')[0];
  if (Array.isArray(attribute)) return typeof attribute[0] === 'string' ? attribute[0] : undefined;
  if (substitution !== undefined) return inSubstitution(substitution);
  return Array.isArray(join) ? logicalIdIn(join[1]) : undefined;
}

function inSubstitution(substitution: unknown): string | undefined {
  const text = Array.isArray(substitution) ? (substitution[0] as unknown) : substitution;
  if (typeof text !== 'string') return undefined;
  const names = [...text.matchAll(/\$\{(?!AWS::)(\w+)/g)].map(([, name]) => name);
  return names.length === 1 ? names[0] : undefined;
}
