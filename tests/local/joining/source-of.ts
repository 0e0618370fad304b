import type { ServiceSource } from '../../../local/joining/service-source.ts';

/** A packaged service, of which a test says what it is about; the rest asks for nothing. */
export function sourceOf(more: Partial<ServiceSource>): ServiceSource {
  return {
    name: 'shop',
    stage: 'dev',
    region: 'eu-central-1',
    accountId: '000000000000',
    directory: '/work/shop',
    template: {},
    codeDirectories: {},
    packageProblems: {},
    layers: {},
    functionKeys: {},
    restApiTracing: false,
    traceUnasked: false,
    authorizers: {},
    values: {},
    missing: [],
    tryThis: [],
    lowerCaseHeaders: false,
    ...more,
  };
}
