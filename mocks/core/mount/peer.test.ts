import { expect, test } from "vitest";
import { withPeer } from "./peer.ts";

const missing = (name: string) => () => import(name);

test("a package that is not there is named, with what installs it", async () => {
  await expect(withPeer("no-such-tool", ">=3", missing("no-such-tool"))).rejects.toMatchObject({
    code: "ENV_TOOL",
    expected: "no-such-tool >=3",
    hint: "npm i -D no-such-tool",
  });
});

test("another failure stays what it is", async () => {
  await expect(withPeer("msw", ">=3", missing("no-such-tool"))).rejects.toMatchObject({
    code: "ERR_MODULE_NOT_FOUND",
  });
});
