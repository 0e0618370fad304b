/** What the framework asks AWS before and while it compiles a template, answered without an account. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Serverless } from '../serverless.ts';

/** Keeps the framework from asking AWS whether a layer has changed since the last deployment: it counts as changed. */
export function compareNoLayers({ pluginManager }: Pick<Serverless, 'pluginManager'>): void {
  for (const plugin of pluginManager.plugins) {
    if (plugin.compareWithLastLayer !== undefined) plugin.compareWithLastLayer = () => Promise.resolve();
  }
}

/** Variables of `serverless.yml` that the framework asks AWS for, and the service that it asks. */
const SOURCES = { ssm: 'ssm', cf: 'cloudformation', s3: 's3', aws: 'sts' } as const;

type SourceName = keyof typeof SOURCES;

interface Question {
  readonly address?: unknown;
  readonly params?: readonly string[] | undefined;
}

interface Source {
  resolve(question: Question): Promise<{ value: unknown }>;
}

export interface StandInOptions {
  /** Whether AWS is asked for what the settings do not say. Where it does not answer, the placeholder stands. */
  readonly asksAws: (service: string) => boolean;
  /** What `${aws:accountId}` gives. */
  readonly accountId: string;
  /** What services export that run on this machine, by the same keys. Asked for once, with the first value that is not set. */
  readonly exported: () => Promise<Readonly<Record<string, unknown>>>;
}

/** What stands for values of AWS that are not set: the framework resolves variables before any command runs. */
export class StandInValues {
  readonly #serverless: Serverless;
  readonly #options: StandInOptions;
  readonly #missing = new Set<string>();
  #exported: Promise<Readonly<Record<string, unknown>>> | undefined;

  constructor(serverless: Serverless, options: StandInOptions) {
    this.#serverless = serverless;
    this.#options = options;
  }

  /** Keys of what was asked for and not set, for example `ssm:/shop/key`. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /**
   * Takes the place of the framework's own sources, which are loaded after the plugins. A framework that keeps them elsewhere asks
   * AWS, as it would without this.
   */
  install(): void {
    const { cache, load } = frameworkOf(this.#serverless);
    for (const name of Object.keys(SOURCES) as SourceName[]) {
      const path = load(`lib/configuration/variables/sources/instance-dependent/get-${name}.js`);
      const module = path === undefined ? undefined : cache[path];
      if (module === undefined) continue;
      const original = module.exports as (serverless: Serverless) => Source;
      module.exports = (serverless: Serverless): Source => ({
        resolve: (question) => this.#resolve(name, question, original(serverless)),
      });
    }
  }

  async #resolve(name: SourceName, question: Question, original: Source): Promise<{ value: unknown }> {
    const { address, params } = question;
    // A mistake in the variable itself is the framework's to say; the region is in the settings already.
    if (typeof address !== 'string' || (name === 'cf' && !address.includes('.')))
      return original.resolve(question);
    if (name === 'aws' && address !== 'accountId') return original.resolve(question);
    const key = `${name}:${address}`;
    const values = this.#serverless.configurationInput?.custom?.lantern?.local?.values ?? {};
    const region = params?.find((param) => param !== 'raw' && param !== 'noDecrypt');
    for (const candidate of [`${name}(${region ?? ''}):${address}`, key]) {
      if (Object.hasOwn(values, candidate)) return { value: values[candidate] };
    }
    if (name === 'aws') return { value: this.#options.accountId };
    const exported = await (this.#exported ??= this.#options.exported());
    if (Object.hasOwn(exported, key)) return { value: exported[key] };
    if (this.#options.asksAws(SOURCES[name])) {
      try {
        return await original.resolve(question);
      } catch {
        // No credentials, no network: what is not known is listed.
      }
    }
    if (this.#hasFallback(name, address)) return { value: null };
    this.#missing.add(key);
    return { value: `lantern-unresolved:${key}` };
  }

  /** Whether every place that asks for it says what to take instead. */
  #hasFallback(name: SourceName, address: string): boolean {
    const places = [...(this.#serverless.variablesMeta?.values() ?? [])]
      .flatMap(({ variables = [] }) => variables)
      .flatMap(({ sources = [] }) => {
        const at = sources.findIndex((source) => source.type === name && source.address?.value === address);
        return at === -1 ? [] : [at < sources.length - 1];
      });
    return places.length > 0 && places.every(Boolean);
  }
}

/** Where the framework's modules are: that of the class whose instance this is says it, whatever command was called. */
function frameworkOf(serverless: Serverless) {
  const require = createRequire(import.meta.url);
  const [file] =
    Object.entries(require.cache).find(([, module]) => module?.exports === serverless.constructor) ?? [];
  const load = (path: string): string | undefined => {
    if (file === undefined) return undefined;
    try {
      const found = join(file, '../..', path);
      require(found);
      return found;
    } catch {
      return undefined;
    }
  };
  return { cache: require.cache, load };
}

/**
 * Whether this machine gives credentials of AWS, as far as can be seen: to look further takes clients of AWS seconds where there
 * are none.
 */
export function seemsToHaveCredentials(
  environment: NodeJS.ProcessEnv = process.env,
  home = homedir(),
): boolean {
  const has = (name: string): boolean => (environment[name] ?? '') !== '';
  return (
    ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'].some(has) ||
    ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'].some(has) ||
    existsSync(environment['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws/credentials')) ||
    existsSync(environment['AWS_CONFIG_FILE'] ?? join(home, '.aws/config'))
  );
}

/**
 * For a client of a service that runs on this machine, where nobody has credentials: any will do there, but the client wants some.
 * Nothing otherwise.
 *
 * @param service as variables have it, for example `CLOUDWATCH`
 */
export function credentialsOnThisMachine(
  service: string,
  profile: string | undefined,
): { readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } } {
  const endpoint = process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env['AWS_ENDPOINT_URL'] ?? '';
  const { hostname = '' } = URL.parse(endpoint) ?? {};
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (!isHere || profile !== undefined || seemsToHaveCredentials()) return {};
  return { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

/** What is said of values that are not set; undefined when all are. */
export function missingValuesNotice(missing: readonly string[]): string | undefined {
  if (missing.length === 0) return undefined;
  return (
    `Only AWS knows ${missing.join(', ')}: placeholders that begin with lantern-unresolved: stand for them. Set them by these ` +
    'names in custom.lantern.local.values of serverless.yml; see "Values that only AWS has" in docs/local.md.'
  );
}
