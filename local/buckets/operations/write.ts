/** Writing objects from what a request carries: by PUT, by the form of a page, and their tags. */
import type { BucketStore } from '../bucket-store.ts';
import { checkWrite } from '../conditions.ts';
import { encryptionOf, forEngine, keptFrom, ofEngine } from '../object-headers.ts';
import type { ObjectEventType } from '../object-event.ts';
import { readPayload } from '../payload.ts';
import { readPostForm } from '../post-form.ts';
import type { S3Answer, S3Request } from '../s3-exchange.ts';
import { document } from '../s3-exchange.ts';
import type { StoredBucket, Tags } from '../stored-objects.ts';
import { parseTagDocument, parseTagHeader } from '../tags.ts';

export async function putObject(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const { key, headers } = request;
  const { body, checksums, encoding } = readPayload(headers, request.body);
  checkWrite(key, bucket.objects.get(key), headers);
  const tags = parseTagHeader(headers['x-amz-tagging']);
  const answer = await store.engine.send({
    method: 'PUT',
    bucket: bucket.definition.name,
    key,
    headers: { ...forEngine(headers, encoding), ...checksums },
    body,
  });
  const object = await store.keep(bucket, key, { tags, headers: keptFrom(headers) });
  store.tell(request, bucket, object, 'ObjectCreated:Put');
  return { status: 200, headers: { ...ofEngine(answer), ...encryptionOf(object) } };
}

/** What the form of a page sends. */
export async function postObject(
  request: S3Request,
  bucket: StoredBucket,
  store: BucketStore,
): Promise<S3Answer> {
  const form = await readPostForm(
    request.headers['content-type'] ?? '',
    request.body,
    bucket.definition.name,
  );
  const { key, fields } = form;
  const object = await store.inTurn(`${bucket.definition.name}/${key}`, async () => {
    await store.engine.send({
      method: 'PUT',
      bucket: bucket.definition.name,
      key,
      headers: forEngine(fields, fields['content-encoding']),
      body: form.file,
    });
    const tags = fields.tagging === undefined ? [] : parseTagDocument(fields.tagging);
    return store.keep(bucket, key, { tags, headers: keptFrom(fields) });
  });
  store.tell(request, bucket, object, 'ObjectCreated:Post');
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

export function putTags(request: S3Request, bucket: StoredBucket, store: BucketStore): S3Answer {
  const { body } = readPayload(request.headers, request.body);
  return tag(store, request, bucket, parseTagDocument(body.toString()), 'ObjectTagging:Put', 200);
}

export function deleteTags(request: S3Request, bucket: StoredBucket, store: BucketStore): S3Answer {
  return tag(store, request, bucket, [], 'ObjectTagging:Delete', 204);
}

function tag(
  store: BucketStore,
  request: S3Request,
  bucket: StoredBucket,
  tags: Tags,
  type: ObjectEventType,
  status: number,
): S3Answer {
  const object = { ...bucket.object(request.key), tags };
  bucket.objects.set(request.key, object);
  store.tell(request, bucket, object, type);
  return { status };
}
