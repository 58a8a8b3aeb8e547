import { expect, it } from "vitest";
import { withSink } from "./dns-sink.ts";

it("asks the sink where nobody was asked", () => {
  expect(withSink(".:53 {\n    errors\n    cache 30\n}\n", "10.0.0.9")).toBe(
    ".:53 {\n    forward . 10.0.0.9\n    errors\n    cache 30\n}\n",
  );
});

it.each([
  ["in one line", "    forward . /etc/resolv.conf\n"],
  ["with a block", "    forward . 8.8.8.8 {\n        max_concurrent 100\n    }\n"],
  ["by itself", "    forward . 10.0.0.9\n"],
])("asks the sink instead of others named %s", (_how, line) => {
  expect(withSink(`.:53 {\n    errors\n${line}    cache 30\n}\n`, "10.0.0.9")).toBe(
    ".:53 {\n    forward . 10.0.0.9\n    errors\n    cache 30\n}\n",
  );
});
