/** Tells texts in which every word of a query occurs, in whatever case; an empty query is in every text. */
export function containsWordsOf(query: string): (text: string) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (text) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}
