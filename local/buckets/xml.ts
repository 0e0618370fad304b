/** The documents of S3, written from plain objects. */
import { escapeMarkup } from '../http/xml.ts';

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
  return escapeMarkup(text).replaceAll(/[\u0000-\u001f]/g, (character) => `&#${character.charCodeAt(0)};`);
}
