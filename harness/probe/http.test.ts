import { describe, expect, it } from "vitest";
import type { HttpProbeSpec } from "../scenario/definition.ts";
import { json, RequestError, text } from "../service/http.ts";
import { askHttp, judgeAnswer } from "./http.ts";

const spec: HttpProbeSpec = {
  kind: "http",
  id: "api",
  url: "http://load-balancer:8080/fleet",
  everyMs: 500,
  timeoutMs: 2_000,
  expectStatus: 200,
  expectJson: {},
};
const expecting = (expectJson: HttpProbeSpec["expectJson"]): HttpProbeSpec => ({ ...spec, expectJson });

describe("an answer", () => {
  it("is good when status and fields are as expected", () => {
    const answer = judgeAnswer(
      expecting({ controlPlanes: { min: 2 }, mode: "normal" }),
      json(200, { controlPlanes: 2, mode: "normal" }),
    );
    expect(answer).toEqual({ ok: true, detail: "200", value: { controlPlanes: 2, mode: "normal" } });
  });

  it.each([
    [{}, text(503, "busy"), "503 instead of 200"],
    [{ n: { min: 2 } }, json(200, { n: 1 }), "n is 1, expected at least 2"],
    [{ n: { min: 2 } }, json(200, { n: "2" }), 'n is "2", expected at least 2'],
    [{ leader: "a" }, json(200, { leader: "b" }), 'leader is "b", expected "a"'],
    [{ leader: "a", n: 1 }, json(200, {}), 'leader is missing, expected "a"; n is missing, expected 1'],
    [{ constructor: "a" }, json(200, {}), 'constructor is missing, expected "a"'],
    [{ n: 1 }, text(200, "fine"), "the answer is no JSON object"],
    [{ n: 1 }, json(200, [1]), "the answer is no JSON object"],
  ] as const)("that differs says how: %j", (expectJson, response, detail) => {
    expect(judgeAnswer(expecting(expectJson), response)).toMatchObject({ ok: false, detail });
  });

  it("keeps only plain top-level fields as its value, at most 50 of them", () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`f${index}`, index]));
    expect(judgeAnswer(spec, json(200, { a: 1, b: null, c: { d: 1 }, e: [1], f: true })).value).toEqual({
      a: 1,
      b: null,
      f: true,
    });
    expect(Object.keys(judgeAnswer(spec, json(200, many)).value as object)).toHaveLength(50);
    expect(judgeAnswer(spec, text(200, "fine")).value).toBeNull();
    expect(judgeAnswer(spec, text(200, '{"big":1e999}')).value).toEqual({ big: null });
  });
});

describe("no answer", () => {
  it.each([
    ["refused", "refused"],
    ["reset", "connection reset"],
    ["timeout", "no answer within 2 s"],
    ["unresolved", "name not found"],
    ["unreachable", "host unreachable"],
  ] as const)("after %s is described in words", async (failure, detail) => {
    const stack = { request: () => Promise.reject(new RequestError(failure, "raw")) };
    expect(await askHttp(spec, stack)).toEqual({ ok: false, detail, value: null });
  });

  it("because of a defect of the harness is not held against the stack", async () => {
    const stack = { request: () => Promise.reject(new TypeError("our mistake")) };
    await expect(askHttp(spec, stack)).rejects.toThrow("our mistake");
  });
});
