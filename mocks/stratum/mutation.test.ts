import { expect, test } from "vitest";
import { mutated } from "../core/mutated.testkit.ts";
import { npmClient, REACH, solve, workOfNpm } from "./clients.testkit.ts";
import { stratumMock } from "./stratum.ts";

/** A client that never gets through is given up after this; one that must get through has all the time of its test. */
const PATIENCE_MS = 1_000;
const ALL_TIME_MS = 25_000;

/** A plain use of the unmodified client: one share, taken. */
function mine(port: number, patienceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => end(new Error("nothing came of it")), patienceMs);
    let submit = () => {};
    const client = npmClient({
      port,
      onAuthorizeSuccess: () => submit(),
      onAuthorizeFail: () => end(new Error("not authorised")),
      onNewMiningWork: (it: Record<string, unknown>) => {
        const work = workOfNpm(it);
        if (!(work.difficulty > 0)) return end(new Error("no difficulty"));
        const share = solve(work, { most: 1.4e-5 });
        submit = () =>
          client.submit({
            worker_name: "alice.1",
            job_id: String(work.params[0]),
            extranonce2: share.extranonce2,
            ntime: share.time,
            nonce: share.nonce,
          });
      },
      onSubmitWorkSuccess: () => end(null),
      onSubmitWorkFail: (error: unknown) => end(new Error(JSON.stringify(error))),
    });
    function end(error: Error | null) {
      clearTimeout(giveUp);
      client.shutdown();
      if (error === null) resolve();
      else reject(error);
    }
  });
}

/** Changes one digit behind what the pattern catches. */
const digit = (pattern: RegExp) => (line: string) =>
  line.replace(pattern, (_, before: string, one: string) => before + (one === "7" ? "8" : "7"));
const JOB = String.raw`("mining.notify","params":\["[0-9a-f]{16}",`;

const MUTANTS: readonly (readonly [string, (line: string) => string])[] = [
  ["extranonce 1", digit(/("id":"mining.subscribe".*\]\],"[0-9a-f]{7})([0-9a-f])/)],
  ["job id", digit(/("mining.notify","params":\["[0-9a-f]{15})([0-9a-f])/)],
  ["previous hash", digit(new RegExp(`${JOB}"[0-9a-f]{63})([0-9a-f])`))],
  ["coinb1", digit(new RegExp(`${JOB}"[0-9a-f]{64}","[0-9a-f]{83})([0-9a-f])`))],
  ["coinb2", digit(new RegExp(`${JOB}"[0-9a-f]{64}","[0-9a-f]+","[0-9a-f]{7})([0-9a-f])`))],
  ["branch", digit(new RegExp(`${JOB}.*\\["[0-9a-f]{63})([0-9a-f])`))],
  ["version", (line) => line.replace('"20000000"', '"20000001"')],
  ["bits", (line) => line.replace('"1f00ffff"', '"1f00fffe"')],
  ["time", (line) => line.replace(/"([0-9a-f]{8})",(true|false)\]/, '"00000001",$2]')],
  [
    "difficulty",
    (line) => line.replace('set_difficulty","params":[0.000001]', 'set_difficulty","params":[1e-9]'),
  ],
  ["the name of notify", (line) => line.replace('mining.notify","params', 'mining.job","params')],
  ["result", (line) => line.replace('"result":true', '"result":false')],
];

test.each(MUTANTS)("a client fails when something is wrong with: %s", async (_, change) => {
  const whole = await REACH.standalone();
  await mine(whole.port, ALL_TIME_MS);
  await whole.close();
  let changed = 0;
  const broken = await REACH.standalone({
    definition: mutated(stratumMock, {
      bytes(bytes) {
        const line = String(bytes);
        const other = change(line);
        changed += other === line ? 0 : 1;
        return other;
      },
    }),
  });
  await expect(mine(broken.port, PATIENCE_MS)).rejects.toThrow();
  expect(changed).toBeGreaterThan(0);
  await broken.close();
});
