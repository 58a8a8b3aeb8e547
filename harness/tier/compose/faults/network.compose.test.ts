import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FaultBench, faultBench, until, WEB_SERVER } from "./faults.testkit.ts";

let bench: FaultBench;
beforeAll(async () => {
  bench = await faultBench();
  for (const name of ["alpha", "beta", "gamma"]) await bench.service(name, { command: WEB_SERVER });
  for (const from of ["alpha", "beta", "gamma"]) await reaches(from, "alpha");
});
afterAll(() => bench[Symbol.asyncDispose]());

/** What a client in `from` gets from the web server in `to`: its answer, or how the attempt failed. */
async function ask(from: string, to: string): Promise<string> {
  const program = `fetch("http://${to}:8080/", { signal: AbortSignal.timeout(2500) }).then(
    async (it) => console.log(await it.text()), (error) => console.log(error.cause?.code ?? error.name))`;
  return (await bench.inside(from, `node -e '${program}'`)).output;
}

const HELLO = (name: string) => `hello from ${name}`;
const reaches = (from: string, to: string) =>
  until(async () => {
    const answer = await ask(from, to);
    return answer === HELLO(to) ? answer : new Error(answer);
  });
/** Chains of ours in the kernel, seen from inside the target's network namespace. */
async function rulesIn(service: string): Promise<string> {
  const { inNetworkOf, toolboxFor } = await import("./toolbox.ts");
  const { Id } = await bench.inspect(service);
  const list = "for table in filter nat; do iptables -w -t $table -S; done; tc qdisc show";
  return (await inNetworkOf(await toolboxFor(bench.context, Id), Id, ["sh", "-c", list])).output;
}

