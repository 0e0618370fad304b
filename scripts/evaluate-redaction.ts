import { parseArgs } from 'node:util';
import type { RedactionBudget } from '../src/redaction/redact.ts';
import { redact } from '../src/redaction/redact.ts';
import { createTextGuard } from '../src/redaction/text-guard.ts';
import { generateResponses } from './evaluation/generate-responses.ts';
import type { LabelledText } from './evaluation/labelled-text.ts';
import { readLabelledSet } from './evaluation/labelled-set.ts';
import { measureValues } from './evaluation/measure-generated.ts';
import { measureLeaks } from './evaluation/measure-leaks.ts';
import { measureLabelled } from './evaluation/measure-labelled.ts';
import { generateMessages, measureMessages } from './evaluation/measure-messages.ts';
import { samplesOf } from './evaluation/peers/peer-sample.ts';
import { reportPeers } from './evaluation/peers/report-peers.ts';
import type { PeerRun } from './evaluation/peers/run-peers.ts';
import { runPeers } from './evaluation/peers/run-peers.ts';
import { measureSecrets } from './evaluation/measure-secrets.ts';
import {
  reportLabelled,
  reportLeaks,
  reportMessages,
  reportNames,
  reportSecrets,
  reportValues,
} from './evaluation/report.ts';

/*
 * How well redaction does: `npm run eval:redaction`, on responses that are generated here, and on a labelled set of
 * texts when one is given: `npm run eval:redaction -- --labelled FILE`. With `--peers` other packages are installed
 * into a temporary folder and measured on the same texts, which takes minutes and needs a registry. It measures and does not judge: it ends with 0.
 */
const RESPONSES = 2000;
const SEED = 20_260_314;

/** Raised above every response, so that nothing is hidden by being cut. */
const budget: RedactionBudget = {
  bytes: Infinity,
  depth: 100,
  items: Infinity,
  keys: Infinity,
  stringLength: Infinity,
};
/** What the envelopes of generated responses hold; it is safe and shown in every mode. */
const KNOWN_VALUES = ['true', 'application/json', 'application/x-www-form-urlencoded', 'no-store'];

/** A text as the value of a key that says nothing. */
function showText(text: string): string {
  const output = redact({ text }, { mode: 'values', budget });
  const shown = typeof output === 'object' && output !== null && 'text' in output ? output.text : undefined;
  if (typeof shown !== 'string') return JSON.stringify(shown ?? null);
  // A quoted text is a JSON string in a string, and is shown without its quotes.
  return JSON.stringify(shown) === text ? text : shown;
}

function evaluateGenerated(): void {
  const responses = generateResponses(RESPONSES, SEED);
  console.log(
    `GENERATED DATA: ${RESPONSES} responses made by faker, seed ${SEED}; no real person is in them\n`,
  );
  console.log("Mode 'values'\n");
  console.log(reportValues(measureValues(responses, (value) => redact(value, { mode: 'values', budget }))));
  const name = (key: string): boolean => {
    const shown = redact({ [key]: 'x' }, { mode: 'values' });
    return JSON.stringify(shown) !== JSON.stringify({ [key]: 'x' });
  };
  console.log(`\nGENERATED SECRETS: the forms of issuers, no secret of anybody\n`);
  console.log(reportSecrets(measureSecrets(showText, SEED)));
  console.log(`\nNames of keys\n\n${reportNames(name)}`);
  const leaks = measureLeaks(responses, (value) => redact(value, { mode: 'shape', budget }), KNOWN_VALUES);
  console.log(`\nMode 'shape'\n\n${reportLeaks(leaks)}`);
}

/** Messages of errors in mode `shape`: those that the list of words was written with, and those that it was not. */
async function evaluateMessages(): Promise<void> {
  const messages = await generateMessages(SEED);
  const texts = createTextGuard();
  for (const isHeldOut of [false, true]) {
    const those = messages.filter((message) => message.isHeldOut === isHeldOut);
    console.log(`\nMESSAGES OF ERRORS, ${isHeldOut ? 'held out' : 'looked at'}: ${those.length}\n`);
    console.log(
      reportMessages(
        those,
        measureMessages(those, (message) => texts.message(message)),
      ),
    );
  }
}

function evaluateLabelled(texts: readonly LabelledText[]): void {
  const result = measureLabelled(texts, showText);
  console.log(`\nLABELLED SET: ${texts.length} texts, each as the value { text }, mode 'values'\n`);
  console.log(reportLabelled(result));
}

/** The same texts for all, and no keys: most packages know nothing of them. */
async function evaluatePeers(labelled: readonly LabelledText[]): Promise<void> {
  const samples = samplesOf(generateResponses(RESPONSES, SEED), labelled, SEED);
  const texts = samples.map(({ text }) => text);
  console.log(
    `\nPEERS: ${texts.length} texts, each alone; a value is hidden when no half of it is left in a row\n`,
  );
  const started = performance.now();
  const shown = texts.map(showText);
  const runs: PeerRun[] = [{ name: 'lambda-lantern', shown, milliseconds: performance.now() - started }];
  for await (const run of runPeers(texts)) runs.push(run);
  console.log(reportPeers(runs, samples));
}

// The variable would make the mode stricter.
delete process.env.LANTERN_REDACTION;
try {
  const { values } = parseArgs({ options: { labelled: { type: 'string' }, peers: { type: 'boolean' } } });
  const labelled = values.labelled === undefined ? [] : await readLabelledSet(values.labelled);
  evaluateGenerated();
  await evaluateMessages();
  if (labelled.length > 0) evaluateLabelled(labelled);
  if (values.peers === true) await evaluatePeers(labelled);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
