import { explainError } from "../../harness/error.ts";
import { parseDurationMs } from "../../harness/time/duration.ts";
import { z } from "zod";
import type { ClockMode } from "./clock.ts";
import { jsonResponse, textOf } from "./http.ts";
import type { MockRequest, MockResponse } from "./http.ts";
import type { RunningMock } from "./life.ts";
import { METRICS_TYPE, metricsText } from "./metrics-text.ts";

const duration = z.union([z.number().nonnegative(), z.string()]).transform((value) => parseDurationMs(value));

const clockSchema = z.union([
  z.strictObject({ advance: duration }),
  z.strictObject({ scale: z.number().positive().max(1e6) }),
  z.strictObject({ freeze: z.literal(true) }),
  z.strictObject({ jump: z.literal(true) }),
]);

/** The control port, the same for every mock. Its requests are no part of the journal but for the faults they put. */
export async function control(mock: RunningMock, request: MockRequest): Promise<MockResponse> {
  const { method, path } = request;
  const faultId = /^\/faults\/([A-Za-z0-9._-]{1,100})$/.exec(path)?.[1];
  try {
    if (faultId !== undefined && method === "PUT")
      return jsonResponse(200, mock.faults.put(faultId, JSON.parse(textOf(request))));
    if (faultId !== undefined && method === "DELETE")
      return mock.faults.delete(faultId) ? noContent() : jsonResponse(404, { error: `no fault ${faultId}` });
    switch (`${method} ${path}`) {
      case "GET /state":
        return jsonResponse(200, stateOf(mock));
      case "GET /faults":
        return jsonResponse(200, mock.faults.list());
      case "GET /fidelity":
        return jsonResponse(200, mock.definition.fidelity);
      case "GET /journal":
        return journal(mock, request);
      case "GET /metrics":
        return {
          status: 200,
          headers: { "content-type": METRICS_TYPE },
          body: metricsText(mock.built.metrics()),
        };
      case "GET /healthz":
      // Where a stack's health check looks.
      case "GET /health":
        return jsonResponse(200, { mock: mock.definition.name, ok: true });
      case "POST /clock":
        return jsonResponse(200, await setClock(mock, textOf(request)));
      case "POST /act":
        return act(mock, JSON.parse(textOf(request)));
      case "POST /reset":
        mock.reset();
        return noContent();
    }
  } catch (error) {
    return jsonResponse(400, { error: explainError(error) });
  }
  return jsonResponse(404, { error: `no ${method} ${path} on the control port` });
}

function act({ built, definition, journal: entries }: RunningMock, input: unknown): MockResponse {
  if (built.act === undefined)
    return jsonResponse(404, { error: `there is nothing to do to ${definition.name}` });
  entries.note("act", { input });
  return jsonResponse(200, { result: built.act(input) ?? null });
}

function noContent(): MockResponse {
  return { status: 204, headers: {}, body: "" };
}

function journal(mock: RunningMock, { search }: MockRequest): MockResponse {
  const since = Number(new URLSearchParams(search).get("since") ?? 0);
  const body = mock.journal.text(Number.isSafeInteger(since) ? since : 0);
  return { status: 200, headers: { "content-type": "application/x-ndjson" }, body };
}

function stateOf(mock: RunningMock) {
  return {
    name: mock.definition.name,
    seed: mock.seed,
    clock: { nowMs: mock.clock.nowMs(), wallMs: mock.clock.wallMs(), ...mock.clock.mode },
    requests: mock.requests(),
    unmodelled: mock.journal.unmodelled(),
    faults: mock.faults.list(),
    mock: mock.built.state(),
  };
}

async function setClock({ clock }: RunningMock, body: string) {
  const command = clockSchema.parse(JSON.parse(body));
  if ("advance" in command) await clock.advance(command.advance);
  else clock.set(modeOf(command));
  return { nowMs: clock.nowMs(), ...clock.mode };
}

function modeOf(command: { scale: number } | { freeze: true } | { jump: true }): ClockMode {
  if ("scale" in command) return { kind: "run", scale: command.scale };
  return { kind: "freeze" in command ? "frozen" : "jump" };
}
