/**
 * What a user may import from `lambda-lantern/redaction`: redaction alone, with nothing of Middy, Powertools or X-Ray.
 */
export type { Category, Detector } from './detectors/detector.ts';
export type { DenyPolicy, ReplacementForm } from './policy/policy.ts';
export { createRedactor, redact } from './redact.ts';
export type { RedactionBudget, RedactionMode, RedactionPolicy, Redactor } from './redact.ts';
