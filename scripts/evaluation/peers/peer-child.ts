/*
 * Runs one package over texts: `node peer-child.ts PACKAGE`, with the texts as JSON on standard input and what the
 * package makes of them as JSON on standard output. This file is copied beside the installed packages, so that their
 * names resolve there; it imports nothing else.
 */
type Mask = (text: string) => unknown;
type Made = Readonly<Record<string, unknown>>;

/** How each package is used on a text, with its defaults, by its name. */
const ADAPTERS: Readonly<Record<string, (made: Made) => Mask>> = {
  '@visulima/redact': ({ stringAnonymize, standardRules }) => {
    return (text) => (stringAnonymize as (text: string, rules: unknown) => unknown)(text, standardRules);
  },
  redactum: ({ redactum }) => {
    return async (text) => {
      const { redactedText } = (await (redactum as (text: string) => unknown)(text)) as Made;
      return redactedText;
    };
  },
  openredaction: ({ OpenRedaction }) => {
    const detector = new (OpenRedaction as new () => { detect: (text: string) => unknown })();
    return async (text) => ((await detector.detect(text)) as Made).redacted;
  },
  'redact-pii': ({ SyncRedactor }) => redactorOf(SyncRedactor),
  '@redactpii/node': ({ Redactor }) => redactorOf(Redactor),
  '@cdssnc/sanitize-pii': ({ sanitizePii }) => sanitizePii as Mask,
};

function redactorOf(constructor: unknown): Mask {
  const redactor = new (constructor as new () => { redact: Mask })();
  return (text) => redactor.redact(text);
}

const [, , name = ''] = process.argv;
let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += String(chunk);
const mask = ADAPTERS[name]?.((await import(name)) as Made);
if (mask === undefined) throw new Error(`There is no adapter for ${name}`);
const masked: string[] = [];
for (const text of JSON.parse(input) as string[]) masked.push(String(await mask(text)));
process.stdout.write(JSON.stringify(masked));
