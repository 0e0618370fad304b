/** Writes the story to a terminal, or to a file without colours. */
export interface Narrator {
  chapter(title: string): void;
  say(text: string): void;
  happened(text: string): void;
}

/** @param write takes whole lines */
export function narrator(write: (line: string) => void, colours: boolean): Narrator {
  const start = performance.now();
  const paint = (code: number, text: string): string => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  let chapters = 0;
  return {
    chapter(title) {
      chapters += 1;
      write('');
      write(paint(1, `${chapters}. ${title}`));
    },
    say: (text) => write(`   ${text}`),
    happened(text) {
      const seconds = Math.round((performance.now() - start) / 1000);
      write(paint(32, `   ${String(seconds).padStart(3)} s  ${text}`));
    },
  };
}
