import { expect, test } from "vitest";
import { mayStandIn, parseReference, withTag } from "./reference.ts";

test.each([
  ["postgres", "postgres", null, null],
  ["postgres:15", "postgres", "15", null],
  ["registry.example/library/postgres:15-alpine", "postgres", "15-alpine", null],
  ["localhost:5000/team/app", "localhost:5000/team/app", null, null],
  ["localhost:5000/team/app:2", "localhost:5000/team/app", "2", null],
  ["redis@sha256:abc", "redis", null, "sha256:abc"],
])("%s is taken apart", (image, repository, tag, digest) => {
  expect(parseReference(image)).toEqual({ repository, tag, digest });
});

test("a reference without a tag means latest, never every tag", () => {
  expect(withTag("redis")).toBe("redis:latest");
  expect(withTag("redis:7")).toBe("redis:7");
  expect(withTag("redis@sha256:abc")).toBe("redis@sha256:abc");
});

test.each([
  ["postgres:15", "15.20", true],
  ["postgres:15.4-alpine", "15.20", true],
  ["postgres:17", "15.20", false],
  ["postgres:1", "15.20", false],
  ["postgres", "15.20", true],
  ["postgres:alpine", "15.20", true],
  ["postgres@sha256:abc", "15.20", false],
])("may version %s be stood in for by %s: %s", (image, version, expected) => {
  expect(mayStandIn(parseReference(image), { version })).toBe(expected);
});

test("a distribution's code name is an alias of its number", () => {
  const bookworm = { version: "12", aliases: ["bookworm"] };
  expect(mayStandIn(parseReference("debian:bookworm-slim"), bookworm)).toBe(true);
  expect(mayStandIn(parseReference("debian:11-slim"), bookworm)).toBe(false);
});

test.each([
  ["rancher/k3s:v1.34.1-k3s2", true],
  ["rancher/k3s:v1.34", true],
  ["rancher/k3s:v1", true],
  ["rancher/k3s:latest", true],
  ["rancher/k3s:v1.3", false],
  ["rancher/k3s:v1.33.3-k3s1", false],
])("where minor versions differ as much as major ones, they must agree too: %s: %s", (image, expected) => {
  expect(mayStandIn(parseReference(image), { version: "1.34.3", agreesOn: "minor" })).toBe(expected);
});
