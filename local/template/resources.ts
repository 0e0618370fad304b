/** The resources of a template, for the two kinds of readers that `fields.ts` tells apart. */
import { messageOf } from '../message-of.ts';
import { functionNameOf } from './arns.ts';
import type { Expression } from './expressions.ts';
import { getAttribute, logicalIdIn, ref } from './expressions.ts';
import type { Fields } from './fields.ts';
import { ResolvedFields, WrittenFields } from './fields.ts';
import { namesOf } from './resource-types.ts';
import type { TemplateScope } from './scope.ts';
import type { Template, TemplateResource } from './template.ts';

export interface Resource<Text = unknown> {
  readonly logicalId: string;
  readonly type: string;
  readonly fields: Fields<Text>;
  /** What `Ref` gives. */
  readonly ref: () => Text;
  /** What `Fn::GetAtt` gives. */
  readonly attribute: (name: string) => Text;
  /** What the resource is called when it is deployed. */
  readonly name: () => Text;
}

/** A resource that exists: its condition, if it has one, holds. */
export interface ResolvedResource extends Resource<string> {
  readonly fields: ResolvedFields;
}

/** A resource whose references are kept. */
export interface WrittenResource extends Resource<Expression> {
  readonly fields: WrittenFields;
  /** The condition without which it is not deployed. */
  readonly condition?: string;
}

interface Resources<Of extends Resource> {
  readonly all: readonly Of[];
  readonly ofType: (...types: readonly string[]) => readonly Of[];
}

/** What is read to run the service. */
export interface ResolvedResources extends Resources<ResolvedResource> {
  readonly warn: (message: string) => void;
}

/** What is read to watch the service. */
export interface WrittenResources extends Resources<WrittenResource> {
  /** The resource that a value refers to, if the template has it. */
  readonly referredIn: (value: unknown) => WrittenResource | undefined;
  /** The function that a value speaks of: by reference, by way of one of its aliases or versions, or by name or ARN. */
  readonly functionIn: (value: unknown) => WrittenResource | undefined;
}

export function resolvedResources(template: Template, scope: TemplateScope): ResolvedResources {
  const all = [...template.resources.values()]
    .filter((resource) => scope.exists(resource))
    .map(({ logicalId, type, properties }): ResolvedResource => {
      const path = `Resources.${logicalId}`;
      const reference = (): string => String(scope.reference(logicalId, path));
      const attribute = (name: string): string => String(scope.attribute(logicalId, name, path));
      return {
        logicalId,
        type,
        fields: new ResolvedFields(properties, `${path}.Properties`, scope),
        ref: reference,
        attribute,
        name: () => {
          const from = namesOf(type).attribute;
          return from === undefined ? reference() : attribute(from);
        },
      };
    });
  return { all, ofType: byType(all), warn: (message) => scope.warn(message) };
}

export function writtenResources(resources: readonly TemplateResource[]): WrittenResources {
  const all = resources.map(({ logicalId, type, properties, condition }): WrittenResource => {
    const fields = new WrittenFields(properties);
    return {
      logicalId,
      type,
      fields,
      ...(condition !== undefined && { condition }),
      ref: () => ref(logicalId),
      attribute: (name) => getAttribute(logicalId, name),
      name: () => {
        const { property, attribute } = namesOf(type);
        const given = property === undefined ? undefined : fields.optionalText(property);
        // Where it is an expression, the resource knows what came of it.
        if (typeof given === 'string') return given;
        return attribute === undefined ? ref(logicalId) : getAttribute(logicalId, attribute);
      },
    };
  });
  const byId = new Map(all.map((resource) => [resource.logicalId, resource]));
  const ofType = byType(all);
  const referredIn = (value: unknown): WrittenResource | undefined => byId.get(logicalIdIn(value) ?? '');
  const functionIn = (value: unknown): WrittenResource | undefined => {
    if (typeof value === 'string') {
      const name = functionNameOf(value);
      return ofType(FUNCTION).find((fn) => fn.name() === name);
    }
    const referred = referredIn(value);
    if (referred?.type === 'AWS::Lambda::Alias' || referred?.type === 'AWS::Lambda::Version') {
      return functionIn(referred.fields.value('FunctionName'));
    }
    return referred?.type === FUNCTION ? referred : undefined;
  };
  return { all, ofType, referredIn, functionIn };
}

const FUNCTION = 'AWS::Lambda::Function';

function byType<Of extends Resource>(all: readonly Of[]): Resources<Of>['ofType'] {
  return (...types) => all.filter(({ type }) => types.includes(type));
}

/**
 * Reads what a service can run without: a resource that cannot be read is left out with a warning that says where and why.
 * `read` may give several, or none.
 */
export function readOrWarn<Definition>(
  resources: ResolvedResources,
  type: string,
  read: (resource: ResolvedResource) => readonly Definition[],
): Definition[] {
  return resources.ofType(type).flatMap((resource) => {
    try {
      return read(resource);
    } catch (error) {
      const why = messageOf(error);
      resources.warn(`${resource.logicalId} (${type}) is left out: ${why}`);
      return [];
    }
  });
}
