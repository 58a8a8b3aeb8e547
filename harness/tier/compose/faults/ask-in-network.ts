import { z } from "zod";
import type { ControlAnswer, ControlQuestion } from "../../../fault/mock/control.ts";
import { type CommandResult, succeeded } from "./toolbox.ts";

/** For one question to a mock's control port, beside the mock. */
const ASK_LIMIT_MS = 5_000;

/** Runs in a helper that shares the mock's network: `$1` port, `$2` method, `$3` path, `$4` body or nothing. */
const PROGRAM = `
const [port, method, path, body] = process.argv.slice(1);
const say = (answer) => process.stdout.write(JSON.stringify(answer), () => process.exit(0));
setTimeout(() => say({ kind: "silence", why: "no answer within ${ASK_LIMIT_MS} ms" }), ${ASK_LIMIT_MS});
const options = { host: "127.0.0.1", port, method, path, agent: false };
const request = require("node:http").request(options, async (response) => {
  const chunks = [];
  try { for await (const chunk of response) chunks.push(chunk); }
  catch (error) { return say({ kind: "silence", why: error.message }); }
  say({ kind: "answer", status: response.statusCode, body: Buffer.concat(chunks).toString() });
});
request.on("error", (error) => say({ kind: error.code === "ECONNREFUSED" ? "nobody" : "silence", why: error.message }));
request.end(body);`;

const answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("answer"), status: z.int(), body: z.string() }),
  z.object({ kind: z.literal("silence"), why: z.string() }),
  z.object({ kind: z.literal("nobody"), why: z.string() }),
]);

/** The command that asks a mock's control port, for a helper in the mock's network that has Node. */
export function askCommand(port: number, { method, path, body = "" }: ControlQuestion): string[] {
  return ["node", "-e", PROGRAM, String(port), method, path, body];
}

/** What the mock said, as the command told it. @throws RUN_FAULT when the command failed */
export function readControlAnswer(result: CommandResult): ControlAnswer {
  return answer.parse(JSON.parse(succeeded("asking the mock's control port", result)));
}
