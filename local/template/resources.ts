import { Fields } from './fields.ts';
import type { Template } from './template.ts';
import type { TemplateScope } from './template-scope.ts';

/** A resource that exists: its condition, if it has one, holds. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly fields: Fields;
  /** What `Ref` gives. */
  readonly ref: () => string;
  /** What `Fn::GetAtt` gives. */
  readonly attribute: (name: string) => string;
}

/** What the readers of each kind of resource work with. */
export interface Resources {
  readonly all: readonly Resource[];
  readonly ofType: (type: string) => readonly Resource[];
  readonly warn: (message: string) => void;
}

export const resourcesOf = (template: Template, scope: TemplateScope): Resources => {
  const all = [...template.resources.values()]
    .filter((resource) => scope.exists(resource))
    .map(({ logicalId, type, properties }): Resource => {
      const path = `Resources.${logicalId}`;
      return {
        logicalId,
        type,
        fields: new Fields(properties, `${path}.Properties`, scope),
        ref: () => String(scope.reference(logicalId, path)),
        attribute: (name) => String(scope.attribute(logicalId, name, path)),
      };
    });
  return {
    all,
    ofType: (type) => all.filter((resource) => resource.type === type),
    warn: (message) => scope.warn(message),
  };
};
