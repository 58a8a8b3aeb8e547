import { test } from "vitest";
import { faultBench, WEB_SERVER } from "./faults.testkit.ts";
import { composeInjectors } from "./index.ts";
test("bw", async () => {
  const bench = await faultBench();
  await bench.service("beta", { command: WEB_SERVER });
  for (let n = 0; n < 6; n++) {
    const name = `s${n}`;
    const serve = `require("node:http").createServer((_, to) => to.end(Buffer.alloc(200_000))).listen(8080)`;
    await bench.service(name, { command: ["node", "-e", serve] });
    await new Promise((r) => setTimeout(r, 1500));
    const p = await composeInjectors(bench.context).bandwidth.prepare({ id: name, kind: "bandwidth", targets: [name], peers: [], ttlMs: 60000, params: { bytesPerSecond: 100_000, direction: "both" } });
    console.log(n, JSON.stringify(p.undo[0]?.args));
    const t = performance.now();
    await p.apply().catch((e) => console.log("apply", e, e.received));
    console.log("applied", performance.now() - t);
    for (let i = 0; i < 5; i++) {
      const c = await p.confirm().catch((e: Error) => ({ confirmed: false, evidence: String(e) }));
      console.log(JSON.stringify(c), performance.now() - t);
      if (c.confirmed) break;
    }
    const program = `(async () => { let best = Infinity; for (let n = 0; n < 3; n++) { const start = performance.now();
    const it = await fetch("http://${name}:8080/", { headers: { connection: "close" } }); await it.text();
    best = Math.min(best, performance.now() - start); } console.log(best); })()`;
    console.log(await bench.inside("beta", `node -e '${program}'`).catch(String), performance.now() - t);
  }
  await bench[Symbol.asyncDispose]();
});
