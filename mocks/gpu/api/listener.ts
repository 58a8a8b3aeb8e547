import { z } from "zod";
import { jsonResponse, textOf } from "../../core/http.ts";
import type { HttpListener, MockExchange, MockRequest, MockResponse } from "../../core/http.ts";
import type { MockWorld } from "../../core/mock.ts";
import { explainError } from "../../../harness/error.ts";
import { dmesgText, kmsgText } from "../machine/kernel-log.ts";
import type { Machine } from "../machine/machine.ts";
import { nodeView } from "../node/view.ts";
import { jobRoutes } from "./jobs.ts";
import { runProgram } from "./programs.ts";
import { shownGpu, slowdownOf } from "./show.ts";

/** Beside dcgm-exporter's port; ours. */
const PORT = 9_401;

/** What has no network protocol in reality: work, programs, the kernel's log, the node. */
export function apiListener(world: MockWorld, machine: Machine): HttpListener {
  return {
    kind: "http",
    name: "api",
    port: PORT,
    hosts: ["gpu", "gpu:9401", "localhost:9401", "127.0.0.1:9401"],
    journalHeaders: [],
    labels: ({ path }) => ({ route: path }),
    async answer(request, exchange) {
      try {
        const answered = await route(world, machine, request, exchange);
        if (answered !== null) return answered;
      } catch (error) {
        if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error;
        return jsonResponse(400, { error: explainError(error) });
      }
      world.unmodelled(`${request.method} ${request.path}`);
      return jsonResponse(404, { error: `no ${request.method} ${request.path}` });
    },
  };
}

const smiSchema = z.strictObject({ args: z.array(z.string().max(10_000)).max(200) });
async function route(
  world: MockWorld,
  machine: Machine,
  request: MockRequest,
  exchange: MockExchange,
): Promise<MockResponse | null> {
  const since = Number(new URLSearchParams(request.search).get("since") ?? 0);
  switch (`${request.method} ${request.path}`) {
    case "GET /gpus":
      return jsonResponse(200, machine.look().map(shownGpu));
    case "GET /slowdown":
      return jsonResponse(200, slowdownOf(machine.look()));
    case "GET /node":
      return jsonResponse(200, nodeView(world, machine.settings, machine.look()));
    case "GET /kmsg":
      machine.look();
      return text(kmsgText(machine.log.lines(since)));
    case "GET /dmesg":
      machine.look();
      return text(dmesgText(machine.log.lines(since)));
    case "GET /kmsg.json":
      machine.look();
      return jsonResponse(200, machine.log.lines(since));
    case "POST /nvidia-smi": {
      const { args } = smiSchema.parse(JSON.parse(textOf(request)));
      return jsonResponse(200, await runProgram(world, machine, ["nvidia-smi", ...args], exchange));
    }
    case "POST /run": {
      // For a shell: a line for each word, and back a line with exit code and loop, then what the program printed.
      const words = textOf(request).replace(/\n$/, "").split("\n");
      const { exitCode, loopMs, stdout } = await runProgram(world, machine, words, exchange);
      return text(`${exitCode} ${loopMs ?? "-"}\n${stdout}`);
    }
  }
  return jobRoutes(world, machine, request);
}

function text(body: string): MockResponse {
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
