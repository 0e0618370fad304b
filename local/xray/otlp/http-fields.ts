import { present } from '../../json.ts';
import type { HttpData } from '../document.ts';
import type { Attributes } from './attributes.ts';

type Request = NonNullable<HttpData['request']>;
type Response = NonNullable<HttpData['response']>;

/** The part `http` of a document, by the semantic conventions of HTTP, present and before 1.23. */
export function httpFields(attributes: Attributes, isServer: boolean): HttpData | undefined {
  const status = attributes.count('http.response.status_code', 'http.status_code');
  const method = attributes.text('http.request.method', 'http.method');
  const url = attributes.text('url.full', 'http.url');
  const forwardedFor = attributes.text('http.client_ip');
  const userAgent = attributes.text('user_agent.original', 'http.user_agent');
  // The attributes of addresses are those of other protocols too.
  if ([status, method, url, forwardedFor, userAgent].every((value) => value === undefined)) return undefined;
  const request = present<Request>({
    method,
    url: url ?? composedUrl(attributes, isServer),
    user_agent: userAgent,
    client_ip: forwardedFor ?? clientAddress(attributes, isServer),
    x_forwarded_for: forwardedFor === undefined ? undefined : true,
  });
  const response = present<Response>({
    status,
    content_length: attributes.count('http.response.body.size', 'http.response_content_length'),
  });
  return {
    ...(Object.keys(request).length > 0 && { request }),
    ...(Object.keys(response).length > 0 && { response }),
  };
}

/** Servers record the parts of the URL, and so did clients; undefined when nobody said for which host. */
function composedUrl(attributes: Attributes, isServer: boolean): string | undefined {
  const host =
    attributes.text('http.host') ??
    withPort(
      attributes.text('server.address', ...(isServer ? SERVER_NAMES : PEER_NAMES)),
      attributes.count('server.port', isServer ? 'net.host.port' : 'net.peer.port'),
    );
  const scheme = attributes.text('url.scheme', 'http.scheme') ?? 'http';
  const path = attributes.text('url.path');
  const query = attributes.text('url.query');
  const target = attributes.text('http.target') ?? (path ?? '/') + (query === undefined ? '' : `?${query}`);
  return host === undefined ? undefined : `${scheme}://${withoutDefaultPort(host, scheme)}${target}`;
}

const SERVER_NAMES = ['http.server_name', 'net.host.name', 'host.name'] as const;
const PEER_NAMES = ['net.peer.name', 'net.peer.ip', 'net.sock.peer.addr'] as const;

function withPort(name: string | undefined, port: number | undefined): string | undefined {
  if (name === undefined || port === undefined) return name;
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function withoutDefaultPort(host: string, scheme: string): string {
  const port = scheme === 'https' ? ':443' : ':80';
  return host.endsWith(port) ? host.slice(0, -port.length) : host;
}

/** Of a client's own span the peer is the server. */
function clientAddress(attributes: Attributes, isServer: boolean): string | undefined {
  return isServer
    ? attributes.text('client.address', 'network.peer.address', 'net.sock.peer.addr', 'net.peer.ip')
    : undefined;
}
