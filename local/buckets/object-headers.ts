/** Headers that belong to an object: what of a request is kept with it, by the engine or here, and what comes back. */
import type { EngineAnswer } from './object-engine.ts';
import { S3Error } from './s3-error.ts';
import { textOf } from './s3-exchange.ts';
import type { StoredObject } from './stored-objects.ts';

/** What S3 takes an object for that comes without a type. */
export const DEFAULT_TYPE = 'binary/octet-stream';

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

/** Bytes of `x-amz-meta-…`, names and values together ("Working with object metadata"). */
const MAX_METADATA_BYTES = 2048;

/** Of a request, or the fields of a form. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What the engine is to keep. @throws S3Error for more metadata than S3 takes. */
export function forEngine(headers: Headers, encoding: string | undefined): Record<string, string> {
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

/** What is kept here. */
export function keptFrom(headers: Headers): Record<string, string> {
  const kept = picked(headers, KEPT_HEADERS);
  // The standard class is named nowhere.
  if (kept['x-amz-storage-class'] === 'STANDARD') delete kept['x-amz-storage-class'];
  return kept;
}

function picked(headers: Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = textOf(headers[name]);
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );
}

/** What the answer to a write says of the object. */
export function encryptionOf({ headers }: StoredObject): Record<string, string> {
  return picked(
    headers,
    KEPT_HEADERS.filter((name) => name.includes('encryption')),
  );
}

/** What a copy has of its source's: a copy is of the class that it is given, and not of its source's. */
export function inheritedFrom({ headers }: StoredObject): Record<string, string> {
  return picked(
    headers,
    KEPT_HEADERS.filter((name) => name !== 'x-amz-storage-class'),
  );
}

/** Headers of an answer that are the engine's own and not the object's. */
const ENGINE_OWN = new Set(['connection', 'date', 'x-amz-id-2', 'x-amz-request-id']);

/** The headers of an answer without the engine's own. */
export function ofEngine({ headers }: EngineAnswer): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ENGINE_OWN.has(name)));
}
