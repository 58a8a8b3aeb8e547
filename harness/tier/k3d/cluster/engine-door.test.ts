import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEngineDoor, type EngineDoor } from "./engine-door.ts";

/** An engine that says what it was asked, and echoes on connections that are upgraded. */
const engine = createServer((from, to) => {
  let body = "";
  from.on("data", (chunk: Buffer) => (body += chunk.toString()));
  from.on("end", () => to.end(JSON.stringify({ url: from.url, connection: from.headers.connection, body })));
});
engine.on("upgrade", (from, socket, head) => {
  socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  const rest = Number(from.headers["content-length"]);
  let text = head.toString();
  const echo = () => {
    if (text.length >= rest) socket.end(`got ${text}`);
  };
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    echo();
  });
  echo();
});

let door: EngineDoor;
beforeEach(async () => {
  await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
  door = await openEngineDoor(`tcp://127.0.0.1:${(engine.address() as AddressInfo).port}`, {
    labels: { run: "r1" },
    network: "net",
    addresses: new Map([["node-0", "198.18.7.10"]]),
  });
});
afterEach(async () => {
  await door[Symbol.asyncDispose]();
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});

interface Heard {
  readonly url: string;
  readonly connection: string;
  readonly body: string;
}

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const text = JSON.stringify(body);
  const socketPath = door.host.replace("unix://", "");
  return new Promise<string>((resolve, reject) => {
    const ask = request({
      socketPath,
      path,
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(text) },
    });
    const read = async (stream: AsyncIterable<Buffer>, first = "") => {
      let answer = first;
      for await (const chunk of stream) answer += chunk.toString();
      resolve(answer);
    };
    ask.once("response", (response) => void read(response));
    ask.once("upgrade", (_response, socket, head) => void read(socket, head.toString()));
    ask.once("error", reject).end(text);
  });
}

async function created(name: string, container: unknown) {
  const { url, body } = JSON.parse(await post(`/v1.41/containers/create?name=${name}`, container)) as Heard;
  expect(url).toBe(`/v1.41/containers/create?name=${name}`);
  return JSON.parse(body) as unknown;
}

it("gives a node its address, and keeps what was asked for", async () => {
  const asked = {
    Labels: { app: "k3d" },
    NetworkingConfig: { EndpointsConfig: { net: { Aliases: ["x"] } } },
  };
  expect(await created("node-0", asked)).toEqual({
    Labels: { app: "k3d", run: "r1" },
    NetworkingConfig: {
      EndpointsConfig: { net: { Aliases: ["x"], IPAMConfig: { IPv4Address: "198.18.7.10" } } },
    },
  });
});

it("labels helpers and volumes, and keeps the engine's socket from the tools", async () => {
  const tools = {
    HostConfig: { Binds: ["images:/k3d/images", "/var/run/docker.sock:/var/run/docker.sock"] },
  };
  expect(await created("k3d-x-tools", tools)).toEqual({
    Labels: { run: "r1" },
    HostConfig: { Binds: ["images:/k3d/images"] },
  });
  const { body } = JSON.parse(await post("/volumes/create", { Name: "v" })) as Heard;
  expect(JSON.parse(body)).toEqual({ Name: "v", Labels: { run: "r1" } });
});

it("passes everything else on as it is", async () => {
  const { body } = JSON.parse(await post("/v1.41/networks/create", { Name: "n" })) as Heard;
  expect(body).toBe('{"Name":"n"}');
});

it("lets the engine keep its connection, for a closed one can swallow the answer", async () => {
  const { connection } = JSON.parse(await post("/v1.41/containers/x/exec", {})) as Heard;
  expect(connection).toBe("keep-alive");
});

it("passes a stream on in both ways, with the body that came before it", async () => {
  const answer = await post("/exec/1/start", { Tty: false }, { connection: "Upgrade", upgrade: "tcp" });
  expect(answer).toBe('got {"Tty":false}');
});
