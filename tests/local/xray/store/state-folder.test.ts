import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolder } from '../../../../local/xray/store/state-folder.ts';

const linux = { platform: 'linux', environment: {}, home: '/home/ana' } as const;

describe('stateFolder', () => {
  it.each([
    ['Linux', 'linux', {}, '/home/ana/.local/state'],
    ['macOS', 'darwin', {}, join('/home/ana', 'Library', 'Application Support')],
    ['Windows', 'win32', { LOCALAPPDATA: '/local' }, '/local'],
    ['Windows without its variable', 'win32', {}, join('/home/ana', 'AppData', 'Local')],
    ['Linux with XDG_STATE_HOME', 'linux', { XDG_STATE_HOME: '/state' }, '/state'],
    ['macOS with XDG_STATE_HOME', 'darwin', { XDG_STATE_HOME: '/state' }, '/state'],
    [
      'Linux with an XDG_STATE_HOME that is not absolute',
      'linux',
      { XDG_STATE_HOME: 'state' },
      '/home/ana/.local/state',
    ],
    ['Linux with an empty XDG_STATE_HOME', 'linux', { XDG_STATE_HOME: '' }, '/home/ana/.local/state'],
  ] as const)('is where programs keep their state on %s', (_what, platform, environment, home) => {
    const folder = stateFolder('/work/shop', { platform, environment, home: '/home/ana' });
    expect(dirname(folder)).toBe(join(home, 'lambda-lantern'));
    expect(basename(folder)).toMatch(/^shop-[0-9a-f]{10}$/);
  });

  it('is the same for one project however its folder is written, and another for each', () => {
    expect(stateFolder('/work/shop/', linux)).toBe(stateFolder('/work/other/../shop', linux));
    expect(stateFolder('/work/shop', linux)).not.toBe(stateFolder('/play/shop', linux));
  });

  it.each([
    '/',
    '/work/...',
    '/work/my shop: "best" <one>',
    `/work/${'ü'.repeat(300)}`,
    `/work/${'a'.repeat(250)}`,
  ])('has a name that every file system takes for %s', (project) => {
    expect(basename(stateFolder(project, linux))).toMatch(/^[\w-][\w.-]{0,79}$/);
  });
});
