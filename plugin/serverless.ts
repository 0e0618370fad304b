import type { LanternSettings } from './settings/settings.ts';

/** The part of the Serverless Framework that the plugin uses; `osls` ships no types. */
export interface Serverless {
  readonly service: {
    readonly service: string;
    readonly provider: {
      readonly runtime?: string;
      readonly profile?: string;
      readonly stackTags?: Readonly<Record<string, unknown>>;
      readonly tracing?: { readonly apiGateway?: boolean; readonly lambda?: unknown };
      readonly compiledCloudFormationTemplate?: unknown;
    };
    package?: ServerlessPackage | undefined;
    readonly functions: Readonly<Record<string, ServerlessFunction>>;
    readonly layers?: Readonly<Record<string, ServerlessLayer>>;
    custom?: { readonly lantern?: LanternSettings };
  };
  readonly serviceDir: string;
  /** The name of serverless.yml, however it is called here; undefined where there is none. */
  readonly configurationFilename?: string;
  /** `serverless.yml`, with those variables in place that are resolved by now. */
  readonly configurationInput?: { readonly custom?: { readonly lantern?: LanternSettings } };
  /** What is not resolved yet, by path. */
  readonly variablesMeta?: ReadonlyMap<string, UnresolvedValue>;
  readonly processedInput?: { readonly commands: readonly string[] };
  getProvider(name: 'aws'): { getStage(): string; getRegion(): string };
  readonly pluginManager: {
    spawn(command: string): Promise<void>;
    /** What runs at each event of a command, in this order. */
    readonly hooks: Record<string, PluginHook[]>;
    /** All that are loaded, those of the framework first. */
    readonly plugins: readonly LoadedPlugin[];
  };
  readonly utils: { writeFileSync: (path: string, ...rest: unknown[]) => void };
  readonly configSchemaHandler: { defineCustomProperties(schema: object): void };
  /** An error for people: the command line prints its message and no stack. */
  readonly classes: { readonly Error: new (message: string, code?: string) => Error };
}

export interface UnresolvedValue {
  readonly variables?: ReadonlyArray<{
    /** In the order in which they are asked. */
    readonly sources?: ReadonlyArray<{
      readonly type?: string;
      readonly address?: { readonly value?: unknown };
    }>;
  }>;
}

export interface ServerlessFunction {
  /** The deployed name. */
  readonly name?: string;
  /** Absent for a function that is a container image. */
  readonly handler?: string;
  readonly runtime?: string;
  readonly tracing?: unknown;
  /** Instead of a handler: the address of a container image, or what says which one it is. */
  image?: unknown;
  package?: ServerlessPackage | undefined;
}

export interface ServerlessLayer {
  /** The deployed name, where it is not its key. */
  readonly name?: string;
  /** The folder that the framework packs it of. */
  readonly path?: string;
  package?: ServerlessPackage | undefined;
}

export interface ServerlessPackage {
  /** A file that is deployed as it is; the framework writes here what it has packaged itself. */
  artifact?: string;
  readonly individually?: boolean;
  /** Where packages and templates are written, instead of into `.serverless`. */
  path?: string;
}

export interface PluginHook {
  readonly pluginName: string;
  readonly hook: () => unknown;
}

export interface LoadedPlugin {
  readonly hooks?: Readonly<Record<string, PluginHook['hook']>>;
  /** Of the framework's plugin that compiles layers. */
  compareWithLastLayer?: (layerName: string) => Promise<void>;
  /** Of the framework's plugin that packages: packs the folder of a layer of the service, and notes the archive in its `package`. */
  packageLayer?(layerName: string): Promise<unknown>;
}

/** What the framework hands to a plugin beside itself. */
export interface PluginUtilities {
  readonly writeText: (text: string) => void;
  /** Both write to standard error. */
  readonly log: { warning(text: string): void; notice(text: string): void };
}

/** @throws Serverless' own error, which stops the packaging, when there are problems: each gets a line. */
export function refuse(
  { classes }: Pick<Serverless, 'classes'>,
  heading: string,
  problems: readonly string[],
  code = 'LANTERN_ALARMS',
): void {
  if (problems.length === 0) return;
  throw new classes.Error([heading, ...problems.map((line) => `- ${line}`)].join('\n'), code);
}
