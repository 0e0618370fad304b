/**
 * S3 as its clients see it: fauxqs keeps the bytes, puts the parts of uploads together and copies; what it leaves out or
 * would confirm without doing it stands here. What neither has is refused.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { BucketDefinition } from '../template/service.ts';
import { checkCopySource, checkRead, checkWrite } from './conditions.ts';
import type { EngineAnswer } from './object-engine.ts';
import { ObjectEngine } from './object-engine.ts';
import type { ObjectEvent, ObjectEventType } from './object-event.ts';
import { readPayload } from './payload.ts';
import { readPostForm } from './post-form.ts';
import { noSuchKey, notImplemented, S3Error } from './s3-error.ts';
import type { S3Operation } from './s3-operation.ts';
import type { ListQuery, StoredObject, Tags, Upload } from './stored-objects.ts';
import { compareBytes, listObjects, StoredBucket } from './stored-objects.ts';
import { parseTagDocument, parseTagHeader, tagDocument } from './tags.ts';
import { elementsIn, textIn, xml } from './xml.ts';

export interface BucketFrontOptions {
  readonly region: string;
  readonly accountId: string;
  /** Told of what has changed, once it has. */
  readonly onEvent: (event: ObjectEvent) => void;
}

export interface S3Request {
  readonly operation: S3Operation;
  /** Empty for ListBuckets. */
  readonly bucket: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly requestId: string;
  /** Where the caller reached us. */
  readonly origin: string;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What S3 takes an object for that comes without a type. */
const DEFAULT_TYPE = 'binary/octet-stream';

/** Headers that the engine keeps with an object, beside `x-amz-meta-…`. */
const ENGINE_HEADERS = ['content-type', 'content-language', 'content-disposition', 'cache-control'];

/** Headers that it does not keep, and that come back with the object all the same. */
const KEPT_HEADERS = [
  'expires',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];

/** Parameters of an address by which the headers of an answer are set, as in links for downloads. */
const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** Bytes of `x-amz-meta-…`, names and values together ("Working with object metadata"). */
const MAX_METADATA_BYTES = 2048;

const MAX_DELETED = 1000;
const MAX_PART = 10_000;

const OWNER = { ID: '7e39cdf5a1d9f0c2d9f7d0a3b6d0a8c50c3d9a3d54fbd8a6ef0d8a0d0e5f3a11' };

type Handler = (request: S3Request, bucket: StoredBucket) => S3Answer | Promise<S3Answer>;

export class BucketFront {
  readonly #options: BucketFrontOptions;
  readonly #engine = new ObjectEngine();
  readonly #buckets = new Map<string, StoredBucket>();
  /** What is under way, by object: writes of one go one after the other, so that their conditions hold. */
  readonly #writing = new Map<string, Promise<unknown>>();
  #sequence = BigInt(Date.now()) << 20n;

