import { connect } from "node:net";
import { TOKENS, requestBytes } from "./workload.ts";
import type { Ask } from "./workload.ts";

/**
 * The load of the bench as a process of its own: connections that ask again as soon as they are answered. It looks at
 * no more of an answer than where it ends, so that it is never what is measured. Prints requests and seconds.
 */
const [, , port = "", ask = "json", connections = "32", lengthMs = "3000"] = process.argv;
const bytes = requestBytes(ask as Ask, Number(port));
let requests = 0;
let over = false;

/** How many bytes of `chunk` are left when the answer that began earlier ends in it; -1: it goes on. */
function reader(): (chunk: Buffer) => boolean {
  let head = "";
  let bodyBytes = -1;
  let chunked = false;
  let tail = "";
  return (chunk) => {
    let body = chunk;
    if (bodyBytes === -1 && !chunked) {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end === -1) return false;
      if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(head.slice(0, 300));
      const length = /^content-length: *(\d+)/im.exec(head.slice(0, end + 2))?.[1];
      chunked = length === undefined;
      body = Buffer.from(head.slice(end + 4), "latin1");
      bodyBytes = Number(length ?? 0);
      head = "";
    }
    if (chunked) {
      tail = (tail + body.subarray(-5).toString("latin1")).slice(-5);
      if (tail !== "0\r\n\r\n") return false;
    } else if ((bodyBytes -= body.length) > 0) return false;
    bodyBytes = -1;
    chunked = false;
    tail = "";
    return true;
  };
}

async function client(): Promise<void> {
  const socket = connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
  const ended = reader();
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      if (!ended(chunk)) return;
      requests += 1;
      if (over) {
        socket.destroy();
        resolve();
      } else socket.write(bytes);
    });
    socket.write(bytes);
  });
}

/** Both must say the same and in as many pieces: else the comparison is none. */
async function checkAnswer(): Promise<void> {
  const [head = "", body = ""] = bytes.toString().split("\r\n\r\n");
  const headers = Object.fromEntries(
    head
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(": ") as [string, string]),
  );
  const { "content-length": _, host: __, ...rest } = headers;
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: rest,
    body,
  });
  const text = await response.text();
  const pieces = text.match(/"content":"[^"]+"/g)?.length ?? 0;
  const wanted = ask === "stream" ? TOKENS : 1;
  if (pieces !== wanted) throw new Error(`${pieces} pieces instead of ${wanted}: ${text.slice(0, 400)}`);
}

await checkAnswer();
const startedMs = performance.now();
setTimeout(() => (over = true), Number(lengthMs));
await Promise.all(Array.from({ length: Number(connections) }, client));
process.stdout.write(`${JSON.stringify({ requests, seconds: (performance.now() - startedMs) / 1_000 })}\n`);
