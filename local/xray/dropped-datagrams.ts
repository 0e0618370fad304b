import { readFile } from 'node:fs/promises';

/** `sl: local_address rem_address … drops` of `/proc/net/udp` ("/proc/net/udp" in proc(5)). */
const LINE = /^\s*\d+:\s+([0-9A-F]{8}):([0-9A-F]{4})\s.*\s(\d+)\s*$/gm;

/** 127.0.0.1, in the two byte orders that Linux writes it in. */
const LOOPBACK_ADDRESSES = ['0100007F', '7F000001'];

/**
 * The datagrams that the system has dropped so far because a port of 127.0.0.1 was not read fast enough; undefined where
 * it does not tell, as everywhere but on Linux.
 */
export async function droppedDatagrams(port: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const sockets = [...(await readFile('/proc/net/udp', 'latin1')).matchAll(LINE)];
    const own = sockets.find(
      ([, address = '', hexadecimal = '']) =>
        LOOPBACK_ADDRESSES.includes(address) && parseInt(hexadecimal, 16) === port,
    );
    return own === undefined ? undefined : Number(own[3]);
  } catch {
    return undefined;
  }
}
