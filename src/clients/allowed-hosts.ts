/** These never leave the machine. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The hosts that may learn our correlation ids, because an id is data too: loopback, and what the comma-separated
 * `LANTERN_PROPAGATE_TO` names. `example.com` covers its subdomains as well.
 */
export function allowedHosts(list = process.env.LANTERN_PROPAGATE_TO ?? ''): readonly string[] {
  const named = list
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
  return [...LOOPBACK, ...named];
}

/** Whether `hostname` is one of the hosts, or a subdomain of one. */
export function isAllowedHost(hostname: string, hosts: readonly string[]): boolean {
  const name = hostname.toLowerCase();
  return hosts.some((host) => name === host || name.endsWith(`.${host}`));
}
