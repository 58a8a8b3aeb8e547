/** A TCP port that a container's service listens on for others. */
export interface Listener {
  readonly port: number;
  /** Where a process in the same network namespace reaches it. */
  readonly host: string;
}

/** A program for a helper's Node, to be run with `-e`: prints the kernel's tables of TCP sockets (proc(5)). */
export const LISTENERS = `
for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
  try { console.log(require("node:fs").readFileSync(file, "utf8")); } catch {}
}`;

/** State 0A in these tables: TCP_LISTEN. */
const LISTENING = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm;
const ANY = /^0+$/;
/** An IPv4 address within an IPv6 one: ::ffff:a.b.c.d. */
const MAPPED = /^0{16}FFFF0000([0-9A-F]{8})$/;

/** Reads what {@link LISTENERS} printed. Sockets on loopback are nobody else's business; of others on IPv6 only `::` counts. */
export function readListeners(tables: string): Listener[] {
  const found = new Map<number, Listener>();
  for (const [, address = "", portHex = ""] of tables.matchAll(LISTENING)) {
    const port = Number.parseInt(portHex, 16);
    const v4 = MAPPED.exec(address)?.[1] ?? (address.length === 8 ? address : null);
    const host = ANY.test(address) ? "127.0.0.1" : v4 === null ? null : dotted(v4);
    if (host === null || (host.startsWith("127.") && !ANY.test(address))) continue;
    if (!found.has(port)) found.set(port, { port, host });
  }
  return [...found.values()].toSorted((a, b) => a.port - b.port);
}

/** The kernel prints the four bytes as one number in this machine's order, which is little-endian wherever Docker runs. */
function dotted(hex: string): string {
  return Array.from({ length: 4 }, (_, at) => Number.parseInt(hex.slice(6 - 2 * at, 8 - 2 * at), 16)).join(
    ".",
  );
}
