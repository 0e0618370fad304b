/** The documents of S3: few and flat. Written from plain objects, read element by element. */

/** A text, a list of the same element, or the elements inside; undefined is left out. */
export type XmlValue =
  string | number | boolean | undefined | readonly XmlValue[] | { [name: string]: XmlValue };

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document. Errors are the only ones without a namespace. */
export function xml(root: string, content: { readonly [name: string]: XmlValue }): string {
  const namespace = root === 'Error' ? '' : ` xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${members(content)}</${root}>`;
}

function members(content: { readonly [name: string]: XmlValue }): string {
  return Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item) => element(name, item)).join('');
  return `<${name}>${typeof value === 'object' ? members(value) : escaped(String(value))}</${name}>`;
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

/** Control characters go as references, so that a key with a line break comes back as it was. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\u0000-\u001f]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What stands in each element of a name, whatever its attributes and its namespace's prefix are. */
export function elementsIn(document: string, name: string): string[] {
  const pattern = new RegExp(
    `<(?:\\w+:)?${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</(?:\\w+:)?${name}\\s*>)`,
    'g',
  );
  return [...document.matchAll(pattern)].map(([, content = '']) => content);
}

/** The text of the first element of a name; undefined where there is none. */
export function textIn(document: string, name: string): string | undefined {
  const [content] = elementsIn(document, name);
  return content === undefined ? undefined : unescaped(content);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (all, hex?: string, decimal?: string, name = '') => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return ENTITIES[String(name)] ?? all;
    },
  );
}
