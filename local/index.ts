/** What `serverless local` and other programs may use of Lantern local. */
export { minuteFrom, portsFrom } from './command-options.ts';
export type { LocalOptions } from './command-options.ts';
export { AwsEndpoints } from './aws/aws-endpoints.ts';
export { developerCredentials } from './aws/prepare-elsewhere.ts';
export { interrupted } from './interrupted.ts';
export { checkJoining, exportsOfRunning, runService } from './run-service.ts';
export type { RunningService, RunServiceOptions } from './run-service.ts';
export type { ServiceSource } from './joining/service-source.ts';
export { layersOfSource } from './joining/service-source.ts';
export type { LocalPorts } from './ports.ts';
export { startXRay, tracesFile } from './start-xray.ts';
export type { XRayOptions, XRayService } from './start-xray.ts';
export { surviveErrors } from './survive-errors.ts';
export { Terminal } from './terminal.ts';
export { unpackFunctions } from './unpack-functions.ts';
export type { FileChanges, LayersOfFunction, UnpackedFunctions } from './unpack-functions.ts';
