import { describe, expect, it } from 'vitest';
import { generateResponses } from '../../../scripts/evaluation/generate-responses.ts';
import { labelledText } from '../../../scripts/evaluation/labelled-text.ts';
import { measureValues } from '../../../scripts/evaluation/measure-generated.ts';
import { measureLeaks } from '../../../scripts/evaluation/measure-leaks.ts';
import { measureSecrets } from '../../../scripts/evaluation/measure-secrets.ts';
import { measureLabelled } from '../../../scripts/evaluation/measure-labelled.ts';
import {
  DataMap,
  JsonText,
  keysOf,
  Leaf,
  leavesOf,
  toValue,
} from '../../../scripts/evaluation/response-tree.ts';

const email = { kind: 'email', value: 'ann@example.com' };
const note = new Leaf(labelledText('Write to ', email, ' soon'), { place: 'free text' });
const total = new Leaf(labelledText('10.20'), { benign: 'price' });
const tree = { body: new JsonText({ items: [{ note, total }] }) };
const response = { value: toValue(tree), leaves: leavesOf(tree), keys: keysOf(tree) };
function showing(shownNote: unknown, shownTotal: unknown) {
  return () => ({
    body: { items: [{ note: shownNote, total: shownTotal }] },
  });
}

describe('generateResponses', () => {
  it('gives the same for the same seed, and another for another', () => {
    expect(generateResponses(60, 1)).toEqual(generateResponses(60, 1));
    expect(generateResponses(60, 1)).not.toEqual(generateResponses(60, 1000));
  });

  it('knows every personal value that it plants', () => {
    const responses = generateResponses(60, 1);
    const planted = responses.flatMap(({ leaves }) => leaves.flatMap(({ leaf }) => leaf.text.spans));
    expect(planted.length).toBeGreaterThan(60);
    expect(measureValues(responses, () => undefined).recall.size).toBe(
      new Set(planted.map(({ kind }) => kind)).size,
    );
  });
});

describe('measureValues', () => {
  it('counts a value that is masked in its text', () => {
    const { recall, altered, masked } = measureValues([response], showing('Write to [email] soon', '10.20'));
    expect(recall.get('email')?.get('free text')).toEqual({ part: 1, of: 1 });
    expect(altered.get('price')).toEqual({ part: 0, of: 1 });
    expect(masked.part).toBe(0);
  });

  it('counts values that are missed, altered, and masked too far', () => {
    const { recall, altered, masked, examples } = measureValues(
      [response],
      showing('Write to ann@[host] soon', '[number]'),
    );
    expect(recall.get('email')?.get('free text')).toEqual({ part: 0, of: 1 });
    expect(altered.get('price')).toEqual({ part: 1, of: 1 });
    expect(masked).toEqual({ part: 4, of: 15 });
    expect(examples.map(({ kind }) => kind)).toEqual(['email', 'price']);
  });

  it('takes what is not shown at all as hidden, and a benign value as altered', () => {
    const { recall, altered } = measureValues([response], () => undefined);
    expect(recall.get('email')?.get('free text')).toEqual({ part: 1, of: 1 });
    expect(altered.get('price')).toEqual({ part: 1, of: 1 });
  });
});

describe('measureLeaks', () => {
  const leaksOf = (show: () => unknown, known: readonly string[] = []) =>
    measureLeaks([response], show, known).strings;

  it('counts strings of which four characters in a row are shown, wherever', () => {
    expect(leaksOf(() => ['<string>', 'exam'])).toEqual({ part: 1, of: 2 });
    expect(leaksOf(showing('<string, Write to>', '10.2'))).toEqual({ part: 1, of: 2 });
    expect(leaksOf(() => ({ 'Write to': 1 }))).toEqual({ part: 1, of: 2 });
    expect(leaksOf(() => 'Write', ['Write'])).toEqual({ part: 0, of: 2 });
  });

  it('counts keys that are data and are shown, and names of fields that are', () => {
    const keyed = { total: 1, scores: new DataMap([['Annabel', 3]]) };
    const generated = { value: toValue(keyed), leaves: [], keys: keysOf(keyed) };
    const shown = { total: '<number>', '<map>': ['<1 key>', { Annabel: '<number>' }] };

    const leaking = measureLeaks([generated], () => shown, []);
    expect(leaking.dataKeys).toEqual({ part: 1, of: 1 });
    expect(leaking.fields).toEqual({ part: 1, of: 2 });
    expect(leaking.examples).toEqual(['Annabel']);
    expect(measureLeaks([generated], () => ({ scores: '<map>' }), []).dataKeys.part).toBe(0);
  });
});

describe('measureLabelled', () => {
  it('gives recall by entity of the span, and precision by entity of the label', () => {
    const entity = (kind: string, value: string) => ({ kind, value });
    const texts = [
      labelledText('Mail ', entity('EMAIL_ADDRESS', 'ann@example.com'), ' or 12345'),
      labelledText('Ask ', entity('PERSON', 'Ann'), ' first'),
    ];
    const { recall, precision, anyPrecision } = measureLabelled(texts, (text) =>
      text.replace('ann@example.com', '[email]').replace('12345', '[phone]'),
    );
    expect(recall.get('EMAIL_ADDRESS')).toEqual({ part: 1, of: 1 });
    expect(recall.get('PERSON')).toEqual({ part: 0, of: 1 });
    expect(precision.get('EMAIL_ADDRESS')).toEqual({ part: 1, of: 1 });
    expect(precision.get('PHONE_NUMBER')).toEqual({ part: 0, of: 1 });
    expect(anyPrecision).toEqual({ part: 1, of: 2 });
  });

  it('counts a text that is shown in another form as masked whole', () => {
    const text = labelledText('ip%20', { kind: 'IP_ADDRESS', value: '203.0.113.9' });
    const { recall, masked, reformed } = measureLabelled([text], () => 'ip [ip]');
    expect(reformed).toBe(1);
    expect(recall.get('IP_ADDRESS')).toEqual({ part: 1, of: 1 });
    expect(masked).toEqual({ part: 4, of: 4 });
  });
});

describe('measureSecrets', () => {
  it('counts a secret as hidden when nine tenths of it are covered', () => {
    const all = measureSecrets((text) => text.replace(/(?<=^token is ).*(?= ok$)/s, '[secret]'), 1);
    expect(all.size).toBeGreaterThanOrEqual(118);
    expect([...all.values()].every(({ part, of }) => part === of)).toBe(true);

    const half = measureSecrets((text) => text.replace(/(?<=^token is ).{12}/s, '[secret]'), 1);
    expect(half.get('npm')).toEqual({ part: 0, of: 20 });
    expect(measureSecrets((text) => text, 1).get('JWT')?.part).toBe(0);
  });
});
