/** The shortest base64 that can hold a value that a detector knows. */
export const SHORTEST_BASE64 = 12;
const BASE64 = /^[A-Za-z\d+/_-]{12,}={0,2}$/;

/** The text behind base64, when it is text: an identifier or a hash in the same alphabet is not. */
export function decodeBase64(text: string): string | undefined {
  if (text.length < SHORTEST_BASE64 || !startsReadably(text) || !BASE64.test(text)) return undefined;
  const decoded = textOfBase64(text);
  return isReadable(decoded.slice(0, -1), 0.95) ? decoded : undefined;
}

/** What base64 stands for as text, whether it can be read or not. */
export function textOfBase64(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

const SIXTH_BITS = Int8Array.from({ length: 128 }, (_, code) => {
  return 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(
    String.fromCharCode(code === 0x2d ? 0x2b : code === 0x5f ? 0x2f : code),
  );
});

/** Whether the first nine bytes behind base64 are characters of a text: a Buffer for each identifier costs too much. */
export function startsReadably(base64: string): boolean {
  for (let at = 0; at < 12; at += 4) {
    let bits = 0;
    for (let index = at; index < at + 4; index += 1) {
      const six = SIXTH_BITS[base64.charCodeAt(index)] ?? -1;
      // Padding ends the shortest ones.
      if (six < 0) return index > 9 && base64.charCodeAt(index) === 0x3d;
      bits = (bits << 6) | six;
    }
    if (isControl(bits >> 16) || isControl((bits >> 8) & 255) || isControl(bits & 255)) return false;
  }
  return true;
}

function isControl(code: number): boolean {
  return (code < 0x20 && (code < 9 || code > 13)) || code === 0x7f;
}

function isReadable(text: string, share: number): boolean {
  let strange = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isControl(code) || code === 0xfffd) strange += 1;
  }
  return strange <= text.length * (1 - share);
}
