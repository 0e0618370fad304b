import { build } from 'esbuild';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPolicy } from '../../../../src/redaction/policy/check-policy.ts';
import type { RedactionPolicy } from '../../../../src/redaction/policy/policy.ts';

const detector = {
  name: 'customer-number',
  category: 'identity',
  hint: () => true,
  pattern: /\bCU-\d{8}\b/g,
};

describe('checkPolicy', () => {
  it.each<[RedactionPolicy]>([
    [{}],
    [{ mode: 'off', allow: ['id', 'items[].sku', '*.total'], fieldNames: ['Bestellung'] }],
    [{ deny: { extend: { identity: ['loyalty number'] }, without: ['network'] } }],
    [{ detectors: [{ ...detector, category: 'identity' }], replace: { contact: 'pseudonym' } }],
    [{ budget: { bytes: 1, depth: Infinity, items: 2, keys: 3, stringLength: 4 } }],
  ])('accepts %o', (policy) => {
    expect(() => checkPolicy('redaction policy', policy)).not.toThrow();
  });

  it('takes an option that is undefined for one that is absent', () => {
    const policy = {
      mode: undefined,
      allow: undefined,
      deny: { extend: undefined },
      budget: { bytes: undefined },
    };
    expect(() => checkPolicy('redaction policy', policy)).not.toThrow();
  });

  it.each<[unknown, string]>([
    [null, 'The option "policy" of the policy for events takes an object, but got object'],
    [[], 'The option "policy" of the policy for events takes an object, but got an array'],
    [
      { mod: 'shape' },
      'The policy for events has no option "mod"; it has mode, allow, fieldNames, messages, deny, detectors, replace, budget',
    ],
    [{ mode: 'all' }, 'The option "mode" of the policy for events takes values, shape, off, but got "all"'],
    [{ allow: 'id' }, 'The option "allow" of the policy for events takes an array of strings, but got "id"'],
    [
      { allow: ['items[0].id'] },
      'The option "allow" of the policy for events takes key names and paths such as items[].sku or *.total, but got "items[0].id"',
    ],
    [
      { fieldNames: [1] },
      'The option "fieldNames" of the policy for events takes an array of strings, but got an array',
    ],
    [{ deny: { only: [] } }, 'The policy for events has no option "deny.only"; it has extend, without'],
    [
      { deny: { extend: { contact: undefined } } },
      'The option "deny.extend.contact" of the policy for events takes an array of strings, but got undefined',
    ],
    [
      { deny: { without: ['names'] } },
      'The option "deny.without" of the policy for events takes credentials, contact, identity, financial, health, location, network, but got "names"',
    ],
    [{ detectors: {} }, 'The option "detectors" of the policy for events takes an array, but got object'],
    [
      { detectors: [{ ...detector, hint: 'CU-' }] },
      'Detector customer-number: hint must be a function of the text; got "CU-".',
    ],
    [
      { replace: { contact: 'hash' } },
      'The option "replace.contact" of the policy for events takes label, partial, pseudonym, but got "hash"',
    ],
    [
      { budget: { bytes: 0.5 } },
      'The option "budget.bytes" of the policy for events takes a whole number of 1 or more, but got number',
    ],
    [
      { budget: { size: 1 } },
      'The policy for events has no option "budget.size"; it has bytes, depth, items, keys, stringLength',
    ],
  ])('refuses %j: %s', (policy, message) => {
    expect(() => checkPolicy('policy for events', policy)).toThrow(new TypeError(message));
  });

  it('brings nothing along that looks for names or values: 3 kB at most', async () => {
    const source = join(import.meta.dirname, '../../../../src/redaction/policy/check-policy.ts');
    const { outputFiles } = await build({
      entryPoints: [source],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
    });
    expect(outputFiles[0]?.contents.length).toBeLessThan(3_000);
  });
});
