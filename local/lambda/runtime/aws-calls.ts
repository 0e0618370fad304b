/**
 * Loaded into a function's process before anything else: lets no connection to AWS leave the machine. Whatever client opens
 * one (an SDK of any version, `https`, `fetch`) is connected to Lantern's front for AWS instead, which knows where each
 * service is served, without TLS. It leans on nothing but Node. Its own address says what it needs: `port` is the front's,
 * `open` has the services whose calls go to AWS because a setting says so.
 */
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import { awsHostOf } from './aws-host.ts';

const { searchParams } = new URL(import.meta.url);
const frontPort = Number(searchParams.get('port'));
const open = new Set(searchParams.get('open')?.split(','));

/** Ports of HTTP; what else listens at an address of AWS is a database or a broker. */
const HTTP_PORTS = new Set([80, 443]);

interface Destination {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  readonly socket?: unknown;
  readonly ALPNProtocols?: unknown;
}

type Connect = (this: net.Socket, ...args: unknown[]) => net.Socket;

const connectSocket = Reflect.get(net.Socket.prototype, 'connect') as Connect;
const connectTls = tls.connect as (...args: unknown[]) => net.Socket;

function connectElsewhere(this: net.Socket, ...args: unknown[]): net.Socket {
  const [destination, listener] = readArguments(args);
  const host = guarded(destination);
  if (host === undefined) return connectSocket.apply(this, args);
  if (this instanceof tls.TLSSocket || !HTTP_PORTS.has(Number(destination.port)))
    return refuse(this, host, destination);
  return connectSocket.call(
    this,
    { ...destination, host: '127.0.0.1', port: frontPort, lookup: undefined },
    listener,
  );
}

function connectTlsElsewhere(...args: unknown[]): net.Socket {
  const [destination, listener] = readArguments(args);
  const host = guarded(destination);
  if (host === undefined || destination.socket !== undefined) return connectTls(...args);
  const socket = asTls(new net.Socket());
  if (typeof listener === 'function') socket.once('secureConnect', listener as () => void);
  // A client that speaks nothing but HTTP/2 is not understood by the front.
  if (!HTTP_PORTS.has(Number(destination.port)) || speaksHttp2Only(destination))
    return refuse(socket, host, destination);
  connectSocket.call(socket, { host: '127.0.0.1', port: frontPort });
  return socket;
}

Object.assign(net.Socket.prototype, { connect: connectElsewhere });
Object.assign(tls, { connect: connectTlsElsewhere });
syncBuiltinESMExports();

/** `connect(options)`, `connect(port, host)`, and what `net.connect` has made of either. */
function readArguments(args: readonly unknown[]): readonly [destination: Destination, listener: unknown] {
  if (Array.isArray(args[0])) return readArguments(args[0]);
  const listener = args.findLast((argument) => typeof argument === 'function');
  const options = args.find((argument) => typeof argument === 'object' && argument !== null) ?? {};
  const [port, host] = args;
  if (typeof port === 'object' || port === undefined) return [options, listener];
  return [{ ...(typeof host === 'string' && { host }), port, ...options }, listener];
}

/** The host, if it is AWS's and not open. */
function guarded({
  host,
  path,
  ...rest
}: Destination & { readonly servername?: unknown }): string | undefined {
  if (typeof host !== 'string' || (typeof path === 'string' && rest.port === undefined)) return undefined;
  const aws = awsHostOf(host);
  return aws === undefined || open.has(aws.service) ? undefined : host;
}

function speaksHttp2Only({ ALPNProtocols: protocols }: Destination): boolean {
  return Array.isArray(protocols) && protocols.length > 0 && protocols.every((protocol) => protocol === 'h2');
}

/** What clients of TLS look at: to them the connection is what they asked for. */
function asTls(socket: net.Socket): net.Socket {
  socket.once('connect', () => socket.emit('secureConnect'));
  return Object.assign(socket, {
    encrypted: true,
    authorized: true,
    authorizationError: null,
    alpnProtocol: false,
    getPeerCertificate: () => ({}),
    getProtocol: () => 'TLSv1.3',
    getSession: () => undefined,
    isSessionReused: () => false,
    setServername: () => undefined,
  });
}

function refuse<Of extends net.Socket>(socket: Of, host: string, { port }: Destination): Of {
  const label = awsHostOf(host)?.label ?? host;
  const message =
    `Lantern local lets no call to AWS leave this machine, and it cannot serve ${host}:${String(port)}. Set ` +
    `custom.lantern.local.endpoints.${label} to the address of an emulator, or to aws for AWS itself; ` +
    'see "Calls to AWS" in docs/local.md.';
  socket.destroy(Object.assign(new Error(message), { code: 'LANTERN_NO_ENDPOINT' }));
  return socket;
}