describe("partition", () => {
  test("cuts the target off from everyone, both ways, and the heal leaves everything as it was", async () => {
    const before = await bench.inspect("alpha");
    const rulesBefore = await rulesIn("alpha");
    const fault = await bench.inject("partition", "alpha");
    expect(await ask("beta", "alpha")).toBe("TimeoutError");
    expect(await ask("alpha", "beta")).toBe("TimeoutError");
    expect(await ask("alpha", "localhost")).toBe(HELLO("alpha"));
    expect(await ask("beta", "gamma")).toBe(HELLO("gamma"));
    await fault.putBack();
    expect(await ask("beta", "alpha")).toBe(HELLO("alpha"));
    expect(await ask("alpha", "beta")).toBe(HELLO("beta"));
    const after = await bench.inspect("alpha");
    expect(after.NetworkSettings.Networks).toEqual(before.NetworkSettings.Networks);
    expect(after.State.StartedAt).toBe(before.State.StartedAt);
    expect(await rulesIn("alpha")).toBe(rulesBefore);
    expect(await bench.leftovers()).toEqual([]);
  });

  test("only from its peers, when there are any", async () => {
    const fault = await bench.inject("partition", "alpha", { peers: ["beta"] });
    expect(await ask("beta", "alpha")).toBe("TimeoutError");
    expect(await ask("gamma", "alpha")).toBe(HELLO("alpha"));
    await fault.putBack();
    expect(await ask("beta", "alpha")).toBe(HELLO("alpha"));
  });

  test.each([
    ["in", "what others send it is lost, what it sends arrives"],
    ["out", "what it sends is lost, what others send it arrives"],
  ] as const)("one way: %s, %s", async (direction, _meaning) => {
    const heard = `timeout 2 node -e 'require("node:dgram").createSocket("udp4").on("message", (it) => { console.log(String(it)); process.exit(0); }).bind(9999)'`;
    const say = (to: string) =>
      `node -e 'const s = require("node:dgram").createSocket("udp4"); let n = 0; const t = setInterval(() => { s.send("heard", 9999, "${to}", () => {}); if (++n === 20) { clearInterval(t); s.close(); } }, 100)'`;
    const overUdp = async (from: string, to: string) => {
      const [{ output }] = await Promise.all([bench.inside(to, heard), bench.inside(from, say(to))]);
      return output;
    };
    const fault = await bench.inject("partition", "alpha", { params: { direction } });
    expect(await overUdp("beta", "alpha")).toBe(direction === "in" ? "" : "heard");
    expect(await overUdp("alpha", "beta")).toBe(direction === "in" ? "heard" : "");
    await fault.putBack();
  });

  test("cuts connections that are open already", async () => {
    const talk = `node -e '
      const socket = require("node:net").connect(8080, "alpha", () => {
        socket.write("GET / HTTP/1.1\\r\\nHost: alpha\\r\\n\\r\\n");
        console.log("open");
        setInterval(() => socket.write("GET / HTTP/1.1\\r\\nHost: alpha\\r\\n\\r\\n"), 100);
      });
      socket.on("data", (it) => require("node:fs").appendFileSync("/tmp/heard", it));' & echo $! > /tmp/talker`;
    await bench.inside("beta", `sh -c '${talk.replaceAll("'", `'"'"'`)}' > /dev/null 2>&1 &`);
    const heard = async () => Number((await bench.inside("beta", "wc -c < /tmp/heard")).output);
    await until(async () => ((await heard()) > 1_000 ? true : new Error("not talking yet")));
    const fault = await bench.inject("partition", "alpha");
    const atFirst = await heard();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await heard()).toBe(atFirst);
    await fault.putBack();
    await until(async () => ((await heard()) > atFirst ? true : new Error("not talking again")));
    await bench.inside("beta", "kill $(cat /tmp/talker)");
  });

  test("D10: two partitions of one target stack, and each takes only its own rules away", async () => {
    const fromBeta = await bench.inject("partition", "alpha", { id: "one", peers: ["beta"] });
    const fromGamma = await bench.inject("partition", "alpha", { id: "two", peers: ["gamma"] });
    expect([await ask("beta", "alpha"), await ask("gamma", "alpha")]).toEqual([
      "TimeoutError",
      "TimeoutError",
    ]);
    await fromBeta.putBack();
    expect([await ask("beta", "alpha"), await ask("gamma", "alpha")]).toEqual([
      HELLO("alpha"),
      "TimeoutError",
    ]);
    await fromGamma.putBack();
    expect(await ask("gamma", "alpha")).toBe(HELLO("alpha"));
  });

  test("heals by itself when its time to live is over", async () => {
    // A busy machine must have confirmed it before.
    await bench.inject("partition", "alpha", { ttlMs: 15_000 });
    await reaches("beta", "alpha");
    await until(async () => {
      const rules = await rulesIn("alpha");
      return rules.includes("FD-") ? new Error(rules) : true;
    });
  });

  test("a restart of the target is noticed: the effect is gone with its namespace", async () => {
    await bench.service("restarted", { command: WEB_SERVER });
    const fault = await bench.inject("partition", "restarted");
    await bench.docker.getContainer((await bench.inspect("restarted")).Id).restart({ t: 0 });
    expect(await fault.prepared.confirm()).toMatchObject({ confirmed: false });
    await reaches("beta", "restarted");
    await fault.putBack();
    expect(await bench.leftovers()).toEqual([]);
  });
});

describe("dns-failure", () => {
  test("look-ups get no answer, known addresses still work, undo restores", async () => {
    const lookUp = `node -e 'new (require("node:dns").promises.Resolver)({ timeout: 800, tries: 1 }).resolve4("beta").then((it) => console.log(it.join()), (error) => console.log(error.code))'`;
    const address = (await bench.inside("alpha", lookUp)).output;
    expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    const fault = await bench.inject("dns-failure", "alpha");
    expect(fault.evidence).toContain("error ETIMEOUT");
    expect((await bench.inside("alpha", lookUp)).output).toBe("ETIMEOUT");
    expect(await ask("alpha", address)).toBe(HELLO("beta"));
    expect((await bench.inside("gamma", lookUp)).output).toBe(address);
    await fault.putBack();
    expect((await bench.inside("alpha", lookUp)).output).toBe(address);
  });
});

