import type { IncomingMessage } from 'node:http';

/*
 * A server on loopback is within reach of every page that the developer's browser has open. These checks tell
 * such a page from our own, and from programs that are no browser.
 */

/**
 * Why a request is refused for the name it was addressed by, or undefined. A foreign name that resolves to
 * 127.0.0.1 (DNS rebinding) would make a foreign page "same origin".
 */
export function foreignHost(request: IncomingMessage, port: number): string | undefined {
  const host = request.headers.host?.toLowerCase() ?? '';
  if (ownHosts(port).includes(host)) return undefined;
  return `This server answers to ${ownHosts(port).join(', ')} only; the request was for ${JSON.stringify(host)}.`;
}

/** Why a request is refused because another site's page makes it, or undefined. */
export function foreignPage({ headers }: IncomingMessage, port: number): string | undefined {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isOwnOrigin = origin === undefined || ownHosts(port).some((host) => origin === `http://${host}`);
  // Another port of this machine counts as "same-site", and is still another program's page.
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  return isOwnOrigin && isOwnSite ? undefined : 'Only the page that this server serves may use its API.';
}

function ownHosts(port: number): string[] {
  const hosts = ['localhost', '127.0.0.1', '[::1]'];
  // A browser leaves out the default port.
  return port === 80 ? hosts : hosts.map((host) => `${host}:${port}`);
}
