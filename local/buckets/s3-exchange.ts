/** What is asked of S3 and what it answers, whatever the operation. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { S3Operation } from './s3-operation.ts';
import { xml } from './xml.ts';

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

/** An answer that is a document. */
export function document(
  root: string,
  content: Parameters<typeof xml>[1],
  text = '',
): { readonly status: 200; readonly headers: Record<string, string>; readonly body: string } {
  const written = xml(root, content);
  const body = text === '' ? written : written.replace(`></${root}>`, `>${text}</${root}>`);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** The first of a header's values. */
export function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** As S3 names its requests. */
export function newRequestId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
}
