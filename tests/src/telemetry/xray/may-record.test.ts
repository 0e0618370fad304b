import { expect, it } from 'vitest';
import { parseTraceHeader } from '../../../../src/propagation/trace-header.ts';
import { createXRayTracer } from '../../../../src/telemetry/xray/xray-tracer.ts';
import { fc } from '../../../helpers/fast-check.ts';

const blank = fc.constantFrom('', ' ', '\t', '\u00a0');
const field = fc
  .record({
    key: fc.constantFrom('Root', 'Parent', 'Sampled', 'Self', 'sampled'),
    value: fc.constantFrom('1', '0', '?', '1-5759e988-bd862e3fe1be46a994272793', '53995c3f42cd8ad8'),
    before: blank,
    after: blank,
  })
  .map(({ key, value, before, after }) => `${before}${key}${after}=${before}${value}${after}`);

it('rules no invocation out that it would record, and all that are not sampled', () => {
  const tracer = createXRayTracer();
  fc.assert(
    fc.property(fc.array(field, { maxLength: 6 }), (fields) => {
      const header = fields.join(';');
      const { root, parent, sampled } = parseTraceHeader(header);
      const records = root !== undefined && parent !== undefined && sampled === true;
      const mayRecord = tracer.mayRecord?.(header);
      if (records) expect(mayRecord).toBe(true);
      if (!/1/.test(header.replaceAll(/[^;]*(?:Root|Parent)[^;]*/g, ''))) expect(mayRecord).toBe(false);
    }),
  );
  expect(tracer.mayRecord?.(undefined)).toBe(false);
});
