/** These never leave the machine. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** A host name or address, without scheme, port or path. */
const HOST = /^[a-z0-9._:-]+$/;

/** Host names in the order they were given. `example.com` covers its subdomains as well. */
export type AllowedHosts = readonly string[];

/**
 * The hosts that may learn our correlation ids, because an id is data too: loopback, and what the comma-separated
 * `LANTERN_PROPAGATE_TO` names. `example.com` covers its subdomains as well.
 */
export function allowedHosts(list = process.env.LANTERN_PROPAGATE_TO ?? ''): AllowedHosts {
  return [
    ...LOOPBACK,
    ...list
      .split(',')
      .map(normalise)
      .filter((host) => host !== ''),
  ];
}

/**
 * Loopback and the hosts of an option, which takes the place of `LANTERN_PROPAGATE_TO`.
 *
 * @throws TypeError for what is not a host name.
 */
export function hostsOfOption(caller: string, hosts: readonly string[]): AllowedHosts {
  const named = hosts.map((host: unknown) => {
    const name = typeof host === 'string' ? normalise(host) : '';
    const isPort = /^[^:]+:\d+$/.test(name);
    if (HOST.test(name) && !isPort) return name;
    throw new TypeError(
      `${caller} expects host names such as 'example.com' in propagateTo, without scheme, port or path; it got ${JSON.stringify(host)}`,
    );
  });
  return [...LOOPBACK, ...named];
}

/** Whether `hostname` is one of the hosts, or a subdomain of one. */
export function isAllowedHost(hostname: string, hosts: AllowedHosts): boolean {
  const name = normalise(hostname);
  return hosts.some((host) => name === host || name.endsWith(`.${host}`));
}

/** `*.example.com`, `.example.com` and `example.com.` all mean `example.com`; `[::1]` is an address in a URL. */
function normalise(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
