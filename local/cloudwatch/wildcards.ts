/** Matches a whole text in which `*` stands for any characters: filter patterns and event patterns write it so. */
export const wildcardPattern = (text: string): RegExp =>
  new RegExp(`^${text.split('*').map(escaped).join('.*')}$`, 's');

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
