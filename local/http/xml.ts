/** XML as AWS's APIs write it: flat and without comments. How texts stand in it, and reading them out again. */

/** A text within an element. What XML 1.0 has no way to say is shown as what takes its place. */
export function escapeXml(text: string): string {
  return escapeMarkup(text)
    .replaceAll('\r', '&#13;')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** What would be markup alone: control characters stay, for whoever writes them in a way of its own. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** What stands in each element of a name, whatever its attributes and its namespace's prefix are. */
export function elementsIn(document: string, name: string): string[] {
  const pattern = new RegExp(
    `<(?:\\w+:)?${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</(?:\\w+:)?${name}\\s*>)`,
    'g',
  );
  return [...document.matchAll(pattern)].map(([, content = '']) => content);
}

/** The text of each element of a name. */
export function textsIn(document: string, name: string): string[] {
  return elementsIn(document, name).map(unescaped);
}

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The last code point of Unicode. */
const MAX_CODE_POINT = 0x10_ffff;

/** What is no reference, or to nothing that there is, stays as it stands. */
function unescaped(text: string): string {
  return text.replaceAll(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (all, hex?: string, decimal?: string, name = '') => {
      if (hex === undefined && decimal === undefined) return ENTITIES.get(String(name)) ?? all;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > MAX_CODE_POINT ? all : String.fromCodePoint(code);
    },
  );
}
