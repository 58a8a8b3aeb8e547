import { describe, expect, it } from "vitest";
import { devKeypair, sign } from "../../../core/signing/sr25519.ts";
import { accessText, judgeAccess } from "./access.ts";
import { followHeads } from "./heads.ts";
import { createMetagraphCache } from "./metagraph.ts";

const alice = devKeypair("Alice");
const bob = devKeypair("Bob");
const block = (number: number, seenMs: number) => ({ number, hash: `0x${number}`, seenMs });
const neurons = [
  { uid: 0, hotkey: alice.address, permit: true },
  { uid: 1, hotkey: bob.address, permit: false },
];

/** A cache that has seen the chain move, the last time at 12 s. */
function moving(maxAgeMs: number) {
  const cache = createMetagraphCache(maxAgeMs);
  cache.put(block(1, 0), neurons);
  cache.put(block(2, 12_000), neurons);
  return cache;
}

describe("the metagraph's cache", () => {
  it("says nothing before it has seen the chain move: what was there may be of any age", () => {
    const cache = createMetagraphCache(60_000);
    expect(cache.ask(alice.address, 0)).toMatchObject({ kind: "refused", ageMs: null });
    cache.put(block(7, 0), neurons);
    cache.put(block(7, 5_000), neurons);
    expect(cache.ask(alice.address, 6_000)).toMatchObject({ kind: "refused", ageMs: 6_000 });
    cache.put(block(8, 12_000), neurons);
    expect(cache.ask(alice.address, 13_000)).toMatchObject({ kind: "known", block: 8, ageMs: 1_000 });
  });

  it("answers up to its maximum age and not a millisecond longer", () => {
    const cache = moving(60_000);
    expect(cache.ask(bob.address, 72_000)).toMatchObject({ kind: "known", neuron: { permit: false } });
    expect(cache.ask(bob.address, 72_001)).toMatchObject({
      kind: "refused",
      why: "the metagraph is 60001 ms old, 60000 are allowed",
    });
    expect(cache.ask("5Nobody", 72_000)).toMatchObject({ kind: "known", neuron: null });
  });

  it("takes no older state, so that a node that is behind makes nothing younger", () => {
    const cache = moving(60_000);
    cache.put(block(1, 50_000), []);
    expect(cache.ask(alice.address, 60_000)).toMatchObject({ block: 2, ageMs: 48_000 });
  });

  it("without a maximum answers from a state of any age", () => {
    expect(moving(Infinity).ask(alice.address, 1e9)).toMatchObject({ kind: "known" });
  });
});

it("a head that is seen again, or a lower one, keeps the time of the first", () => {
  const heads = (best: number, seenMs: number) => ({
    best: block(best, seenMs),
    finalized: block(0, seenMs),
  });
  const first = followHeads(null, heads(5, 1_000));
  expect(followHeads(first, heads(5, 9_000)).best).toMatchObject({ number: 5, seenMs: 1_000 });
  expect(followHeads(first, heads(3, 9_000)).best).toMatchObject({ number: 3, seenMs: 1_000 });
  expect(followHeads(first, heads(6, 9_000)).best).toMatchObject({ number: 6, seenMs: 9_000 });
});

describe("a signed request", () => {
  const signed = (pair: typeof alice, at = 100) => ({
    key: "k",
    hotkey: pair.address,
    block: at,
    signature: sign(accessText({ key: "k", block: at }), pair),
  });
  const judge = (request: ReturnType<typeof signed>, nowMs = 13_000) =>
    judgeAccess(request, moving(60_000), 100, nowMs);

  it("is let in when it is fresh, its own, and its hotkey has a permit", () => {
    expect(judge(signed(alice))).toEqual({ status: 200, block: 2, ageMs: 1_000 });
  });

  it.each([
    ["too old", 400, signed(alice, 89), 13_000],
    ["from the future", 400, signed(alice, 103), 13_000],
    ["signed by somebody else", 401, { ...signed(bob), hotkey: alice.address }, 13_000],
    ["about something else", 401, { ...signed(alice), key: "other" }, 13_000],
    ["of a hotkey without a permit", 403, signed(bob), 13_000],
    ["when the metagraph is too old", 503, signed(alice), 90_000],
  ])("is refused when it is %s: %i", (_, status, request, nowMs) => {
    expect(judge(request, nowMs)).toMatchObject({ status });
  });
});
