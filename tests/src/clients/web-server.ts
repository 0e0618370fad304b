import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on loopback whose answers follow the path of the request. */
export interface WebServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly WebRequest[];
  last(): WebRequest;
  clear(): void;
  stop(): Promise<void>;
}

/**
 * `/status/404` answers with that status, `/redirect?to=` redirects there, `/hang` never answers, `/cut` breaks off in the
 * middle of its body, `/slow` waits a little, everything else says `ok`.
 */
export async function startWebServer(): Promise<WebServer> {
  let requests: WebRequest[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '/', headers } = request;
      requests.push({ method, path: url, headers, body });
      const { pathname, searchParams } = new URL(url, 'http://server');
      const [, kind, detail] = pathname.split('/');
      if (kind === 'hang') return;
      if (kind === 'cut') {
        response.writeHead(200, { 'content-length': 10 }).write('half');
        setTimeout(() => response.destroy(), 20);
      } else if (kind === 'slow') setTimeout(() => response.end('ok'), Number(detail));
      else if (kind === 'redirect') {
        response.writeHead(307, { location: searchParams.get('to') ?? '/' }).end();
      } else {
        response.writeHead(kind === 'status' ? Number(detail) : 200, { 'content-length': 2 }).end('ok');
      }
    });
  });
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get requests() {
      return requests;
    },
    last() {
      const request = requests.at(-1);
      if (request === undefined) throw new Error('No request has arrived');
      return request;
    },
    clear() {
      requests = [];
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