  constructor(options: BucketFrontOptions) {
    this.#options = options;
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
        await this.#create(definition).catch((cause: unknown) => {
          throw new Error(`The bucket ${definition.name} cannot be made: ${String(cause)}`, { cause });
        });
      }
    }
  }

  async #create(definition: BucketDefinition): Promise<void> {
    await this.#engine.send({ method: 'PUT', bucket: definition.name });
    this.#buckets.set(definition.name, new StoredBucket(definition));
  }

  /** What the template says of a bucket; undefined of one that there is not. */
  definitionOf(name: string): BucketDefinition | undefined {
    return this.#buckets.get(name)?.definition;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#writing.values());
    await this.#engine.close();
  }

  /** @throws S3Error */
  async handle(request: S3Request): Promise<S3Answer> {
    const { operation, bucket: name, key } = request;
    if (operation === 'ListBuckets') return this.#listBuckets(request);
    if (operation === 'CreateBucket') return this.#createBucket(request);
    const bucket = this.#bucket(name);
    const handler = this.#handlers[operation];
    if (!WRITES.has(operation)) return handler(request, bucket);
    return this.#inTurn(`${name}/${key}`, () => handler(request, bucket));
  }

  readonly #handlers: Readonly<Record<Exclude<S3Operation, 'ListBuckets' | 'CreateBucket'>, Handler>> = {
    HeadBucket: () => ({ status: 200, headers: { 'x-amz-bucket-region': this.#options.region } }),
    GetBucketLocation: () => document('LocationConstraint', {}, this.#options.region),
    DeleteBucket: (request, bucket) => this.#deleteBucket(request, bucket),
    ListObjects: list,
    ListMultipartUploads: listUploads,
    ListParts: listParts,
    GetObject: (request, bucket) => this.#read(request, bucket),
    HeadObject: (request, bucket) => this.#read(request, bucket),
    GetObjectAttributes: (request, bucket) => this.#attributes(request, bucket),
    GetObjectTagging: ({ key }, bucket) => ({
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: tagDocument(existing(bucket, key).tags),
    }),
    PutObject: (request, bucket) => this.#put(request, bucket),
    PostObject: (request, bucket) => this.#post(request, bucket),
    CopyObject: (request, bucket) => this.#copy(request, bucket),
    PutObjectTagging: (request, bucket) => {
      const { body } = readPayload(request.headers, request.body);
      return this.#tag(request, bucket, parseTagDocument(body.toString()), 'ObjectTagging:Put', 200);
    },
    DeleteObjectTagging: (request, bucket) => this.#tag(request, bucket, [], 'ObjectTagging:Delete', 204),
    DeleteObject: async (request, bucket) => {
      await this.#delete(request, bucket, request.key, request.headers);
      return { status: 204 };
    },
    DeleteObjects: (request, bucket) => this.#deleteMany(request, bucket),
    CreateMultipartUpload: (request, bucket) => this.#createUpload(request, bucket),
    UploadPart: (request, bucket) => this.#uploadPart(request, bucket),
    UploadPartCopy: (request, bucket) => this.#copyPart(request, bucket),
    CompleteMultipartUpload: (request, bucket) => this.#completeUpload(request, bucket),
    AbortMultipartUpload: (request, bucket) => this.#abortUpload(request, bucket),
  };

  #bucket(name: string): StoredBucket {
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) return bucket;
    const known = [...this.#buckets.keys()].sort(compareBytes).join(', ') || 'none';
    throw new S3Error(
      404,
      'NoSuchBucket',
      `The specified bucket does not exist: ${name}. Here are those of the template, and what CreateBucket makes: ${known}.`,
    );
  }

  /** Work on one object waits for what came before it. */
  #inTurn<Result>(object: string, work: () => Promise<Result> | Result): Promise<Result> {
    const result = (this.#writing.get(object) ?? Promise.resolve()).then(work);
    const settled = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#writing.get(object) === settled) this.#writing.delete(object);
      });
    this.#writing.set(object, settled);
    return result;
  }

  // Buckets

  #listBuckets({ query }: S3Request): S3Answer {
    const prefix = query.get('prefix') ?? '';
    const names = [...this.#buckets.keys()].filter((name) => name.startsWith(prefix)).sort(compareBytes);
    return document('ListAllMyBucketsResult', {
      Owner: OWNER,
      Buckets: {
        Bucket: names.map((Name) => ({
          Name,
          CreationDate: this.#bucket(Name).created.toISOString(),
          BucketRegion: this.#options.region,
        })),
      },
    });
  }

  async #createBucket({ bucket }: S3Request): Promise<S3Answer> {
    const { region } = this.#options;
    // The oldest region alone says yes to a bucket that is the caller's already.
    if (this.#buckets.has(bucket) && region !== 'us-east-1') {
      const message = 'Your previous request to create the named bucket succeeded and you already own it.';
      throw new S3Error(409, 'BucketAlreadyOwnedByYou', message);
    }
    if (!this.#buckets.has(bucket)) {
      const arn = `arn:aws:s3:::${bucket}`;
      await this.#create({
        name: bucket,
        arn,
        versioned: false,
        eventBridge: false,
        cors: [],
        notifications: [],
      });
    }
    return { status: 200, headers: { location: `/${bucket}` } };
  }

  async #deleteBucket({ bucket: name }: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    if (bucket.objects.size > 0)
      throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty.');
    await this.#engine.send({ method: 'DELETE', bucket: name });
    this.#buckets.delete(name);
    return { status: 204 };
  }

  // Reading

  async #read({ operation, key, query, headers }: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const object = existing(bucket, key);
    checkRead(object, headers);
    const partNumber = query.get('partNumber');
    const range = partNumber === null ? rangeOf(headers.range, object.size) : undefined;
    const mode = textOf(headers['x-amz-checksum-mode']);
    const answer = await this.#engine.send({
      method: operation === 'HeadObject' ? 'HEAD' : 'GET',
      bucket: bucket.definition.name,
      key,
      headers: {
        ...(range !== undefined && { range: `bytes=${range.start}-${range.end}` }),
        ...(mode !== undefined && range === undefined && { 'x-amz-checksum-mode': mode }),
      },
      ...(partNumber !== null && { query: { partNumber } }),
    });
    const { tags } = object;
    const overrides = OVERRIDES.flatMap((name) => {
      const value = query.get(`response-${name}`);
      return value === null ? [] : [[name, value] as const];
    });
    return {
      status: range === undefined ? answer.status : 206,
      headers: {
        ...ofEngine(answer),
        ...object.headers,
        'accept-ranges': 'bytes',
        ...(range !== undefined && {
          'content-range': `bytes ${range.start}-${range.end}/${object.size}`,
          'content-length': String(range.end - range.start + 1),
        }),
        ...(tags.length > 0 && { 'x-amz-tagging-count': String(tags.length) }),
        ...Object.fromEntries(overrides),
      },
      body: answer.body,
    };
  }

  async #attributes({ key, headers }: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    existing(bucket, key);
    const wanted = ['x-amz-object-attributes', 'x-amz-max-parts', 'x-amz-part-number-marker'] as const;
    const answer = await this.#engine.send({
      method: 'GET',
      bucket: bucket.definition.name,
      key,
      query: { attributes: '' },
      headers: Object.fromEntries(
        wanted.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
      ),
    });
    return { status: answer.status, headers: ofEngine(answer), body: answer.body };
  }

  // Writing

  async #put(request: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const { key, headers } = request;
    const { body, checksums, encoding } = readPayload(headers, request.body);
    checkWrite(key, bucket.objects.get(key), headers);
    const tags = parseTagHeader(headers['x-amz-tagging']);
    const answer = await this.#engine.send({
      method: 'PUT',
      bucket: bucket.definition.name,
      key,
      headers: { ...forEngine(headers, encoding), ...checksums },
      body,
    });
    const object = await this.#stored(bucket, key, { tags, headers: keptFrom(headers) });
    this.#tell(request, bucket, object, 'ObjectCreated:Put');
    return { status: 200, headers: { ...ofEngine(answer), ...encryptionOf(object) } };
  }

  async #post(request: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const form = await readPostForm(
      request.headers['content-type'] ?? '',
      request.body,
      bucket.definition.name,
    );
    const { key, fields } = form;
    const object = await this.#inTurn(`${bucket.definition.name}/${key}`, async () => {
      await this.#engine.send({
        method: 'PUT',
        bucket: bucket.definition.name,
        key,
        headers: forEngine(fields, fields['content-encoding']),
        body: form.file,
      });
      const tags = fields.tagging === undefined ? [] : parseTagDocument(fields.tagging);
      return this.#stored(bucket, key, { tags, headers: keptFrom(fields) });
    });
    this.#tell(request, bucket, object, 'ObjectCreated:Post');
    const location = `${request.origin}/${bucket.definition.name}/${encodeURIComponent(key)}`;
    const headers = { etag: object.etag, location };
    const redirect = URL.parse(fields.success_action_redirect ?? fields.redirect ?? '');
    if (redirect !== null) {
      const named = { bucket: bucket.definition.name, key, etag: object.etag };
      for (const [name, value] of Object.entries(named)) redirect.searchParams.set(name, value);
      return { status: 303, headers: { ...headers, location: redirect.href } };
    }
    if (fields.success_action_status === '201') {
      const content = { Location: location, Bucket: bucket.definition.name, Key: key, ETag: object.etag };
      return { ...document('PostResponse', content), status: 201, headers };
    }
    return { status: fields.success_action_status === '200' ? 200 : 204, headers };
  }

  async #copy(request: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const { key, headers } = request;
    const source = this.#copySource(headers);
    const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
    const isItself = source.bucket === bucket && source.object.key === key;
    const kept = keptFrom(headers);
    if (isItself && !replaces && Object.keys(kept).length === 0)
      throw new S3Error(
        400,
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    checkWrite(key, bucket.objects.get(key), headers);
    const tags =
      headers['x-amz-tagging-directive'] === 'REPLACE'
        ? parseTagHeader(headers['x-amz-tagging'])
        : source.object.tags;
    const answer = await this.#engine.send({
      method: 'PUT',
      bucket: bucket.definition.name,
      key,
      headers: {
        ...forEngine(headers, headers['content-encoding']),
        'x-amz-copy-source': source.address,
        'x-amz-metadata-directive': replaces ? 'REPLACE' : 'COPY',
      },
    });
    // A copy is of the class that it is given, and not of its source's.
    const ofSource = picked(
      source.object.headers,
      KEPT_HEADERS.filter((name) => name !== 'x-amz-storage-class'),
    );
    const object = await this.#stored(bucket, key, {
      tags,
      headers: replaces ? kept : { ...ofSource, ...kept },
    });
    this.#tell(request, bucket, object, 'ObjectCreated:Copy');
    return { status: 200, headers: { ...ofEngine(answer), ...encryptionOf(object) }, body: answer.body };
  }

  /** @throws S3Error where there is nothing to copy, or it is not what the caller takes it for. */
  #copySource(headers: IncomingHttpHeaders): { bucket: StoredBucket; object: StoredObject; address: string } {
    const [path = '', version] = String(headers['x-amz-copy-source']).split('?versionId=');
    if (version !== undefined && version !== 'null')
      throw notImplemented('versions of objects (versionId)', 'buckets keep the newest only');
    let plain = path;
    try {
      plain = decodeURIComponent(path.replaceAll('+', '%20'));
    } catch {
      throw new S3Error(400, 'InvalidArgument', `The copy source cannot be read: ${path}`);
    }
    const [, name = '', key = ''] = /^\/?([^/]+)\/([\s\S]+)$/.exec(plain) ?? [];
    if (key === '')
      throw new S3Error(400, 'InvalidArgument', `Expected a copy source of bucket and key, got ${path}`);
    const bucket = this.#bucket(name);
    const object = existing(bucket, key);
    checkCopySource(object, headers);
    return { bucket, object, address: `/${name}/${encodeURIComponent(key)}` };
  }

  #tag(
    request: S3Request,
    bucket: StoredBucket,
    tags: Tags,
    type: ObjectEventType,
    status: number,
  ): S3Answer {
    const object = { ...existing(bucket, request.key), tags };
    bucket.objects.set(request.key, object);
    this.#tell(request, bucket, object, type);
    return { status };
  }

  /** Deleting what is not there is no error. */
  async #delete(
    request: S3Request,
    bucket: StoredBucket,
    key: string,
    conditions: Pick<IncomingHttpHeaders, 'if-match'>,
  ): Promise<void> {
    const object = bucket.objects.get(key);
    checkWrite(key, object, { 'if-match': conditions['if-match'] });
    if (object === undefined) return;
    await this.#engine.send({ method: 'DELETE', bucket: bucket.definition.name, key });
    bucket.objects.delete(key);
    const type = bucket.definition.versioned ? 'ObjectRemoved:DeleteMarkerCreated' : 'ObjectRemoved:Delete';
    this.#tell(request, bucket, object, type);
  }

  async #deleteMany(request: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const text = readPayload(request.headers, request.body).body.toString();
    const entries = elementsIn(text, 'Object');
    if (entries.length === 0 || entries.length > MAX_DELETED) {
      const message = `Expected a Delete document with 1 to ${MAX_DELETED} objects, got ${entries.length}.`;
      throw new S3Error(400, 'MalformedXML', message);
    }
    const results = await Promise.all(
      entries.map(async (entry) => {
        const key = textIn(entry, 'Key') ?? '';
        const version = textIn(entry, 'VersionId') ?? 'null';
        try {
          if (version !== 'null')
            throw notImplemented('versions of objects (VersionId)', 'buckets keep the newest only');
          const match = textIn(entry, 'ETag');
          await this.#inTurn(`${bucket.definition.name}/${key}`, () =>
            this.#delete(request, bucket, key, match === undefined ? {} : { 'if-match': match }),
          );
          return { Deleted: { Key: key } };
        } catch (error) {
          if (!(error instanceof S3Error)) throw error;
          return { Error: { Key: key, Code: error.code, Message: error.message } };
        }
      }),
    );
    const isQuiet = textIn(text, 'Quiet')?.toLowerCase() === 'true';
    return document('DeleteResult', {
      Deleted: isQuiet ? [] : results.flatMap(({ Deleted }) => Deleted ?? []),
      Error: results.flatMap(({ Error: failed }) => failed ?? []),
    });
  }

  // Multipart uploads

  async #createUpload(request: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const { key, headers } = request;
    const algorithm = textOf(headers['x-amz-checksum-algorithm']);
    const answer = await this.#engine.send({
      method: 'POST',
      bucket: bucket.definition.name,
      key,
      query: { uploads: '' },
      headers: {
        ...forEngine(headers, headers['content-encoding']),
        ...(algorithm !== undefined && { 'x-amz-checksum-algorithm': algorithm }),
      },
      body: Buffer.alloc(0),
    });
    const id = textIn(answer.body.toString(), 'UploadId') ?? '';
    bucket.uploads.set(id, {
      id,
      key,
      initiated: new Date(),
      tags: parseTagHeader(headers['x-amz-tagging']),
      headers: keptFrom(headers),
      parts: new Map(),
    });
    return { status: answer.status, headers: ofEngine(answer), body: answer.body };
  }

  async #uploadPart(request: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const { upload, number } = partOf(request, bucket);
    const { body, checksums } = readPayload(request.headers, request.body);
    const answer = await this.#engine.send({
      method: 'PUT',
      bucket: bucket.definition.name,
      key: request.key,
      query: { uploadId: upload.id, partNumber: String(number) },
      headers: { 'content-type': DEFAULT_TYPE, ...checksums },
      body,
    });
    const etag = answer.headers.etag ?? '';
    upload.parts.set(number, { number, size: body.length, etag, lastModified: new Date() });
    return { status: answer.status, headers: ofEngine(answer) };
  }

  async #copyPart(request: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const { upload, number } = partOf(request, bucket);
    const source = this.#copySource(request.headers);
    const range = textOf(request.headers['x-amz-copy-source-range']);
    const answer = await this.#engine.send({
      method: 'PUT',
      bucket: bucket.definition.name,
      key: request.key,
      query: { uploadId: upload.id, partNumber: String(number) },
      headers: {
        'x-amz-copy-source': source.address,
        ...(range !== undefined && { 'x-amz-copy-source-range': range }),
      },
    });
    const [, first = 0, last = source.object.size - 1] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    const size = Math.min(Number(last), source.object.size - 1) - Number(first) + 1;
    const etag = textIn(answer.body.toString(), 'ETag') ?? '';
    upload.parts.set(number, { number, size, etag, lastModified: new Date() });
    return { status: answer.status, headers: ofEngine(answer), body: answer.body };
  }

  async #completeUpload(request: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const { key, query, headers } = request;
    const upload = bucket.upload(query.get('uploadId'), key);
    const { body } = readPayload(headers, request.body);
    if (elementsIn(body.toString(), 'Part').length === 0)
      throw new S3Error(400, 'MalformedXML', 'Expected a CompleteMultipartUpload document with parts.');
    checkWrite(key, bucket.objects.get(key), headers);
    await this.#engine.send({
      method: 'POST',
      bucket: bucket.definition.name,
      key,
      query: { uploadId: upload.id },
      headers: { 'content-type': 'application/xml' },
      body,
    });
    bucket.uploads.delete(upload.id);
    const object = await this.#stored(bucket, key, upload);
    this.#tell(request, bucket, object, 'ObjectCreated:CompleteMultipartUpload');
    return document('CompleteMultipartUploadResult', {
      Location: `${request.origin}/${bucket.definition.name}/${encodeURIComponent(key)}`,
      Bucket: bucket.definition.name,
      Key: key,
      ETag: object.etag,
    });
  }

  async #abortUpload({ key, query }: S3Request, bucket: StoredBucket): Promise<S3Answer> {
    const { id } = bucket.upload(query.get('uploadId'), key);
    await this.#engine.send({
      method: 'DELETE',
      bucket: bucket.definition.name,
      key,
      query: { uploadId: id },
    });
    bucket.uploads.delete(id);
    return { status: 204 };
  }

  /** Learns of the engine what it has just kept. */
  async #stored(
    bucket: StoredBucket,
    key: string,
    { tags, headers }: Pick<StoredObject, 'tags' | 'headers'>,
  ): Promise<StoredObject> {
    const answer = await this.#engine.send({ method: 'HEAD', bucket: bucket.definition.name, key });
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

  #tell(request: S3Request, { definition }: StoredBucket, object: StoredObject, type: ObjectEventType): void {
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

/** Work on an object that has to wait for what is being written of it. */
const WRITES: ReadonlySet<S3Operation> = new Set<S3Operation>([
  'PutObject',
  'CopyObject',
  'DeleteObject',
  'PutObjectTagging',
  'DeleteObjectTagging',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
]);

function existing(bucket: StoredBucket, key: string): StoredObject {
  const object = bucket.objects.get(key);
  if (object === undefined) throw noSuchKey(key);
  return object;
}

/** What an upload is, of a request for one of its parts. */
function partOf({ key, query }: S3Request, bucket: StoredBucket): { upload: Upload; number: number } {
  const upload = bucket.upload(query.get('uploadId'), key);
  const number = Number(query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PART) return { upload, number };
  const message = `Part number must be an integer between 1 and ${MAX_PART}, inclusive; got ${String(query.get('partNumber'))}`;
  throw new S3Error(400, 'InvalidArgument', message);
}

/**
 * The bytes that are asked for; undefined for all of them, also where the header is none that S3 knows: several ranges, for one.
 *
 * @throws S3Error where there are none of them.
 */
function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start <= end) return { start, end };
  throw new S3Error(
    416,
    'InvalidRange',
    `The requested range is not satisfiable: ${String(header)} of ${size} bytes`,
    {
      'content-range': `bytes */${size}`,
    },
  );
}

