import { parseResources } from '../../local/template/index.ts';

/** The condition of each resource of a template that has one, by logical id. */
export type Conditions = ReadonlyMap<string, string>;

export function conditionsOf(template: unknown): Conditions {
  return new Map(
    parseResources(template).flatMap(({ logicalId, condition }) =>
      condition === undefined ? [] : [[logicalId, condition] as const],
    ),
  );
}
