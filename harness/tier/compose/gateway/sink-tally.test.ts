import { expect, it } from "vitest";
import { sinkTally } from "./sink-tally.ts";

it("adds names and connections up and names the names", () => {
  expect(
    sinkTally({ names: { "a.example": 2, "b.example": 1 }, connections: { "443": 3, "80": 1 } }),
  ).toEqual({
    attempts: 7,
    detail: "outside names asked for: a.example (2), b.example (1); 4 connections to the sink",
  });
  expect(sinkTally({ names: {}, connections: {} })).toEqual({
    attempts: 0,
    detail: "no outside names asked for; 0 connections to the sink",
  });
});
