import { contactDetectors } from './contact.ts';
import { credentialDetectors } from './credentials.ts';
import type { Detector } from './detector.ts';
import { financialDetectors } from './financial.ts';
import { identityDetectors } from './identity.ts';
import { networkDetectors } from './network.ts';

/** All detectors of ours, those with the surest marks first: where two find overlapping values, the first names it. */
export const defaultDetectors: readonly Detector[] = [
  ...credentialDetectors,
  ...financialDetectors,
  ...identityDetectors,
  ...networkDetectors,
  ...contactDetectors,
];
