/** Packages a service for this machine: a function whose package cannot be had here does not keep the others from running. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { obstacleOfRuntime } from 'lambda-lantern-local/template';
import { compareNoLayers } from '../packaging/without-account.ts';
import type { PluginHook, Serverless } from '../serverless.ts';

export interface PackageProblems {
  /** Why a function has no package here, by its deployed name. */
  readonly functions: ReadonlyMap<string, string>;
  /** Why a layer of the service has none, by its key in serverless.yml. */
  readonly layers: ReadonlyMap<string, string>;
}

/** An archive of nothing: the record that ends every zip file, and no entry before it. */
export const EMPTY_ARCHIVE: Uint8Array = Buffer.concat([
  Buffer.from('PK\x05\x06', 'latin1'),
  Buffer.alloc(18),
]);

/** The framework asks AWS for the digest of an image that has none. */
export const SOME_IMAGE = `000000000000.dkr.ecr.us-east-1.amazonaws.com/not-run-locally@sha256:${'0'.repeat(64)}`;

/** The event at which code is packaged, by bundlers before and the framework itself. */
const PACKAGING = 'package:createDeploymentArtifacts';

/**
 * Packages the service as for a deployment, with something empty in the place of what the framework would refuse the whole
 * service for, or look for in an account of AWS: container images, artifacts that are no files of this machine, and layers of
 * folders that are none. So it is for packages of functions that do not run here: they hold what lies in the service where nothing
 * is bundled, installed packages and all, and take minutes to write.
 *
 * @param run what packages; `package`, as the command, without it.
 * @throws what the framework or a bundler throws
 */
export async function packageWhatCanRun(
  serverless: Serverless,
  run = () => serverless.pluginManager.spawn('package'),
): Promise<PackageProblems> {
  let problems: PackageProblems = { functions: new Map(), layers: new Map() };
  const directory = await mkdtemp(join(tmpdir(), 'lantern-package-'));
  const hooks = (serverless.pluginManager.hooks[`before:${PACKAGING}`] ??= []);
  const archive = join(directory, 'empty.zip');
  // The last of these hooks: artifacts that other plugins build are there.
  const own: PluginHook = {
    pluginName: 'LanternPlugin',
    hook: () => {
      problems = { functions: standIn(serverless, archive), layers: standInForLayers(serverless, archive) };
    },
  };
  hooks.push(own);
  // What only a deployment reads takes long to write where there are many functions.
  serverless.pluginManager.hooks['aws:package:finalize:saveServiceState'] = [];
  try {
    await writeFile(archive, EMPTY_ARCHIVE);
    compareNoLayers(serverless);
    await run();
    return problems;
  } finally {
    hooks.splice(hooks.indexOf(own), 1);
    await rm(directory, { recursive: true, force: true });
  }
}

/** Packages a service once more, as often as it is asked to, and leaves the template alone. */
export interface Packager {
  /** The code of the functions. Layers stay as they are. */
  readonly functions: () => Promise<PackageProblems>;
  /** A layer that is packed of a folder, by its key. @throws what the framework throws */
  readonly layer: (key: string) => Promise<void>;
}

/**
 * What packages a service again: to be had before it is packaged, because bundlers and the framework note what they have
 * packaged in the place of what serverless.yml says.
 */
export function packagerOf(serverless: Serverless): Packager {
  const { service } = serverless;
  const ofLayers = Object.entries(service.layers ?? {}).map(
    ([key, layer]) => [key, structuredClone(layer.package)] as const,
  );
  const shared = structuredClone(service.package);
  const settings = { ...service.custom };
  const own = Object.entries(service.functions).map(
    ([key, definition]) => [key, structuredClone(definition.package), definition.image] as const,
  );
  const functions = async (): Promise<PackageProblems> => {
    for (const plugin of serverless.pluginManager.plugins) {
      // serverless-esbuild would go on with contexts of esbuild that it has disposed of.
      if ('buildCache' in plugin) plugin.buildCache = {};
      // serverless-plugin-typescript would have the sources packaged in the place of what it compiles.
      if ('originalServicePath' in plugin) plugin.originalServicePath = undefined;
    }
    // serverless-bundle would refuse the settings that it has made for serverless-webpack.
    service.custom = { ...settings };
    service.package = structuredClone(shared);
    for (const [key, packaging, image] of own) {
      const definition = service.functions[key];
      if (definition === undefined) continue;
      definition.package = structuredClone(packaging);
      definition.image = image;
    }
    return packageWhatCanRun(serverless, async () => {
      const { hooks } = serverless.pluginManager;
      // Functions that a plugin makes itself (serverless-plugin-warmup) are written again before, and removed after it.
      for (const event of [
        'after:package:initialize',
        `before:${PACKAGING}`,
        PACKAGING,
        `after:${PACKAGING}`,
      ])
        for (const { hook } of hooks[event] ?? []) await hook();
    });
  };
  const layer = async (key: string): Promise<void> => {
    const packaging = serverless.pluginManager.plugins.find((plugin) => plugin.packageLayer !== undefined);
    const own = service.layers?.[key];
    if (packaging?.packageLayer === undefined || own === undefined) return;
    const before = own.package;
    try {
      // Where it has an archive, the framework would take that.
      own.package = structuredClone(new Map(ofLayers).get(key) ?? {});
      await packaging.packageLayer(key);
    } catch (error) {
      own.package = before;
      throw error;
    }
  };
  return { functions, layer };
}

