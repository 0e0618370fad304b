/** Keeps the JSON lines that the logger writes to the standard streams, until restored. */
export function captureLogs(): { restore(): Array<Record<string, unknown>> } {
  const lines: Array<Record<string, unknown>> = [];
  const streams = [process.stdout, process.stderr];
  const restores = streams.map((stream) => {
    const write = stream.write.bind(stream);
    stream.write = (chunk: unknown, ...rest: unknown[]) => {
      const text = String(chunk);
      if (!text.startsWith('{')) return (write as (...args: unknown[]) => boolean)(chunk, ...rest);
      lines.push(JSON.parse(text) as Record<string, unknown>);
      return true;
    };
    return () => {
      stream.write = write;
    };
  });
  return {
    restore() {
      for (const restore of restores) restore();
      return lines;
    },
  };
}