/** How long one request and its answer take, at best of three: only the fault can make all of them slow. */
async function exchangeMs(from: string, to: string): Promise<number> {
  const program = `(async () => { let best = Infinity; for (let n = 0; n < 3; n++) { const start = performance.now();
    const it = await fetch("http://${to}:8080/", { headers: { connection: "close" } }); await it.text();
    best = Math.min(best, performance.now() - start); } console.log(best); })()`;
  return Number((await bench.inside(from, `node -e '${program}'`)).output);
}

/** Nothing but the fault keeps an exchange slow for good, however busy the machine is. */
const fasterThan = (ms: number, from: string, to: string) =>
  until(async () => {
    const tookMs = await exchangeMs(from, to);
    return tookMs < ms ? tookMs : new Error(`${from} to ${to} takes ${tookMs} ms`);
  });

describe("latency", () => {
  test.each([
    ["both", 600],
    ["in", 300],
    ["out", 300],
  ] as const)("%s: what others ask the target takes %i ms longer", async (direction, atLeastMs) => {
    const rulesBefore = await rulesIn("alpha");
    const fault = await bench.inject("latency", "alpha", { params: { delayMs: 300, direction } });
    expect(await exchangeMs("beta", "alpha")).toBeGreaterThanOrEqual(atLeastMs);
    await fasterThan(300, "beta", "gamma");
    await fault.putBack();
    await fasterThan(300, "beta", "alpha");
    expect(await rulesIn("alpha")).toBe(rulesBefore);
    expect(await bench.leftovers()).toEqual([]);
  });

  test("only for its peers, when there are any", async () => {
    const fault = await bench.inject("latency", "alpha", { peers: ["beta"], params: { delayMs: 300 } });
    expect(await exchangeMs("beta", "alpha")).toBeGreaterThanOrEqual(600);
    await fasterThan(300, "gamma", "alpha");
    await fault.putBack();
  });

  test("a connection that was open before does not escape: it is reset", async () => {
    const talk = `node -e 'const socket = require("node:net").connect(8080, "alpha", () => require("node:fs").writeFileSync("/tmp/connected", ""));
      setInterval(() => socket.write("GET / HTTP/1.1\\r\\nHost: alpha\\r\\n\\r\\n"), 100); socket.resume();
      socket.on("error", (error) => { require("node:fs").writeFileSync("/tmp/ended", error.code); process.exit(); });'`;
    await bench.inside("gamma", `sh -c '${talk.replaceAll("'", `'"'"'`)}' > /dev/null 2>&1 &`);
    const content = (file: string) => bench.inside("gamma", `cat /tmp/${file}`);
    await until(async () =>
      (await content("connected")).exitCode === 0 ? true : new Error("not connected"),
    );
    const fault = await bench.inject("latency", "alpha");
    await until(async () => {
      const { output } = await content("ended");
      return output === "ECONNRESET" ? true : new Error(output);
    });
    await fault.putBack();
  });
});

describe("bandwidth", () => {
  test.each(["both", "out"] as const)("%s: what the target sends takes its time", async (direction) => {
    const serve = `require("node:http").createServer((_, to) => to.end(Buffer.alloc(200_000))).listen(8080)`;
    const name = `source-${direction}`;
    await bench.service(name, { command: ["node", "-e", serve] });
    const rulesBefore = await until(async () => {
      const took = await exchangeMs("beta", name);
      return took > 0 ? rulesIn(name) : new Error("not serving yet");
    });
    const fault = await bench.inject("bandwidth", name, { params: { bytesPerSecond: 100_000, direction } });
    // A token bucket lets its first 32 KiB through at once.
    expect(await exchangeMs("beta", name)).toBeGreaterThanOrEqual(1_500);
    await fault.putBack();
    await fasterThan(1_500, "beta", name);
    expect(await rulesIn(name)).toBe(rulesBefore);
    expect(await bench.leftovers()).toEqual([]);
  });

  test("a target that listens on nothing has no path to narrow", async () => {
    await bench.service("silent");
    await expect(bench.inject("bandwidth", "silent")).rejects.toMatchObject({ code: "RUN_FAULT" });
  });
});
