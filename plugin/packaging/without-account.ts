/** What the framework asks AWS while it compiles a template, answered without an account. */
import type { Serverless } from '../serverless.ts';

/** Keeps the framework from asking AWS whether a layer has changed since the last deployment: it counts as changed. */
export function compareNoLayers({ pluginManager }: Pick<Serverless, 'pluginManager'>): void {
  for (const plugin of pluginManager.plugins) {
    if (plugin.compareWithLastLayer !== undefined) plugin.compareWithLastLayer = () => Promise.resolve();
  }
}