/** @throws S3Error for more metadata than S3 takes. */
function forEngine(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  encoding: string | undefined,
): Record<string, string> {
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  const size = metadata.reduce(
    (sum, [name, value]) =>
      sum + Buffer.byteLength(name.slice('x-amz-meta-'.length)) + Buffer.byteLength(String(value)),
    0,
  );
  if (size > MAX_METADATA_BYTES) {
    const message = `Your metadata headers exceed the maximum allowed metadata size: ${size} of ${MAX_METADATA_BYTES} bytes`;
    throw new S3Error(400, 'MetadataTooLarge', message);
  }
  return {
    'content-type': DEFAULT_TYPE,
    ...picked(headers, ENGINE_HEADERS),
    ...(encoding !== undefined && { 'content-encoding': encoding }),
    ...Object.fromEntries(metadata.map(([name, value]) => [name, String(value)])),
  };
}

function keptFrom(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const kept = picked(headers, KEPT_HEADERS);
  // The standard class is named nowhere.
  if (kept['x-amz-storage-class'] === 'STANDARD') delete kept['x-amz-storage-class'];
  return kept;
}

function picked(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = textOf(headers[name]);
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );
}

function encryptionOf({ headers }: StoredObject): Record<string, string> {
  return picked(
    headers,
    KEPT_HEADERS.filter((name) => name.includes('encryption')),
  );
}