/** Whether something between the sources and the packages may make other files of them: a bundler, for one. */
export function isBundled({ pluginManager: { hooks } }: Pick<Serverless, 'pluginManager'>): boolean {
  const others = [`before:${PACKAGING}`, PACKAGING, `after:${PACKAGING}`].flatMap(
    (event) => hooks[event] ?? [],
  );
  return others.some(({ pluginName }) => pluginName !== 'Package' && pluginName !== 'LanternPlugin');
}

function standIn({ service, serviceDir }: Serverless, archive: string): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  const shared = service.package?.artifact;
  const sharedProblem = artifactProblem(shared, serviceDir, 'package.artifact');
  if (service.package !== undefined && sharedProblem !== undefined) service.package.artifact = archive;
  for (const [key, definition] of Object.entries(service.functions)) {
    const name = definition.name ?? key;
    if (definition.image !== undefined) {
      definition.image = SOME_IMAGE;
      problems.set(name, 'it is packaged as a container image');
      continue;
    }
    const own = definition.package?.artifact;
    // Without one the framework takes a Node.js runtime.
    const runtime = definition.runtime ?? service.provider.runtime;
    const obstacle = runtime === undefined ? undefined : obstacleOfRuntime(runtime);
    const isAlone = (definition.package?.individually ?? service.package?.individually) === true;
    if (obstacle !== undefined && own === undefined && isAlone) {
      problems.set(name, obstacle);
      definition.package = { ...definition.package, artifact: archive };
      continue;
    }
    const setting = `functions.${key}.package.artifact`;
    const problem = own === undefined ? sharedProblem : artifactProblem(own, serviceDir, setting);
    if (problem === undefined) continue;
    problems.set(name, problem);
    if (own !== undefined) definition.package = { ...definition.package, artifact: archive };
  }
  return problems;
}

function standInForLayers({ service, serviceDir }: Serverless, archive: string): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const [key, layer] of Object.entries(service.layers ?? {})) {
    const { artifact } = layer.package ?? {};
    const missing = [
      ['package.artifact', artifact],
      ['path', artifact === undefined ? layer.path : undefined],
    ].find(([, path]) => path !== undefined && !existsSync(resolve(serviceDir, path)));
    if (missing === undefined) continue;
    const [setting = '', path = ''] = missing;
    problems.set(
      key,
      `its layer ${key} is to be made of ${path}, which is not on this machine. Build it, or correct layers.${key}.${setting} in ` +
        'serverless.yml, and start again',
    );
    layer.package = { ...layer.package, artifact: archive };
  }
  return problems;
}

function artifactProblem(
  artifact: string | undefined,
  serviceDir: string,
  setting: string,
): string | undefined {
  if (artifact === undefined || existsSync(resolve(serviceDir, artifact))) return undefined;
  return (
    `its package ${artifact} is no file of this machine. Build it, or correct ${setting} in ` +
    'serverless.yml, and start again'
  );
}

/** The package of each function, by deployed name: its own, or the one of the whole service. */
export function packagesOf(
  { service, serviceDir }: Pick<Serverless, 'service' | 'serviceDir'>,
  known: ReadonlyMap<string, string>,
): { readonly found: ReadonlyMap<string, string>; readonly problems: ReadonlyMap<string, string> } {
  const problems = new Map(known);
  const found = new Map<string, string>();
  for (const [key, definition] of Object.entries(service.functions)) {
    const name = definition.name ?? key;
    if (problems.has(name)) continue;
    const candidates = [
      definition.package?.artifact,
      service.package?.artifact,
      join('.serverless', `${key}.zip`),
      join('.serverless', `${service.service}.zip`),
    ]
      .filter((path) => path !== undefined)
      .map((path) => resolve(serviceDir, path));
    const archive = candidates.find((path) => existsSync(path));
    if (archive !== undefined) found.set(name, archive);
    else problems.set(name, `its package was not built; looked at: ${candidates.join(', ')}`);
  }
  return { found, problems };
}
