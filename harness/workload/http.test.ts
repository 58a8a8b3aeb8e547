import { describe, expect, it } from "vitest";
import type { WorkloadSpec } from "../scenario/definition.ts";
import { type HttpRequest, json, RequestError, text } from "../service/http.ts";
import { judgeResponse, operationValue, sendOperation } from "./http.ts";
import { readRecords } from "./read-back.ts";

const spec: WorkloadSpec = {
  id: "tasks",
  kind: "http",
  url: "http://lb:8080/tasks",
  body: { kind: "cpu" },
  everyMs: 200,
  timeoutMs: 3_000,
  readBackUrl: "http://lb:8080/tasks",
};

describe("an operation", () => {
  it("is a POST of the body with the operation's id as its key", async () => {
    const requests: HttpRequest[] = [];
    const stack = {
      request: (request: HttpRequest) => Promise.resolve((requests.push(request), json(201, { id: "t1" }))),
    };
    const outcome = await sendOperation(spec, operationValue(spec, "tasks-7"), stack);
    expect(outcome).toEqual({ kind: "op.ok", value: { id: "t1" } });
    expect(requests).toMatchObject([
      { method: "POST", url: spec.url, timeoutMs: 3_000, body: '{"kind":"cpu","key":"tasks-7"}' },
    ]);
  });

  it.each([
    [200, "op.ok"],
    [201, "op.ok"],
    [302, "op.fail"],
    [400, "op.fail"],
    [409, "op.fail"],
    [500, "op.info"],
    [503, "op.fail"],
    [502, "op.info"],
    [504, "op.info"],
  ] as const)("with status %i is %s", (status, kind) => {
    expect(judgeResponse(text(status, "x")).kind).toBe(kind);
  });

  it("is acknowledged even when its answer can't be read or kept", () => {
    expect(judgeResponse(text(200, "fine"))).toEqual({ kind: "op.ok", value: null });
    expect(judgeResponse(text(200, JSON.stringify("x".repeat(100_000))))).toEqual({
      kind: "op.ok",
      value: null,
    });
  });

  it.each([
    ["refused", "op.fail"],
    ["unresolved", "op.fail"],
    ["unreachable", "op.fail"],
    ["reset", "op.info"],
    ["timeout", "op.info"],
  ] as const)("without a response, after %s, is %s", async (failure, kind) => {
    const stack = { request: () => Promise.reject(new RequestError(failure, "raw")) };
    expect((await sendOperation(spec, {}, stack)).kind).toBe(kind);
  });
});

describe("a final read", () => {
  it("is a list of records with keys", () => {
    expect(readRecords(json(200, [{ key: "a", id: 1 }]))).toEqual({ records: [{ key: "a", id: 1 }] });
    expect(readRecords(json(200, []))).toEqual({ records: [] });
  });

  it.each([
    [json(503, []), "503 instead of 200"],
    [text(200, "<html>"), "the answer is no JSON list of records"],
    [json(200, { key: "a" }), "the answer is no JSON list of records"],
    [json(200, [{ key: "a" }, { id: 1 }]), 'record 2 of 2 has no text field "key"'],
    [json(200, [null]), 'record 1 of 1 has no text field "key"'],
  ])("that is anything else says what: %j", (response, problem) => {
    expect(readRecords(response)).toEqual({ problem });
  });
});
