/**
 * The configurations of the functions as the Lambda API shows and changes them. A change is accepted at once and in force
 * a moment later, as in AWS: until then the function runs as before, and takes no other change.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FunctionDefinition } from '../template/service.ts';
import type { ConfigurationChange } from './configuration-change.ts';
import type { Tags } from './function-tags.ts';
import { withTags, withoutTags } from './function-tags.ts';
import { AwsApiError } from '../http/aws-error.ts';
import { UPDATE_DURATION_MS } from './limits.ts';

export interface FunctionConfigurationsOptions {
  readonly functions: readonly FunctionDefinition[];
  /** Told when a configuration is in force: every later invocation is to run with it. */
  readonly onConfigurationChanged: (definition: FunctionDefinition) => void;
  /**
   * Milliseconds between accepting a change and its being in force.
   *
   * @default 250
   */
  readonly updateDurationMs?: number;
}

export interface FunctionConfiguration {
  /** With a change that is accepted and not in force yet. */
  readonly definition: FunctionDefinition;
  readonly tags: Tags;
  /** Another one after every change, and again when the change is in force. */
  readonly revisionId: string;
  readonly lastUpdateStatus: 'InProgress' | 'Successful';
  readonly lastModified: Date;
}

export class FunctionConfigurations {
  readonly #options: FunctionConfigurationsOptions;
  readonly #functions = new Map<string, FunctionConfiguration>();
  /** As the template has them. */
  #sources: ReadonlyMap<string, FunctionDefinition> = new Map();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: FunctionConfigurationsOptions) {
    this.#options = options;
    this.update(options.functions);
  }

  /** Knows these functions and no others. What was changed here of one whose template is the same stays. */
  update(functions: readonly FunctionDefinition[]): void {
    const sources = new Map(functions.map((definition) => [definition.name, definition]));
    for (const name of this.#functions.keys()) if (!sources.has(name)) this.#functions.delete(name);
    for (const [name, source] of sources) {
      const before = this.#sources.get(name);
      if (this.#functions.has(name) && isDeepStrictEqual(before, source)) continue;
      const running = this.#functions.get(name)?.definition.codeDirectory;
      const isRenewed = running !== undefined && before?.codeDirectory === source.codeDirectory;
      this.#functions.set(name, {
        definition: isRenewed ? { ...source, codeDirectory: running } : source,
        tags: source.tags ?? {},
        revisionId: randomUUID(),
        lastUpdateStatus: 'Successful',
        lastModified: new Date(),
      });
    }
    this.#sources = sources;
  }

  list(): FunctionConfiguration[] {
    return [...this.#functions.values()];
  }

  /** @throws AwsApiError when no function has that name. */
  get(name: string): FunctionConfiguration {
    const found = this.#functions.get(name);
    if (found !== undefined) return found;
    throw new AwsApiError(404, 'ResourceNotFoundException', `Function not found: ${name}`);
  }

  /**
   * Accepts a change.
   *
   * @throws AwsApiError while another change is in progress, and when the revision is not the latest.
   */
  change(name: string, { changed, revisionId }: ConfigurationChange): FunctionConfiguration {
    const before = this.get(name);
    if (before.lastUpdateStatus === 'InProgress') {
      const message = `The operation cannot be performed at this time. An update is in progress for resource: ${before.definition.arn}`;
      throw new AwsApiError(409, 'ResourceConflictException', message);
    }
    if (revisionId !== undefined && revisionId !== before.revisionId) {
      const message =
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';
      throw new AwsApiError(412, 'PreconditionFailedException', message);
    }
    const after: FunctionConfiguration = {
      ...before,
      definition: { ...before.definition, ...changed },
      revisionId: randomUUID(),
      lastUpdateStatus: 'InProgress',
      lastModified: new Date(),
    };
    this.#functions.set(name, after);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#complete(name);
    }, this.#options.updateDurationMs ?? UPDATE_DURATION_MS);
    this.#timers.add(timer);
    return after;
  }

  /** Gives a function other code, at once: a change that is in progress goes on, and ends with it. */
  updateCode(name: string, codeDirectory: string): void {
    const before = this.get(name);
    this.#functions.set(name, {
      ...before,
      definition: { ...before.definition, codeDirectory },
      revisionId: randomUUID(),
      lastModified: new Date(),
    });
  }

  tag(name: string, tags: unknown): void {
    const before = this.get(name);
    this.#functions.set(name, { ...before, tags: withTags(before.tags, tags) });
  }

  untag(name: string, keys: readonly string[]): void {
    const before = this.get(name);
    this.#functions.set(name, { ...before, tags: withoutTags(before.tags, keys) });
  }

  /** Forgets changes that are not in force yet. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #complete(name: string): void {
    const accepted = this.#functions.get(name);
    // Its service may have ended meanwhile, or its template may say something else.
    if (accepted?.lastUpdateStatus !== 'InProgress') return;
    // A caller that waited may not rely on the revision it was given: this was seen in AWS, too (aws/aws-sdk#377).
    this.#functions.set(name, { ...accepted, revisionId: randomUUID(), lastUpdateStatus: 'Successful' });
    this.#options.onConfigurationChanged(accepted.definition);
  }
}
