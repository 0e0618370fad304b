/* Loaded with the first event that is not an ordinary one of API Gateway. */
export { identifyEvent } from '../propagation/extract-correlation.ts';
