import type { Redactor } from '../redact.ts';
import type { TextGuard } from '../text-guard.ts';

/** Attributes of OpenTelemetry: texts, numbers, truth values, lists of them, and, since its API 1.10, what JSON holds. */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * Attributes of the semantic conventions that hold names which a program, a protocol or AWS gives, never what somebody sent: those that
 * begin so, and those that are called so.
 */
const NAMES_OF_PROGRAMS =
  /^(?:http\.(?:request\.method|method|route|response\.status_code|status_code|scheme|flavor)$|url\.(?:scheme|template)$|server\.|network\.|rpc\.(?:system|service|method|grpc\.status_code)|db\.(?:system|operation|collection|namespace|name$)|messaging\.(?:system|operation|destination\.(?:name|template)|batch)|faas\.|cloud\.|aws\.(?:local\.|remote\.|span\.|lambda\.|log\.|request_id|xray\.|dynamodb\.table_names)|service\.|telemetry\.|code\.|thread\.|exception\.(?:type|escaped)$|error\.type$|otel\.|lantern\.)/;

/** URLs, and paths of them. */
const URLS: ReadonlySet<string> = new Set([
  'url.full',
  'url.path',
  'url.original',
  'http.url',
  'http.target',
]);

const QUERIES: ReadonlySet<string> = new Set(['url.query', 'http.query']);

const STATEMENTS: ReadonlySet<string> = new Set(['db.query.text', 'db.statement']);

/** Headers and metadata of a request or an answer; what comes behind is the name of one. */
const HEADER = /^(?:http|rpc\.\w+)\.(?:request|response)\.(?:header|metadata)\.(?<name>.+)$/;

/** What a program says, in words. */
const MESSAGE = /(?:^|\.)message$/;

/** Shows attributes: each by its name, or else by the policy, in which its name is a key. */
export function createAttributeShower(
  texts: TextGuard,
  redact: Redactor,
): (attributes: Attributes) => Record<string, unknown> {
  const showText = (name: string, value: string): unknown => {
    if (URLS.has(name)) return showUrl(value, texts);
    if (QUERIES.has(name)) return value === '' ? value : '<query>';
    if (STATEMENTS.has(name)) return texts.text(withoutLiterals(value));
    if (name.endsWith('.stacktrace')) return showStack(value, texts);
    if (MESSAGE.test(name)) return texts.message(value);
    return undefined;
  };
  const show = (name: string, value: unknown): unknown => {
    if (NAMES_OF_PROGRAMS.test(name) && isFlat(value)) return ofEach(value, (item) => texts.text(item));
    if (typeof value === 'string') {
      const shown = showText(name, value);
      if (shown !== undefined) return shown;
    }
    const header = HEADER.exec(name)?.groups?.name;
    if (header !== undefined && isFlat(value)) return ofEach(value, (item) => texts.named(header, item));
    const all = redact({ [name]: value }) as Record<string, unknown> | undefined;
    const shown = all !== undefined && Object.hasOwn(all, name) ? all[name] : '<redacted>';
    if (!isFlat(value)) return shown;
    return Array.isArray(value) && Array.isArray(shown) ? shown.map(asText) : asText(shown);
  };
  return (attributes) =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [texts.text(name), show(name, value)]),
    );
}

/** What was a text stays one, also where it was decoded to be shown: not every exporter takes objects. */
function asText(shown: unknown): unknown {
  return typeof shown === 'object' && shown !== null ? JSON.stringify(shown) : shown;
}

/** Whether a value is one of those that attributes had before they could hold objects. */
function isFlat(value: unknown): boolean {
  return Array.isArray(value) ? value.every((item) => typeof item !== 'object') : typeof value !== 'object';
}

/** A text, or each text of a list, shown; numbers and truth values stay. */
function ofEach(value: unknown, show: (item: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => ofEach(item, show));
  return typeof value === 'string' ? show(value) : value;
}

const URL_PARTS =
  /^(?<origin>[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?(?<host>[^/?#]*))?(?<path>[^?#]*)(?<rest>.*)$/is;

/** The host as it is, the path without what is somebody's; no user, no query and no fragment. */
function showUrl(url: string, texts: TextGuard): string {
  const { origin, host = '', path = '', rest = '' } = URL_PARTS.exec(url)?.groups ?? {};
  const scheme =
    origin === undefined ? '' : `${origin.slice(0, origin.indexOf('://'))}://${texts.text(host)}`;
  return `${scheme}${texts.path(path)}${rest.startsWith('?') ? '?<query>' : ''}`;
}

/** Texts in quotes, numbers, and what PostgreSQL puts between dollars. Names of tables and columns stay. */
const LITERALS =
  /'(?:[^'\\]|''|\\.)*(?:'|$)|"(?:[^"\\]|""|\\.)*(?:"|$)|(?<tag>\$\w*\$).*?(?:\k<tag>|$)|(?<![\w.$])[+-]?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?!\w)/gis;
/** Names in double quotes, as SQL has them. */
const QUOTED_NAME = /^"[A-Za-z_][\w.]{0,63}"$/;

function withoutLiterals(statement: string): string {
  return statement.replaceAll(LITERALS, (literal) => (QUOTED_NAME.test(literal) ? literal : '?'));
}

/** The message of a stack as a message, and each frame as a place in the code. */
function showStack(stack: string, texts: TextGuard): string {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => FRAME.test(line));
  const message = (first === -1 ? lines : lines.slice(0, first)).join('\n');
  const frames = first === -1 ? [] : lines.slice(first);
  const shown = frames.map((line) => (FRAME.test(line) ? texts.text(line) : texts.message(line)));
  return [texts.message(message), ...shown].join('\n');
}

const FRAME = /^\s+at .*:\d+(?::\d+)?\)?$|^\s+at \S.*\)$/;
