/** The buckets, and the engine that keeps the bytes of their objects: what is done to one object waits its turn, and is told. */
import { randomBytes } from 'node:crypto';
import type { BucketDefinition } from '../template/service.ts';
import { ObjectEngine } from './object-engine.ts';
import type { ObjectEvent, ObjectEventType } from './object-event.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-exchange.ts';
import { textOf } from './s3-exchange.ts';
import type { StoredObject } from './stored-objects.ts';
import { compareBytes, StoredBucket } from './stored-objects.ts';

export interface BucketStoreOptions {
  readonly region: string;
  readonly accountId: string;
  /** Told of what has changed, once it has. */
  readonly onEvent: (event: ObjectEvent) => void;
}

export class BucketStore {
  readonly #options: BucketStoreOptions;
  /** Keeps the bytes. */
  readonly engine = new ObjectEngine();
  readonly #buckets = new Map<string, StoredBucket>();
  /** What is under way, by object: writes of one go one after the other, so that their conditions hold. */
  readonly #writing = new Map<string, Promise<unknown>>();
  #sequence = BigInt(Date.now()) << 20n;

  constructor(options: BucketStoreOptions) {
    this.#options = options;
  }

  get region(): string {
    return this.#options.region;
  }

  /** Of all buckets, in the order in which they are listed. */
  get names(): readonly string[] {
    return [...this.#buckets.keys()].sort(compareBytes);
  }

  /**
   * Makes buckets that are missing, and has all of them be as they are defined. One that is defined no more keeps its objects, and
   * nobody hears of it.
   *
   * @throws Error for a name that no bucket can have.
   */
  async define(definitions: readonly BucketDefinition[]): Promise<void> {
    for (const stored of this.#buckets.values())
      stored.definition = { ...stored.definition, notifications: [], eventBridge: false };
    for (const definition of definitions) {
      const stored = this.#buckets.get(definition.name);
      if (stored !== undefined) stored.definition = definition;
      else {
        await this.create(definition).catch((cause: unknown) => {
          throw new Error(`The bucket ${definition.name} cannot be made: ${String(cause)}`, { cause });
        });
      }
    }
  }

  /** @throws S3Error for a name that no bucket can have. */
  async create(definition: BucketDefinition): Promise<void> {
    await this.engine.send({ method: 'PUT', bucket: definition.name });
    this.#buckets.set(definition.name, new StoredBucket(definition));
  }

  async remove(name: string): Promise<void> {
    await this.engine.send({ method: 'DELETE', bucket: name });
    this.#buckets.delete(name);
  }

  /** What the template says of a bucket; undefined of one that there is not. */
  definitionOf(name: string): BucketDefinition | undefined {
    return this.#buckets.get(name)?.definition;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#writing.values());
    await this.engine.close();
  }

  /** @throws S3Error that names those that there are, for one that there is not. */
  bucket(name: string): StoredBucket {
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) return bucket;
    const known = this.names.join(', ') || 'none';
    throw new S3Error(
      404,
      'NoSuchBucket',
      `The specified bucket does not exist: ${name}. Here are those of the template, and what CreateBucket makes: ${known}.`,
    );
  }

  /** Work on one object waits for what came before it. */
  inTurn<Result>(object: string, work: () => Promise<Result> | Result): Promise<Result> {
    const result = (this.#writing.get(object) ?? Promise.resolve()).then(work);
    const settled = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#writing.get(object) === settled) this.#writing.delete(object);
      });
    this.#writing.set(object, settled);
    return result;
  }

  /** Learns of the engine what it has just been given, and keeps it with what the engine does not keep. */
  async keep(
    bucket: StoredBucket,
    key: string,
    { tags, headers }: Pick<StoredObject, 'tags' | 'headers'>,
  ): Promise<StoredObject> {
    const answer = await this.engine.send({ method: 'HEAD', bucket: bucket.definition.name, key });
    const object: StoredObject = {
      key,
      size: Number(answer.headers['content-length']),
      etag: answer.headers.etag ?? '',
      lastModified: new Date(answer.headers['last-modified'] ?? Date.now()),
      tags,
      headers,
    };
    bucket.objects.set(key, object);
    return object;
  }

  /** Has the event told of what was done to an object. */
  tell(request: S3Request, { definition }: StoredBucket, object: StoredObject, type: ObjectEventType): void {
    const { headers, query, requestId } = request;
    this.#sequence += BigInt(1 + randomBytes(1).readUInt8());
    const credential = /Credential=([^/,\s]+)/.exec(headers.authorization ?? '')?.[1];
    this.#options.onEvent({
      type,
      bucket: definition,
      key: object.key,
      size: object.size,
      etag: object.etag.replaceAll('"', ''),
      sequencer: this.#sequence.toString(16).toUpperCase().padStart(18, '0'),
      time: new Date(),
      requestId,
      caller:
        credential ??
        query.get('X-Amz-Credential')?.split('/')[0] ??
        query.get('AWSAccessKeyId') ??
        undefined,
      traceHeader: textOf(headers['x-amzn-trace-id']),
    });
  }
}
