import { describe, expect, it } from 'vitest';
import { LARGEST_TEMPLATE, templateSizeProblems } from '../../plugin/template-size.ts';

/** A template of so many bytes, as it is uploaded. */
const templateOf = (bytes: number) => ({ Resources: 'x'.repeat(bytes - '{"Resources":""}'.length) });

describe('the size of a template', () => {
  it('may be what CloudFormation takes', () => {
    expect(templateSizeProblems(templateOf(LARGEST_TEMPLATE), {})).toEqual([]);
  });

  it('is refused beyond, with what the dashboards have of it and what to do', () => {
    expect(templateSizeProblems(templateOf(LARGEST_TEMPLATE + 1), { a: 'ä' })).toEqual([
      'the template has 1000001 bytes, and CloudFormation takes 1000000; 10 of them are the dashboards. To have less, ' +
        'switch off the larger of them (custom.lantern.dashboards.resources: false), or split the service.',
    ]);
  });
});
