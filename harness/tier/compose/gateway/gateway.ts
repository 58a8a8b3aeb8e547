/**
 * The gateway: one small container beside each stack, and this file is all that runs in it (Node's own modules only;
 * its source is handed to `node --eval`, so it imports nothing of ours; the k3d tier adds to it). It does three things:
 * - *Forwards.* A listener for each (service, port), published on the host's loopback. The service's name is looked up
 *   anew for each connection, so the address stays good while containers restart under new addresses and ports.
 * - *Control port.* HTTP `CONNECT service:port` opens a tunnel and says exactly why it could not, where a forward can
 *   only reset; `GET /counters` tells what the sink saw.
 * - *Sink.* A DNS server that answers every outside name with its own address and counts the names, and listeners
 *   on ports 80 and 443 that count connections. The stack's networks are internal: this is all the outside they see.
 */
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { BlockList, connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";

export interface GatewayConfig {
  /** Port 0 lets the system choose. */
  readonly controlPort: number;
  readonly forwards: readonly { readonly listen: number; readonly service: string; readonly port: number }[];
  /** Services that may be reached through `CONNECT`. */
  readonly services: readonly string[];
  /** Names that belong to the stack: never answered or counted as outside, even while their container is away. */
  readonly innerNames: readonly string[];
  /** Null: no sink. */
  readonly sink: { readonly dnsPort: number; readonly tcpPorts: readonly number[] } | null;
}

/** What the stack tried to reach outside itself. */
export interface GatewayCounters {
  /** Outside name → how often it was asked for. */
  readonly names: Readonly<Record<string, number>>;
  /** Sink port → connections. */
  readonly connections: Readonly<Record<string, number>>;
}

export type Lookup = (service: string) => Promise<string>;

/** Opens a connection to a service, or fails with a code that `failureOf` understands. */
export type Open = (service: string, port: number) => Promise<Socket>;

/** Answers a request on the control port, or says that it is none of its own. */
export type ControlHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Why a tunnel could not be opened; one of `RequestFailure` of the harness. */
export type TunnelFailure = "refused" | "timeout" | "unresolved" | "unreachable" | "reset";

/** Carries a TunnelFailure in the answer to `CONNECT`. */
export const FAILURE_HEADER = "x-firedrill-failure";

/** Silence for this long is the answer. */
const CONNECT_WITHIN_MS = 30_000;
const MAX_NAMES = 1_000;
const MAX_CONNECTIONS = 4_096;

/** Docker's embedded DNS server listens on this address in every container of a user-defined network. */
const DOCKER_DNS = "127.0.0.11";

/** Docker gives its answers a life of 600 s; c-ares keeps none of them here, so a restarted container is found. */
function dockerLookup(): Lookup {
  return async (service) => {
    const resolver = new Resolver({ timeout: 2_000, tries: 1 });
    resolver.setServers([DOCKER_DNS]);
    const [address] = await resolver.resolve4(service);
    if (address === undefined)
      throw Object.assign(new Error(`no address for ${service}`), { code: "ENOTFOUND" });
    return address;
  };
}

/** Starts everything; resolves when all ports listen. */
export async function startGateway(
  config: GatewayConfig,
  open: Open = openByName(dockerLookup()),
  handle: ControlHandler = () => false,
) {
  const names = new Map<string, number>();
  const connections = new Map<string, number>();
  const counters = (): GatewayCounters => ({
    names: Object.fromEntries(names),
    connections: Object.fromEntries(connections),
  });

  const control = controlServer(config, open, counters, handle);
  const forwards = config.forwards.map(({ service, port }) => forward(service, port, open));
  const sinks = (config.sink?.tcpPorts ?? []).map((port) =>
    createServer((socket) => {
      count(connections, String(port));
      socket.on("error", ignore).destroy();
    }),
  );
  const ports = [
    config.controlPort,
    ...config.forwards.map(({ listen }) => listen),
    ...(config.sink?.tcpPorts ?? []),
  ];
  const servers: Server[] = [control, ...forwards, ...sinks];
  await Promise.all(servers.map((server, index) => bind(server, ports[index] ?? 0)));
  const dns =
    config.sink &&
    (await dnsSink(config.sink.dnsPort, new Set(config.innerNames), (name) => count(names, name)));
  return {
    controlPort: (control.address() as AddressInfo).port,
    forwardPorts: forwards.map((server) => (server.address() as AddressInfo).port),
    counters,
    close() {
      dns?.close();
      for (const server of servers) server.close();
    },
  };
}

/** Counts under `key`, or under "(more)" once there are too many different ones. */
function count(map: Map<string, number>, key: string): void {
  const kept = map.has(key) || map.size < MAX_NAMES ? key : "(more)";
  map.set(kept, (map.get(kept) ?? 0) + 1);
}

function bind(server: Server, port: number): Promise<void> {
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "0.0.0.0", () => resolve());
  });
}

/** A client whose service cannot be reached sees its connection reset, as behind any dead proxy. */
function forward(service: string, port: number, open: Open): Server {
  return createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
    client.on("error", ignore);
    open(service, port).then(
      (upstream) => splice(client, upstream),
      () => client.resetAndDestroy(),
    );
  });
}

