/**
 * A packaged service as one process hands it to another: all that is needed to read its template, as JSON. Where it runs decides how
 * it is read, for ports and what other services export are known there alone.
 */
import type { AuthorizerSettings } from '../template/apis/authorizers.ts';
import { PLACEHOLDER } from '../template/intrinsics.ts';
import type { ReadServiceResult } from '../template/read-service.ts';
import { readLayers, readService } from '../template/read-service.ts';
import type { LayersHere } from '../template/layers.ts';

type ByName<Value> = Readonly<Record<string, Value>>;

export interface ServiceSource {
  readonly name: string;
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
  /** Of the service: where its own sources lie. */
  readonly directory: string;
  /** As the framework compiled it. */
  readonly template: unknown;
  /** The unpacked package of each function, by deployed name. */
  readonly codeDirectories: ByName<string>;
  /** Why there is none, by deployed name. */
  readonly packageProblems: ByName<string>;
  /** What lies around the package of each function that has layers on this machine, by deployed name. */
  readonly layers: ByName<LayersHere>;
  /** Keys of `serverless.yml` by deployed name. */
  readonly functionKeys: ByName<string>;
  readonly restApiTracing: boolean;
  /** Whether it is traced although it says nothing of tracing. */
  readonly traceUnasked: boolean;
  readonly authorizers: ByName<AuthorizerSettings>;
  /** `custom.lantern.local.values`. */
  readonly values: ByName<unknown>;
  /** Keys of the placeholders that the framework put into the template: `cf:orders-dev.QueueUrl`. */
  readonly missing: readonly string[];
  readonly tryThis: readonly string[];
  readonly lowerCaseHeaders: boolean;
}

export interface Surroundings {
  readonly queueUrlOf: (queueName: string) => string;
  /** Of each API of the service, by its place in it. */
  readonly apiPort: (index: number) => number;
  /** What the services that run export. */
  readonly exports: ByName<string>;
  /** Keys that functions of other services have: on the page they are told apart by the service's name. */
  readonly takenKeys: ReadonlySet<string>;
}

/** @throws Error for people, for a template that cannot be read: see `readService`. */
export function readSource(source: ServiceSource, surroundings: Surroundings): ReadServiceResult {
  const { queueUrlOf, apiPort, exports, takenKeys } = surroundings;
  const { name: serviceName, codeDirectories, packageProblems, layers, functionKeys } = source;
  const values = { ...exports, ...source.values };
  return readService({
    ...source,
    serviceName,
    template: filledIn(source, values),
    codeDirectoryOf: ({ name }) => codeDirectories[name] ?? source.directory,
    packageProblemOf: (name) => packageProblems[name],
    layersHereOf: (name) => layers[name],
    functionKeyOf: (name) => {
      const key = functionKeys[name] ?? name;
      return takenKeys.has(key) ? `${serviceName}/${key}` : key;
    },
    queueUrlOf,
    endpointOf: (index) => `http://127.0.0.1:${apiPort(index)}`,
    values,
  });
}

/**
 * The layers of the functions of a packaged service, by deployed name: what is to be known before its packages are unpacked.
 *
 * @param exports what the services that run export.
 * @throws Error for people, for a template that cannot be read.
 */
export function layersOfSource(
  source: Pick<ServiceSource, 'name' | 'stage' | 'region' | 'accountId' | 'template' | 'missing' | 'values'>,
  exports: ByName<string>,
): ReturnType<typeof readLayers> {
  const values = { ...exports, ...source.values };
  return readLayers({
    ...source,
    serviceName: source.name,
    template: filledIn(source, values),
    // No layer is named after the address of a queue.
    queueUrlOf: (name) => name,
    values,
  });
}

/** For a regular expression. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** The template with values in the place of the placeholders that the framework wrote before they were known. */
function filledIn(
  { template, missing }: Pick<ServiceSource, 'template' | 'missing'>,
  values: ByName<unknown>,
): unknown {
  // Of two keys of which one begins with the other, the longer is what was written.
  const known = [...missing].sort((one, other) => other.length - one.length);
  if (!known.some((key) => Object.hasOwn(values, key))) return template;
  const pattern = new RegExp(`${PLACEHOLDER}(${known.map(escaped).join('|')})`, 'g');
  const fill = (text: string): string =>
    text.replaceAll(pattern, (placeholder, key: string) =>
      Object.hasOwn(values, key) ? String(values[key]) : placeholder,
    );
  return JSON.parse(JSON.stringify(template), (_, value: unknown) =>
    typeof value === 'string' ? fill(value) : value,
  );
}