/** Headers of an answer that are the engine's own and not the object's. */
const ENGINE_OWN = new Set(['connection', 'date', 'x-amz-id-2', 'x-amz-request-id']);

function ofEngine({ headers }: EngineAnswer): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ENGINE_OWN.has(name)));
}

function document(
  root: string,
  content: Parameters<typeof xml>[1],
  text = '',
): { readonly status: 200; readonly headers: Record<string, string>; readonly body: string } {
  const written = xml(root, content);
  const body = text === '' ? written : written.replace(`></${root}>`, `>${text}</${root}>`);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** Both versions of the list: they differ in how one goes on. */
function list({ query, bucket: name }: S3Request, bucket: StoredBucket): S3Answer {
  const isSecond = query.get('list-type') === '2';
  const token = isSecond ? query.get('continuation-token') : null;
  const startAfter = isSecond ? query.get('start-after') : query.get('marker');
  const wanted: ListQuery = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after: token === null ? (startAfter ?? '') : Buffer.from(token, 'base64url').toString(),
    maxKeys: maxKeysOf(query.get('max-keys')),
  };
  const { objects, prefixes, next } = listObjects(bucket.objects.values(), wanted);
  const encode = encoderOf(query);
  const withOwner = !isSecond || query.get('fetch-owner') === 'true';
  return document('ListBucketResult', {
    Name: name,
    Prefix: encode(wanted.prefix),
    ...(isSecond
      ? {
          StartAfter: startAfter === null ? undefined : encode(startAfter),
          ContinuationToken: token ?? undefined,
          NextContinuationToken: next === undefined ? undefined : Buffer.from(next).toString('base64url'),
          KeyCount: objects.length + prefixes.length,
        }
      : {
          Marker: encode(wanted.after),
          // Without a delimiter the last key says it.
          NextMarker: next === undefined || wanted.delimiter === '' ? undefined : encode(next),
        }),
    Delimiter: wanted.delimiter === '' ? undefined : encode(wanted.delimiter),
    MaxKeys: wanted.maxKeys,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: next !== undefined,
    Contents: objects.map(({ key, size, etag, lastModified, headers }) => ({
      Key: encode(key),
      LastModified: lastModified.toISOString(),
      ETag: etag,
      Size: size,
      StorageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
      ...(withOwner && { Owner: OWNER }),
    })),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** Entries of a list ("ListObjectsV2" in the API reference). @throws S3Error */
function maxKeysOf(text: string | null): number {
  if (text === null || text === '') return MAX_LISTED;
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_LISTED);
  throw new S3Error(
    400,
    'InvalidArgument',
    `Provided max-keys not an integer or within integer range: ${text}`,
  );
}

const MAX_LISTED = 1000;

/** How keys are written in a list: some clients ask for keys that XML cannot harm. */
function encoderOf(query: URLSearchParams): (text: string) => string {
  return query.get('encoding-type') === 'url'
    ? (text) => encodeURIComponent(text).replaceAll('%2F', '/')
    : (text) => text;
}

function listUploads({ query, bucket: name }: S3Request, bucket: StoredBucket): S3Answer {
  const prefix = query.get('prefix') ?? '';
  const encode = encoderOf(query);
  const uploads = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((one, other) => compareBytes(one.key, other.key));
  return document('ListMultipartUploadsResult', {
    Bucket: name,
    Prefix: encode(prefix),
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: false,
    Upload: uploads.map(({ id, key, initiated }) => ({
      Key: encode(key),
      UploadId: id,
      Owner: OWNER,
      StorageClass: 'STANDARD',
      Initiated: initiated.toISOString(),
    })),
  });
}

function listParts({ query, key, bucket: name }: S3Request, bucket: StoredBucket): S3Answer {
  const { id, parts } = bucket.upload(query.get('uploadId'), key);
  const after = Number(query.get('part-number-marker') ?? 0);
  const most = maxKeysOf(query.get('max-parts'));
  const waiting = [...parts.values()]
    .filter(({ number }) => number > after)
    .sort((one, other) => one.number - other.number);
  const listed = waiting.slice(0, most);
  return document('ListPartsResult', {
    Bucket: name,
    Key: key,
    UploadId: id,
    PartNumberMarker: after,
    NextPartNumberMarker: listed.at(-1)?.number ?? after,
    MaxParts: most,
    IsTruncated: waiting.length > listed.length,
    StorageClass: 'STANDARD',
    Part: listed.map(({ number, size, etag, lastModified }) => ({
      PartNumber: number,
      LastModified: lastModified.toISOString(),
      ETag: etag,
      Size: size,
    })),
  });
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** As S3 names its requests. */
export function newRequestId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
}
