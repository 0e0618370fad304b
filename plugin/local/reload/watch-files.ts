import type { FSWatcher } from 'node:fs';
import { existsSync, fstatSync, readdirSync, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';

export interface WatchOptions {
  /** The folder to watch, with all below it but for {@link isPassedOver what nobody edits}. */
  readonly directory: string;
  /** Called with absolute paths of files that were written, made or removed, links resolved. */
  readonly onChange: (paths: ReadonlySet<string>) => void;
  /** Called once with the path of a file that is written {@link RESTLESS all the time}: it is not watched any more. */
  readonly onRestless: (path: string) => void;
  /** Called once when the system does not let more folders be watched. */
  readonly onProblem: (error: Error) => void;
}

export interface FileWatch {
  /** Absolute paths of what was there when it began. */
  readonly files: readonly string[];
  /** Also watches the folder of a file that lies elsewhere. */
  include(path: string): void;
  /** Also watches a folder with all below it, wherever it lies: nothing in it is passed over. */
  includeWhole(directory: string): void;
  stop(): void;
}

/** Milliseconds of quiet after which what was written counts as written: a save is several events. */
const QUIET_MS = 40;

/** Milliseconds after which a change is told in any case: what is written without a pause must not keep the others back. */
const MOST_QUIET_MS = 500;

/** Milliseconds after which everything that was written before has been told. */
export const SETTLED_MS = 3 * QUIET_MS;

/**
 * How often a file may change within so many milliseconds. Nobody saves so often: what does is a program, and often this very
 * one, whose line about a change is written into the file by way of a pipe, and is the next change.
 */
const RESTLESS = { changes: 20, within: 30_000 };

/** What editors write beside a file while it is open or saved: Vim, Emacs, and those that rename. And logs. */
const NOBODYS_SOURCE = /^(4913|\.?#.*)$|(~|\.sw[a-z]|\.tmp|\.log)$/;

/** Folders of installed packages, and those whose names begin with a dot: version control, and what bundlers and the framework write. */
export function isPassedOver(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}

/**
 * Watches files by their folders. Node's own recursive watch would watch each file of `node_modules` on Linux.
 */
export function watchFiles({ directory, onChange, onRestless, onProblem }: WatchOptions): FileWatch {
  const watchers = new Map<string, FSWatcher>();
  const isRestless = restlessness();
  const passedOver = new Set<string>();
  const whole: string[] = [];
  let changed = new Set<string>();
  let quiet: NodeJS.Timeout | undefined;
  let changedSince = 0;
  let failed = false;

  const isLeftOut = (path: string): boolean =>
    isPassedOver(basename(path)) && !whole.some((each) => path === each || path.startsWith(each + sep));
  const isSource = (path: string): boolean =>
    !NOBODYS_SOURCE.test(basename(path)) && !passedOver.has(path) && !isOwnOutput(path);
  const report = (path: string): void => {
    const now = performance.now();
    if (changed.size === 0) changedSince = now;
    changed.add(path);
    clearTimeout(quiet);
    const wait = Math.min(QUIET_MS, Math.max(0, changedSince + MOST_QUIET_MS - now));
    quiet = setTimeout(() => {
      const paths = changed;
      changed = new Set();
      for (const path of paths) {
        if (!isRestless(path)) continue;
        paths.delete(path);
        passedOver.add(path);
        onRestless(path);
      }
      if (paths.size > 0) onChange(paths);
    }, wait);
  };
  const problem = (error: unknown): void => {
    if (failed) return;
    failed = true;
    onProblem(error instanceof Error ? error : new Error(String(error)));
  };
  const forget = (folder: string): void => {
    for (const [path, watcher] of watchers) {
      if (path !== folder && !path.startsWith(folder + sep)) continue;
      watcher.close();
      watchers.delete(path);
    }
  };
  const onEvent = (folder: string, name: string | null): void => {
    if (name === null) return;
    const path = join(folder, name);
    if (watchers.has(path) && !existsSync(path)) forget(path);
    if (!isFolder(path)) {
      if (isSource(path)) report(path);
    } else if (!isLeftOut(path) && !watchers.has(path)) {
      // What was put into it before it was watched has had no events.
      for (const file of watchTree(path)) report(file);
    }
  };
  const watchFolder = (folder: string): void => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_event, name) => onEvent(folder, name));
      watcher.on('error', () => forget(folder));
      watchers.set(folder, watcher);
    } catch (error) {
      // It may just have been removed.
      if (existsSync(folder)) problem(error);
    }
  };
  /** @returns the files in it */
  const watchTree = (folder: string): string[] => {
    watchFolder(folder);
    const files: string[] = [];
    for (const entry of listed(folder)) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) files.push(...(isSource(path) ? [path] : []));
      else if (!isLeftOut(path)) files.push(...watchTree(path));
    }
    return files;
  };

  const files = watchTree(realpathSync(directory));
  return {
    files,
    include: (path) => watchFolder(dirname(path)),
    includeWhole: (path) => {
      whole.push(realpathSync(path));
      watchTree(realpathSync(path));
    },
    stop: () => {
      clearTimeout(quiet);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

function listed(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Whether a path is a folder, or leads to one. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Whether what this process writes to its terminal goes into this file. */
function isOwnOutput(path: string): boolean {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return [1, 2].some((output) => {
    try {
      const stats = fstatSync(output);
      return stats.isFile() && stats.dev === dev && stats.ino === ino;
    } catch {
      // It was closed.
      return false;
    }
  });
}

/** Tells of a path that has changed, whether it does all the time. */
function restlessness(): (path: string) => boolean {
  const times = new Map<string, number[]>();
  return (path) => {
    const now = performance.now();
    const recent = [...(times.get(path) ?? []), now].filter((time) => now - time < RESTLESS.within);
    times.set(path, recent);
    return recent.length > RESTLESS.changes;
  };
}
