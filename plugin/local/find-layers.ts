/** Where the contents of layers are on this machine: what the framework has packed of the service's own, and what the settings name. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Serverless } from '../serverless.ts';

/** A layer as a function of the template names it. */
interface NamedLayer {
  readonly arn: string;
  readonly name: string;
  readonly logicalId?: string;
}

export interface FoundLayer {
  readonly arn: string;
  /** A folder, or an archive. */
  readonly path: string;
  /** Of the service's own that is packed of a folder: its key in serverless.yml. */
  readonly packedAs?: string;
}

export interface FoundLayers {
  /** By deployed name of each function, in its order; those that are not here are left out. */
  readonly found: ReadonlyMap<string, readonly FoundLayer[]>;
  /** Why a function has no layer that is to be here, by deployed name. */
  readonly problems: ReadonlyMap<string, string>;
  /** What is in the settings and no function has, in sentences. */
  readonly unused: readonly string[];
}

/**
 * @param used layers of the functions that can run here, by deployed name.
 * @param settings `custom.lantern.local.layers`.
 * @param packing why the framework could not pack layers of the service, by key.
 */
export function findLayers(
  { service, serviceDir }: Pick<Serverless, 'service' | 'serviceDir'>,
  used: ReadonlyMap<string, { readonly layers: readonly NamedLayer[] }>,
  settings: Readonly<Record<string, string>>,
  packing: ReadonlyMap<string, string>,
): FoundLayers {
  const problems = new Map<string, string>();
  const matched = new Set<string>();
  const find = (layer: NamedLayer): FoundLayer | { readonly problem: string } | undefined => {
    const setting = namesOf(layer).find((name) => Object.hasOwn(settings, name));
    if (setting !== undefined) {
      matched.add(setting);
      const path = resolve(serviceDir, settings[setting] ?? '');
      if (existsSync(path)) return { arn: layer.arn, path };
      return {
        problem:
          `its layer ${layer.name} is to be ${path}, and there is neither a folder nor an archive. Correct ` +
          `custom.lantern.local.layers.${setting} in serverless.yml`,
      };
    }
    if (layer.logicalId === undefined) return undefined;
    const [key, own] = Object.entries(service.layers ?? {}).find(
      ([each, { name = each }]) => name === layer.name,
    ) ?? [''];
    if (own === undefined) return undefined;
    const problem = packing.get(key);
    if (problem !== undefined) return { problem };
    const path = resolve(serviceDir, own.package?.artifact ?? join('.serverless', `${key}.zip`));
    return { arn: layer.arn, path, ...(own.path !== undefined && { packedAs: key }) };
  };
  const found = new Map<string, readonly FoundLayer[]>();
  for (const [functionName, { layers }] of used) {
    const here: FoundLayer[] = [];
    for (const layer of layers) {
      const result = find(layer);
      if (result === undefined) continue;
      if ('problem' in result) problems.set(functionName, result.problem);
      else here.push(result);
    }
    if (here.length > 0) found.set(functionName, here);
  }
  const unused = Object.keys(settings).filter((name) => !matched.has(name));
  return { found, problems, unused: unused.map((name) => unusedSetting(name, used)) };
}

/** What a layer can be called in the settings, the most exact first. */
function namesOf({ arn, name, logicalId }: NamedLayer): string[] {
  return [
    arn,
    arn.replace(/(:layer:[^:]+):\d+$/, '$1'),
    name,
    ...(logicalId === undefined ? [] : [logicalId]),
  ];
}

function unusedSetting(
  name: string,
  used: ReadonlyMap<string, { readonly layers: readonly NamedLayer[] }>,
): string {
  const arns = new Set([...used.values()].flatMap(({ layers }) => layers.map(({ arn }) => arn)));
  const known = arns.size === 0 ? 'no function has layers' : `the functions have ${[...arns].join(', ')}`;
  return `custom.lantern.local.layers.${name}: no function that runs here has such a layer; ${known}`;
}
