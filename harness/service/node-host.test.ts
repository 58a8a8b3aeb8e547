import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { json } from "./http.ts";
import { nodeHost } from "./node-host.ts";

describe("a Node host", () => {
  it("logs one JSON object a line", () => {
    const lines: string[] = [];
    const host = nodeHost({ name: "a", env: {}, write: (line) => lines.push(line) });
    host.log("it\nhappened", { code: 7 });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ service: "a", message: "it\nhappened", code: 7 });
  });

  it("leaves out variables that are not set", () => {
    expect(nodeHost({ name: "a", env: { A: "1", B: undefined } }).env).toEqual({ A: "1" });
  });

  it("draws random numbers within their bounds", () => {
    const { random } = nodeHost({ name: "a", env: {} });
    for (let at = 0; at < 200; at++) {
      expect(random.below(3)).toBeOneOf([0, 1, 2]);
      expect(random.next()).toBeLessThan(1);
    }
  });

  it("serves and asks until it is closed", async () => {
    const host = nodeHost({ name: "a", env: {}, write: () => {} });
    await host.serve(PORT, async () => json(200, { hello: true }));
    const request = { method: "GET", url: `http://127.0.0.1:${PORT}/`, timeoutMs: 10_000 } as const;
    expect((await host.request(request)).body).toBe('{"hello":true}');
    await host.close();
    await expect(host.request(request)).rejects.toMatchObject({ failure: "refused" });
  });
});

/** Outside the range from which the system takes ports by itself. */
const PORT = 18_911;

const program = (service: string) => `
  import { runService } from ${JSON.stringify(new URL("node-host.ts", import.meta.url).href)};
  await runService(${service}, { name: "main", env: process.env });
`;

const run = (service: string) =>
  execa("node", ["--input-type=module", "--eval", program(service)], {
    preferLocal: true,
    reject: false,
    timeout: 25_000,
  });

describe("a service as a main process", () => {
  it("ends with status 0 on SIGTERM, and says why", async () => {
    const child = run("async (host) => { void host.clock.sleep(600_000); }");
    child.stdout.on("data", (chunk) => String(chunk).includes('"started"') && child.kill("SIGTERM"));
    const { exitCode, stdout } = await child;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"message":"stopping","signal":"SIGTERM"');
  });

  it("ends with status 1 when something was thrown that nobody caught", async () => {
    const { exitCode, stdout } = await run(
      "async (host) => { void host.clock.sleep(1).then(() => { throw new Error('oh no'); }); }",
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain("oh no");
  });
});
