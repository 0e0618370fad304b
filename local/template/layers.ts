/** The layers of functions: packages whose contents Lambda lays over each other below `/opt`. */
import { MAX_LAYERS, MAX_UNPACKED } from '../lambda/limits.ts';
import type { ResolvedResource, ResolvedResources } from './resources.ts';

/** A layer, as a function of the template names it. */
export interface LayerReference {
  readonly arn: string;
  /** `common` of `arn:aws:lambda:…:layer:common:3`; of what is no such ARN, the whole. */
  readonly name: string;
  /** Of the resource of the template that makes it. */
  readonly logicalId?: string;
}

/** What is known of the layers of a function where its package was unpacked. */
export interface LayersHere {
  /** ARNs of those whose contents are on this machine. */
  readonly arns: readonly string[];
  /** Names of the extensions in them. */
  readonly extensions: readonly string[];
  /** Of the code and these layers together, in bytes. */
  readonly size: number;
}

/** In the order of the template: a later layer lies over an earlier one. */
export function layersOfFunction(
  { fields }: ResolvedResource,
  resources: ResolvedResources,
): readonly LayerReference[] {
  const versions = resources.ofType('AWS::Lambda::LayerVersion');
  return fields.list('Layers').map((layer) => {
    const arn = String(layer);
    const made = versions.find((version) => version.ref() === arn);
    const [, name = arn] = /:layer:([^:]+)/.exec(arn) ?? [];
    return { arn, name, ...(made !== undefined && { logicalId: made.logicalId }) };
  });
}

/** What Lambda would refuse to deploy of a function's layers, and runs here. */
export function exceededLayerLimits(
  layers: readonly LayerReference[],
  here: LayersHere | undefined,
): string[] {
  const versionless = layers.map(({ arn }) => arn.replace(/:\d+$/, ''));
  const twice = layers.find((_, index) => versionless.indexOf(versionless[index] ?? '') !== index);
  const size = here?.size ?? 0;
  return [
    ...(layers.length > MAX_LAYERS
      ? [`has ${layers.length} layers: Lambda takes at most ${MAX_LAYERS} and refuses to deploy it`]
      : []),
    ...(twice === undefined
      ? []
      : [`has the layer ${twice.name} twice: Lambda takes one version of a layer and refuses to deploy it`]),
    ...(size > MAX_UNPACKED
      ? [
          `has code and layers of ${size} bytes, unpacked: Lambda takes at most ${MAX_UNPACKED} of both together and refuses ` +
            'to deploy it',
        ]
      : []),
  ];
}

/** Says, once for all functions that lack the same ones, which layers are not here. */
export class MissingLayers {
  /** Names of functions by the ARNs that they lack. */
  readonly #functions = new Map<string, string[]>();

  add(functionName: string, missing: readonly LayerReference[]): void {
    if (missing.length === 0) return;
    const arns = missing.map(({ arn }) => arn).join(', ');
    this.#functions.set(arns, [...(this.#functions.get(arns) ?? []), functionName]);
  }

  /** One sentence for each of them, and what to do; undefined where none is missing. */
  warning(): string | undefined {
    const sentences = Array.from(this.#functions, ([arns, names]) =>
      names.length === 1
        ? `The function ${names.join('')} runs without its layers: ${arns}`
        : `The functions ${names.join(', ')} run without their layers: ${arns}`,
    );
    if (sentences.length === 0) return undefined;
    return (
      `${sentences.join('. ')}. Name a folder or an archive (zip) of this machine for each in custom.lantern.local.layers of ` +
      'serverless.yml, or install its packages in the service; see "Layers" in docs/local.md'
    );
  }
}
