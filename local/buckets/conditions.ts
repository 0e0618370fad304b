/** Conditions of requests, as HTTP and S3 have them: on what is read, on what is written, on what is copied from. */
import type { IncomingHttpHeaders } from 'node:http';
import { noSuchKey, notImplemented, preconditionFailed, S3Error } from './s3-error.ts';
import { textOf } from './s3-exchange.ts';
import type { StoredObject } from './stored-objects.ts';

interface Conditions {
  readonly match: string | undefined;
  readonly noneMatch: string | undefined;
  readonly modifiedSince: string | undefined;
  readonly unmodifiedSince: string | undefined;
}

/**
 * What reading an object comes to: an ETag says more than a time, as in RFC 9110, section 13.2.2.
 *
 * @throws S3Error with status 304 for what the caller has, 412 for what it does not want.
 */
export function checkRead(object: StoredObject, headers: IncomingHttpHeaders): void {
  const failed = failing(object, {
    match: headers['if-match'],
    noneMatch: headers['if-none-match'],
    modifiedSince: headers['if-modified-since'],
    unmodifiedSince: headers['if-unmodified-since'],
  });
  if (failed === 'If-None-Match' || failed === 'If-Modified-Since') {
    const { etag, lastModified } = object;
    throw new S3Error(304, 'NotModified', 'Not Modified', {
      etag,
      'last-modified': lastModified.toUTCString(),
    });
  }
  if (failed !== undefined) throw preconditionFailed(failed);
}

/** @throws S3Error with status 412, of the object that is copied. */
export function checkCopySource(object: StoredObject, headers: IncomingHttpHeaders): void {
  const header = (name: string): string | undefined => textOf(headers[`x-amz-copy-source-if-${name}`]);
  const failed = failing(object, {
    match: header('match'),
    noneMatch: header('none-match'),
    modifiedSince: header('modified-since'),
    unmodifiedSince: header('unmodified-since'),
  });
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`);
}

/**
 * Conditional writes and deletes: `If-None-Match: *` for what must not be there, `If-Match` for what must be as it was.
 *
 * @throws S3Error
 */
export function checkWrite(
  key: string,
  object: StoredObject | undefined,
  headers: Pick<IncomingHttpHeaders, 'if-match' | 'if-none-match'>,
): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*')
      throw notImplemented('If-None-Match with an ETag in a write', 'S3 takes * only, too');
    if (object !== undefined) throw preconditionFailed('If-None-Match');
  }
  if (match === undefined) return;
  if (object === undefined) throw noSuchKey(key);
  if (!matches(match, object.etag)) throw preconditionFailed('If-Match');
}

/** The header of the condition that does not hold; undefined where all do. */
function failing({ etag, lastModified }: StoredObject, conditions: Conditions): string | undefined {
  const { match, noneMatch } = conditions;
  // Headers have whole seconds.
  const modified = Math.floor(lastModified.getTime() / 1000) * 1000;
  const since = timeOf(conditions.modifiedSince);
  const unmodifiedSince = timeOf(conditions.unmodifiedSince);
  if (match !== undefined) {
    if (!matches(match, etag)) return 'If-Match';
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) return 'If-Unmodified-Since';
  if (noneMatch !== undefined) return matches(noneMatch, etag) ? 'If-None-Match' : undefined;
  return since !== undefined && modified <= since ? 'If-Modified-Since' : undefined;
}

/** A time that cannot be read is no condition. */
function timeOf(header: string | undefined): number | undefined {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function matches(condition: string, etag: string): boolean {
  const plain = (text: string): string => text.trim().replace(/^W\//, '').replaceAll('"', '');
  return condition.trim() === '*' || condition.split(',').some((each) => plain(each) === plain(etag));
}
