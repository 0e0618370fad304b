import type { Attributes } from './attributes.ts';
import { awsServiceOf, isAwsCall } from './aws-fields.ts';
import type { Span } from './definitions/opentelemetry/proto/trace/v1/trace_pb.ts';

/** X-Ray developer guide, "X-Ray segment documents": what a name may hold, and how many characters. */
const FORBIDDEN = /[^\s\p{L}\p{N}_.:/%&#=+\\\-@]/gu;
const MAX_NAME_LENGTH = 200;

/** What the OpenTelemetry SDKs call a service that was given no name. */
const NAMELESS = /^unknown_service(?::|$)/;

/** A segment is a service: its name is the service's, not that of what it did. */
export function segmentName(span: Span, attributes: Attributes, resource: Attributes): string {
  const service = resource.peek('service.name');
  return allowedName(
    attributes.peek('aws.local.service'),
    service !== undefined && NAMELESS.test(service) ? undefined : service,
    resource.peek('faas.name'),
    service,
    span.name,
  );
}

/** A subsegment that calls something is named after that, by the first name that is known; any other after its span. */
export function subsegmentName(span: Span, attributes: Attributes): string {
  const called = (name: string): string | undefined => attributes.peek(name);
  const remote = called('aws.remote.service');
  return allowedName(
    isAwsCall(attributes) ? remote?.replace(/^(?:AWS\.SDK\.|AWS::)/, '') : remote,
    called('service.peer.name') ?? called('peer.service'),
    isAwsCall(attributes) ? awsServiceOf(attributes) : called('aws.service'),
    databaseOf(attributes),
    called('rpc.service'),
    called('http.host'),
    hasAny(
      attributes,
      'http.request.method',
      'http.method',
      'rpc.system',
      'rpc.system.name',
      'db.system.name',
    )
      ? called('server.address')
      : undefined,
    called('net.peer.name'),
    hostOf(called('url.full') ?? called('http.url')),
    span.name,
  );
}

/** Database and host, as X-Ray names what a SQL query calls: `orders@db.example.com`. */
function databaseOf(attributes: Attributes): string | undefined {
  const database = attributes.peek('db.namespace') ?? attributes.peek('db.name');
  if (database === undefined) return undefined;
  const host =
    hostOf(attributes.peek('db.connection_string')?.replace(/^jdbc:/, '')) ??
    attributes.peek('server.address') ??
    attributes.peek('net.peer.name');
  return host === undefined ? database : `${database}@${host}`;
}

function hostOf(url: string | undefined): string | undefined {
  const host = url === undefined ? undefined : URL.parse(url)?.hostname;
  return host === '' ? undefined : host;
}

function hasAny(attributes: Attributes, ...names: readonly string[]): boolean {
  return names.some((name) => attributes.get(name) !== undefined);
}

/** The first that has a character which X-Ray allows, without those that it does not. */
function allowedName(...names: ReadonlyArray<string | undefined>): string {
  for (const name of names) {
    const allowed = name?.toWellFormed().replace(FORBIDDEN, '').trim() ?? '';
    // A character that would be cut in two is left out.
    if (allowed !== '') return allowed.slice(0, MAX_NAME_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
  }
  return 'span';
}
