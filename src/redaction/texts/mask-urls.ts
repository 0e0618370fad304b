/** A URL from behind its scheme on, or a path or query that starts a word. */
const URLS = /:\/\/[^\s"'<>]{0,2303}|[/?#](?<![^\s"'(].)[^\s"'<>]{0,2047}/g;
const AUTHORITY = /^:\/\/[^/?#]{0,255}/;
const PARAMETERS = /([?&#;])([^=&#;]{1,64})=([^&#;]+)/g;
/** Nothing that a detector looks for is shorter. */
const SHORTEST_SEGMENT = 6;

/** The text with every parameter of the URLs in it treated under its name. */
export function maskParameters(text: string, treat: (name: string, value: string) => string): string {
  if (!text.includes('=')) return text;
  return text.replaceAll(URLS, (url) => {
    const start = url.search(/[?#]/);
    if (start < 0) return url;
    const query = url.slice(start).replaceAll(PARAMETERS, (_, mark: string, name: string, value: string) => {
      return `${mark}${name}=${treat(name, value)}`;
    });
    return url.slice(0, start) + query;
  });
}

/** The text with every segment of the paths in it treated by itself. */
export function maskSegments(text: string, treat: (segment: string) => string): string {
  if (!text.includes('/')) return text;
  return text.replaceAll(URLS, (url) => {
    const authority = AUTHORITY.exec(url)?.[0] ?? '';
    const end = url.search(/[?#]/);
    const path = url.slice(authority.length, end < 0 ? url.length : end);
    const treated = path.split('/').map((part) => (part.length < SHORTEST_SEGMENT ? part : treat(part)));
    return authority + treated.join('/') + (end < 0 ? '' : url.slice(end));
  });
}
