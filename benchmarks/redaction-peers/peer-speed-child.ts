/*
 * Measures one package on one value: `node peer-speed-child.ts PACKAGE [FILE]`, with the value as JSON on standard input.
 * Each round writes a line, the nanoseconds of one `JSON.stringify` and of one call of the package, so that what was
 * measured is known when the process is stopped. This file is copied beside the installed packages, so that their names
 * resolve there; it imports nothing else.
 */
type Made = Readonly<Record<string, unknown>>;
type Call = (value: object) => unknown;

const ROUNDS = 11;
/** Each measurement runs at least this long, in nanoseconds, so that the clock does not matter. */
const LONG_ENOUGH = 5_000_000;
/** No further round begins after this time, in milliseconds. */
const ENOUGH = 5_000;

/** What stands under these names is what a list of names or paths is made for. */
const NAMES = ['name', 'email', 'phone'];
const RAISED = { bytes: Infinity, depth: 100, items: Infinity, keys: Infinity, stringLength: Infinity };

/** How each package is used on a response: the object where it takes one, else the JSON of the whole. */
const ADAPTERS: Readonly<Record<string, (made: Made) => Call>> = {
  'lambda-lantern': ({ createRedactor }) => {
    return (createRedactor as (policy: unknown) => Call)({ mode: 'values', budget: RAISED });
  },
  '@pinojs/redact': (made) => {
    const paths = NAMES.map((name) => `items[*].customer.${name}`);
    return (made.default as (options: unknown) => Call)({ paths, serialize: false });
  },
  '@hackylabs/deep-redact': ({ DeepRedact }) => {
    const redactor = new (DeepRedact as new (options: unknown) => { redact: Call })({
      blacklistedKeys: NAMES,
      serialise: false,
    });
    return (value) => redactor.redact(value);
  },
  '@visulima/redact': ({ stringAnonymize, standardRules }) => {
    // Its function for objects takes some hundred times as long as this one for the same response.
    return onText((text: string) =>
      (stringAnonymize as (text: string, rules: unknown) => unknown)(text, standardRules),
    );
  },
  '@redactpii/node': ({ Redactor }) => {
    const redactor = new (Redactor as new () => { redactObject: Call })();
    return (value) => redactor.redactObject(value);
  },
  redactum: ({ redactum }) => onText(redactum),
  openredaction: ({ OpenRedaction }) => {
    const detector = new (OpenRedaction as new () => { detect: (text: string) => unknown })();
    return onText((text: string) => detector.detect(text));
  },
  'redact-pii': ({ SyncRedactor }) => {
    const redactor = new (SyncRedactor as new () => { redact: (text: string) => unknown })();
    return onText((text: string) => redactor.redact(text));
  },
  '@cdssnc/sanitize-pii': ({ sanitizePii }) => onText(sanitizePii),
};

function onText(mask: unknown): Call {
  return (value) => (mask as (text: string) => unknown)(JSON.stringify(value));
}

/** Nanoseconds of one call. How many calls are enough is found anew, because engines make them faster meanwhile. */
async function timeOf(call: () => unknown): Promise<number> {
  for (let calls = 1; ;) {
    const start = process.hrtime.bigint();
    for (let count = 0; count < calls; count += 1) {
      const made = call();
      // Waiting for what is there already would be measured too.
      if (made instanceof Promise) await made;
    }
    const elapsed = Number(process.hrtime.bigint() - start);
    if (elapsed >= LONG_ENOUGH) return elapsed / calls;
    calls = Math.ceil(calls * Math.min(10, (1.5 * LONG_ENOUGH) / elapsed));
  }
}

const [, , name = '', file = name] = process.argv;
let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += String(chunk);
const call = ADAPTERS[name]?.((await import(file)) as Made);
if (call === undefined) throw new Error(`There is no adapter for ${name}`);
const value = JSON.parse(input) as object;
for (let round = 0; round < ROUNDS && performance.now() < ENOUGH; round += 1) {
  const base = await timeOf(() => JSON.stringify(value));
  const time = await timeOf(() => call(value));
  process.stdout.write(`${JSON.stringify([base, time])}\n`);
}
