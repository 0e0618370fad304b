/** Compiles a service's template without building its code: what it says of functions does not depend on what is in them. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve, sep } from 'node:path';
import type { PluginHook, Serverless } from '../serverless.ts';
import { EMPTY_ARCHIVE, SOME_IMAGE } from '../local/package-what-can-run.ts';
import { compareNoLayers } from './without-account.ts';

/** Where artifacts are built; what bundlers do before, they clean up after. */
const BUILDING = 'package:createDeploymentArtifacts';

/** Of the framework: removes the folder with the last package. */
const CLEANUP = 'package:cleanup';

/** What comes after the template is complete: it writes packages. */
const WRITING = [
  'after:package:finalize',
  ...['stripNullPropsFromTemplateResources', 'saveServiceState'].flatMap((event) =>
    ['before:', '', 'after:'].map((when) => `${when}aws:package:finalize:${event}`),
  ),
];

/**
 * In the names of plugins that build code and nothing else, by class and by package. Any other plugin may add to the
 * template where code is built, as serverless-plugin-warmup does, and runs as it does for a deployment.
 */
const BUILDERS = new RegExp(
  [
    ...[
      'bundl',
      'esbuild',
      'webpack',
      'rspack',
      'rollup',
      'rolldown',
      'parcel',
      'vite',
      'swc',
      'tsc',
      'babel',
    ],
    ...[
      'browserify',
      'typescript',
      'optimi[sz]er',
      'requirements',
      'include-?dependencies',
      'golang',
      '-go-',
    ],
    ...['rust', 'dotnet', 'haskell', 'ncc'],
  ].join('|'),
  'i',
);

/**
 * Compiles the template that a deployment would have, in the time that the framework needs by itself: nothing is bundled
 * or zipped, nothing is asked of AWS, and the folder with the last package stays as it is. An empty archive of the same name
 * stands for each artifact, so that only what is made of their content differs: the logical ids of versions.
 *
 * @throws what the framework or a plugin throws.
 */
export async function compileTemplate(serverless: Serverless): Promise<void> {
  const { hooks } = serverless.pluginManager;
  const directory = await mkdtemp(join(tmpdir(), 'lantern-template-'));
  for (const event of [`before:${BUILDING}`, `after:${BUILDING}`]) {
    hooks[event] = (hooks[event] ?? []).filter((hook) => !isBuilder(serverless, hook));
  }
  hooks[BUILDING] = [ours(() => standIn(serverless, directory))];
  hooks[CLEANUP] = [ours(() => serverless.pluginManager.spawn('aws:common:validate'))];
  for (const event of WRITING) hooks[event] = [];
  compareNoLayers(serverless);
  const restore = keepPackage(serverless);
  try {
    await serverless.pluginManager.spawn('package');
  } finally {
    restore();
    await rm(directory, { recursive: true, force: true });
  }
}

function ours(hook: () => unknown): PluginHook {
  return { pluginName: 'LanternPlugin', hook };
}

function isBuilder({ pluginManager }: Serverless, { pluginName, hook }: PluginHook): boolean {
  const plugin = pluginManager.plugins.find(({ hooks }) => Object.values(hooks ?? {}).includes(hook));
  const names = [pluginName];
  // A plugin that extends a bundler builds, too, whatever it calls itself.
  for (let at: object | null = plugin?.constructor ?? null; typeof at === 'function';) {
    const { name, _serverlessExternalPluginName: reference = '' } = at as typeof at & PluginClass;
    names.push(name, reference);
    at = Object.getPrototypeOf(at) as object | null;
  }
  return names.some((name) => BUILDERS.test(name));
}

interface PluginClass {
  /** What the framework loaded it as. */
  readonly _serverlessExternalPluginName?: string;
}

/** The framework writes the template of the first deployment as soon as it has one, into the folder of the last package. */
function keepPackage({ utils, serviceDir }: Serverless): () => void {
  const own = Object.getOwnPropertyDescriptor(utils, 'writeFileSync');
  const write = utils.writeFileSync.bind(utils);
  const folder = resolve(serviceDir, '.serverless') + sep;
  utils.writeFileSync = (path, ...rest) => {
    if (!resolve(path).startsWith(folder)) write(path, ...rest);
  };
  return () => {
    if (own === undefined) Reflect.deleteProperty(utils, 'writeFileSync');
    else Object.defineProperty(utils, 'writeFileSync', own);
  };
}

async function standIn({ service, serviceDir }: Serverless, directory: string): Promise<void> {
  /** An artifact that is there stays. */
  const archive = async (artifact: string | undefined, otherwise: string): Promise<string> => {
    if (artifact !== undefined && existsSync(resolve(serviceDir, artifact))) return artifact;
    const path = join(directory, basename(artifact ?? otherwise));
    await writeFile(path, EMPTY_ARCHIVE);
    return path;
  };
  const shared = service.package;
  for (const [key, definition] of Object.entries(service.functions)) {
    if (definition.image !== undefined) {
      definition.image = withDigest(definition.image);
      continue;
    }
    const own = definition.package;
    const isAlone = (own?.individually ?? shared?.individually) === true;
    const given = own?.artifact ?? (isAlone ? undefined : shared?.artifact);
    const artifact = await archive(given, `${isAlone ? key : service.service}.zip`);
    definition.package = { ...own, artifact };
  }
  for (const [name, layer] of Object.entries(service.layers ?? {})) {
    layer.package = { ...layer.package, artifact: await archive(layer.package?.artifact, `${name}.zip`) };
  }
}

/** An image keeps what it says of its command; its digest would be asked of AWS. */
function withDigest(image: unknown): unknown {
  return typeof image === 'object' ? { ...image, uri: SOME_IMAGE, name: undefined } : SOME_IMAGE;
}
