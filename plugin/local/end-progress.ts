import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Where the framework keeps its progress line, seen from its own command: osls, then Serverless Framework 3. */
const LOG_MODULES = ['../lib/utils/serverless-utils/log.js', '@serverless/utils/log'];

/**
 * Ends the line that says what the framework is doing. It redraws itself for as long as the command runs, over whatever
 * is written below it, and what a plugin is given cannot end it. A framework that keeps it elsewhere goes on redrawing.
 */
export function endProgress(command = process.argv[1] ?? ''): void {
  for (const module of LOG_MODULES) {
    try {
      const log = createRequire(realpathSync(command))(module) as { progress?: { clear?: () => void } };
      log.progress?.clear?.();
      return;
    } catch {
      // Not this framework, or not this version of it.
    }
  }
}
