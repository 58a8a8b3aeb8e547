import { describe, expect, it } from "vitest";
import { createBreaker } from "./breaker.ts";

const limits = { enabled: true, outcomes: 4, failures: 2, openMs: 100, trials: 2 };

/** A breaker that opened at 0. */
function opened() {
  const breaker = createBreaker(limits);
  breaker.record(false, 0);
  breaker.record(false, 0);
  return breaker;
}

describe("the breaker", () => {
  it("opens when so many of the last outcomes failed, and forgets older ones", () => {
    const breaker = createBreaker(limits);
    breaker.record(false, 0);
    for (let at = 0; at < 4; at++) breaker.record(true, at);
    breaker.record(false, 5);
    expect(breaker.state(5)).toBe("closed");
    breaker.record(false, 6);
    expect(breaker.state(6)).toBe("open");
  });

  it("is half-open by time alone, and closes after two trials, not one", () => {
    const breaker = opened();
    expect(breaker.state(99)).toBe("open");
    expect(breaker.state(100)).toBe("half-open");
    breaker.record(true, 101);
    expect(breaker.state(102)).toBe("half-open");
    breaker.record(true, 103);
    expect(breaker.state(103)).toBe("closed");
  });

  it("opens anew when a trial fails, and counts the trials from the beginning", () => {
    const breaker = opened();
    breaker.record(true, 100);
    breaker.record(false, 101);
    expect(breaker.state(200)).toBe("open");
    breaker.record(true, 201);
    expect(breaker.state(202)).toBe("half-open");
  });

  it("is not moved by late answers to what was asked before it opened", () => {
    const breaker = opened();
    breaker.record(true, 50);
    breaker.record(true, 60);
    expect(breaker.state(70)).toBe("open");
    breaker.record(false, 90);
    expect(breaker.state(100)).toBe("half-open");
  });
});
