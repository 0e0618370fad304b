import type { Resource, Resources } from './resources.ts';

/**
 * Reads what a service can run without: a resource that cannot be read is left out with a warning that says where and why.
 * `read` may give several, or none.
 */
export const readOrWarn = <Definition>(
  resources: Resources,
  type: string,
  read: (resource: Resource) => readonly Definition[],
): Definition[] =>
  resources.ofType(type).flatMap((resource) => {
    try {
      return read(resource);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      resources.warn(`${resource.logicalId} (${type}) is left out: ${why}`);
      return [];
    }
  });