function controlServer(
  config: GatewayConfig,
  open: Open,
  counters: () => GatewayCounters,
  handle: ControlHandler,
): Server {
  const server = createHttpServer((request, response) => {
    if (handle(request, response)) return;
    if (request.url !== "/counters") return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(counters()));
  });
  server.on("connect", (request, duplex, head) => {
    const client = duplex as Socket;
    client.on("error", ignore);
    const [service = "", port = ""] = (request.url ?? "").split(":");
    // Only the stack's own services: the gateway must not become a way out of the internal networks.
    if (!config.services.includes(service)) return void client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    open(service, Number(port)).then(
      (upstream) => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        if (head.length > 0) upstream.write(head);
        splice(client, upstream);
      },
      (error: unknown) =>
        client.end(`HTTP/1.1 502 Bad Gateway\r\n${FAILURE_HEADER}: ${failureOf(error)}\r\n\r\n`),
    );
  });
  return server;
}

/** To the address that the name has at this moment. */
export function openByName(lookup: Lookup): Open {
  return async (service, port) => connectTo({ host: await lookup(service), port });
}

type Destination = { readonly host: string; readonly port: number; readonly localAddress?: string };

/** A connection, or the reason why there is none within CONNECT_WITHIN_MS or until `signal` is aborted. */
export function connectTo(to: Destination, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, allowHalfOpen: true, noDelay: true, timeout: CONNECT_WITHIN_MS });
    const giveUp = () => socket.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }));
    const fail = (error: Error) => {
      signal?.removeEventListener("abort", giveUp);
      reject(error);
    };
    socket.once("timeout", giveUp);
    socket.once("error", fail);
    signal?.addEventListener("abort", giveUp, { once: true });
    socket.once("connect", () => {
      signal?.removeEventListener("abort", giveUp);
      socket.setTimeout(0);
      socket.off("error", fail).on("error", ignore);
      resolve(socket);
    });
  });
}

/** Bytes, half-closes and resets pass in both directions. */
function splice(a: Socket, b: Socket): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.once("close", (hadError) => (hadError ? to.resetAndDestroy() : to.destroySoon()));
    if (from.destroyed) to.destroy();
    from.pipe(to);
  }
}

export function failureOf(error: unknown): TunnelFailure {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ECONNREFUSED":
      return "refused";
    case "ENOTFOUND":
    case "ENODATA":
    case "ESERVFAIL":
    case "ETIMEOUT":
      return "unresolved";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "unreachable";
    case "ETIMEDOUT":
      return "timeout";
    default:
      return "reset";
  }
}

async function dnsSink(port: number, inner: ReadonlySet<string>, onOutside: (name: string) => void) {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    // The gateway's own questions (about a service that is away) come back to it here; they have no outside.
    const own = from.address.startsWith("127.") ? null : addressTowards(from.address);
    const { reply, outside } = answerDns(query, own, inner);
    if (outside !== null) onOutside(outside);
    if (reply !== null) socket.send(reply, from.port, from.address, ignore);
  });
  socket.on("error", ignore);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject).bind(port, "0.0.0.0", resolve);
  });
  return socket;
}

/** Our own address in the network of `peer`, or null when we share none. */
function addressTowards(peer: string): string | null {
  for (const { family, address, cidr } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
    if (family !== "IPv4" || cidr === null) continue;
    const network = new BlockList();
    network.addSubnet(address, Number(cidr.split("/")[1]));
    if (network.check(peer)) return address;
  }
  return null;
}

const TYPE_A = 1;
const TYPE_PTR = 12;
const NXDOMAIN = 3;

/**
 * Answers one DNS message (RFC 1035 §4.1). An outside name has an A record with `own` as its address and nothing else;
 * an inner name, a name without a dot, a reverse lookup, and anything when `own` is null does not exist.
 */
export function answerDns(
  query: Buffer,
  own: string | null,
  inner: ReadonlySet<string>,
): { readonly reply: Buffer | null; readonly outside: string | null } {
  const question = readQuestion(query);
  if (question === null) return { reply: null, outside: null };
  const { name, type, end } = question;
  const isOutside = own !== null && type !== TYPE_PTR && name.includes(".") && !inner.has(name);
  const answers = isOutside && type === TYPE_A ? 1 : 0;
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | (isOutside ? 0 : NXDOMAIN), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers, 6);
  header.writeUInt32BE(0, 8);
  // The name as a pointer to the question, type A, class IN, no time to live, four bytes.
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...(own ?? "").split(".").map(Number)]);
  const parts = [header, query.subarray(12, end), ...(answers === 1 ? [record] : [])];
  return { reply: Buffer.concat(parts), outside: isOutside && type === TYPE_A ? name : null };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } | null {
  if (query.length < 17 || query.readUInt16BE(4) !== 1) return null;
  const labels: string[] = [];
  let offset = 12;
  for (let length = query[offset] ?? 0; length !== 0; length = query[offset] ?? 0) {
    if (length > 63 || offset + 1 + length >= query.length) return null;
    labels.push(query.toString("latin1", offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  if (offset + 5 > query.length) return null;
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(offset + 1), end: offset + 5 };
}

function ignore(): void {
  // The other end went away; whoever cares sees the closed connection.
}

const settings = process.env["FIREDRILL_GATEWAY"];
if (settings !== undefined) await startGateway(JSON.parse(settings) as GatewayConfig);
