/** Path and query of an absolute web address; anything else comes back as it is. */
export function pathOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed.pathname + parsed.search : url;
}
