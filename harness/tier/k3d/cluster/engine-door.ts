import { Agent, createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { FiredrillError } from "../../../error.ts";
import { connectionOptions } from "../../compose/engine-strategies.ts";
import { amendContainer, amendVolume, type Amendments } from "./amend.ts";

/** A way into the engine that is open until it is disposed of. */
export interface EngineDoor extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly host: string;
}

/** A container's or volume's description is some kilobytes. */
const MAX_DESCRIPTION_BYTES = 2 ** 20;

/**
 * A private Unix socket in front of the engine through which k3d works. It passes everything on and only amends what is
 * created: k3d gives fixed addresses to servers alone, and only in networks of its own making, and it puts our labels on
 * nodes but not on its helpers and volumes, which would be lost if this process died (k3d v5.9: pkg/client/cluster.go, tools.go).
 */
export async function openEngineDoor(engineHost: string, amendments: Amendments): Promise<EngineDoor> {
  const engine = connectionOptions(engineHost);
  if ("rejected" in engine) throw new FiredrillError("BUG", `no way to ${engineHost}: ${engine.rejected}`);
  const tcp = { host: engine.host ?? "127.0.0.1", port: Number(engine.port) };
  const target = engine.socketPath ? { socketPath: engine.socketPath } : tcp;
  // Kept open: an engine that closes after its answer may do so before Node has written the end of the body, and Node then
  // reports a broken pipe instead of the answer.
  const agent = new Agent({ keepAlive: true });
  const folder = await mkdtemp(join(tmpdir(), "fd-door-"));
  const path = join(folder, "s");
  const forwarded = (from: IncomingMessage) =>
    httpRequest({
      ...target,
      agent,
      method: from.method ?? "GET",
      path: from.url ?? "/",
      headers: from.headers,
    });

  const server = createServer((from, to) => {
    const amend = amendmentFor(from, amendments);
    const onward = forwarded(from);
    onward.once("response", (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      to.flushHeaders();
      answer.pipe(to);
    });
    // k3d hears of a broken engine as it would without us: by a broken connection.
    onward.once("error", (e) => {
      console.error("ONWARD", from.method, from.url, e, to.headersSent, to.writableFinished);
      to.destroy();
    });
    to.once("close", () => onward.destroy());
    if (amend === null) return void from.pipe(onward);
    readLimited(from).then(
      (text) => {
        const body = JSON.stringify(amend(JSON.parse(text) as Record<string, unknown>));
        onward.setHeader("content-length", Buffer.byteLength(body));
        onward.removeHeader("transfer-encoding");
        onward.end(body);
      },
      () => to.destroy(),
    );
  });
  // A client that finds its idle connection closed just as it uses it again fails; the engine keeps them open too.
  server.keepAliveTimeout = 0;
  const streams = new Set<Duplex>();
  // `exec` and `attach` turn into plain two-way streams; from their first line on they are passed through as they are.
  server.on("upgrade", (from, socket, head) => {
    const engineSide = engine.socketPath ? connect(engine.socketPath) : connect(tcp);
    for (const stream of [socket, engineSide]) {
      streams.add(stream);
      stream.once("close", () => streams.delete(stream));
    }
    engineSide.write(requestHead(from));
    engineSide.write(head);
    joined(socket, engineSide);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  return {
    host: `unix://${path}`,
    async [Symbol.asyncDispose]() {
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Amend = (description: Record<string, unknown>) => Record<string, unknown>;

function amendmentFor({ method, url = "/" }: IncomingMessage, amendments: Amendments): Amend | null {
  if (method !== "POST") return null;
  const { pathname, searchParams } = new URL(url, "http://engine");
  if (pathname.endsWith("/volumes/create")) return (volume) => amendVolume(volume, amendments);
  if (!pathname.endsWith("/containers/create")) return null;
  return (container) => amendContainer(searchParams.get("name") ?? "", container, amendments);
}

function joined(one: Duplex, other: Duplex): void {
  one.pipe(other).pipe(one);
  for (const [end, far] of [
    [one, other],
    [other, one],
  ] as const) {
    end.once("error", () => far.destroy()).once("close", () => far.destroy());
  }
}

function requestHead({ method, url, rawHeaders }: IncomingMessage): string {
  const headers = rawHeaders.flatMap((name, index, all) =>
    index % 2 === 0 ? [`${name}: ${all[index + 1] ?? ""}`] : [],
  );
  return [`${method} ${url} HTTP/1.1`, ...headers, "", ""].join("\r\n");
}

async function readLimited(from: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of from.setEncoding("utf8") as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_DESCRIPTION_BYTES) throw new Error("the description is too long");
  }
  return text;
}
