import { beforeAll, describe, expect, test } from "vitest";
import type { Host } from "../../../service/host.ts";
import { json, text } from "../../../service/http.ts";
import { bring, echo } from "../sim.testkit.ts";
import type { TestStack } from "../sim.testkit.ts";

const web = async (host: Host) => {
  await host.serve(80, async ({ method, path, headers, body }) => {
    if (path === "/missing") return text(404, "not here\n");
    if (path === "/slow") await host.clock.sleep(5_000);
    if (path === "/echo") return json(200, { method, type: headers["content-type"] ?? "", body });
    return text(200, "fine\n");
  });
};

const services = {
  "web-1": { runs: web, ports: [80, 9000], restart: "always", memoryLimitBytes: 1024 },
  db: { runs: "postgres", environment: { POSTGRES_DB: "fleet" }, ports: [] },
} as const;

let up: TestStack;
beforeAll(async () => {
  up = await bring(services);
});

/** What a step hands to the next one. */
async function exported(script: string): Promise<Readonly<Record<string, string>>> {
  return (await up.sh(script, { GIVEN: "1" })).env;
}

async function run(script: string, env: Record<string, string> = {}): Promise<[number | null, string]> {
  const { exitCode, output } = await up.sh(script, env);
  return [exitCode, output];
}

describe("the shell", () => {
  test("stops at the first failure, at unset variables and at failures inside a pipeline", async () => {
    expect(await run("echo a; false; echo b")).toEqual([1, "a\n"]);
    expect((await run("echo $NOPE; echo b"))[0]).toBe(1);
    expect((await run("false | cat; echo b"))[0]).toBe(1);
    expect(await run("exit 3")).toEqual([3, ""]);
  });

  test("keeps standard output and error in the order of the statements, inside loops too", async () => {
    const script = "for n in 1 2; do echo out$n; echo err$n >&2; done; if true; then echo x >&2; echo y; fi";
    expect(await run(script)).toEqual([0, "out1\nerr1\nout2\nerr2\nx\ny\n"]);
  });

  test("loops can be left, captured output stays captured, functions and here-documents work", async () => {
    expect(await run("for n in 1 2 3; do if [ $n = 2 ]; then break; fi; echo $n; done")).toEqual([0, "1\n"]);
    expect(await run("for n in 1 2 3; do [ $n = 2 ] && continue; echo $n; done; echo end")).toEqual([
      0,
      "1\n3\nend\n",
    ]);
    expect(await run('f() { echo "in f"; return 0; }; X=$(f 2>/dev/null); echo "got $X"')).toEqual([
      0,
      "got in f\n",
    ]);
    expect(await run('X=$(curl -sS http://nobody/ || echo none); echo "got $X"')).toEqual([
      0,
      expect.stringMatching(/^curl: \(6\).*\ngot none\n$/),
    ]);
    expect(await run("cat <<END\n  kept $((1 + 1))\nEND")).toEqual([0, "  kept 2\n"]);
    expect(await run('X=$(echo a b | xargs -n 1 echo); Y=$(timeout 5 echo c); echo "[$X $Y]"')).toEqual([
      0,
      "[a\nb c]\n",
    ]);
    expect(await run("grep -c fine <<< fine || { echo no; exit 4; }")).toEqual([0, "1\n"]);
    expect(await run("grep -q x <<< fine || { echo no; exit 4; }; echo never")).toEqual([4, "no\n"]);
  });

  test("hands over what was exported, and only that", async () => {
    const kept = await exported(
      "A=1; export B='two words' C; C=3; declare -x D=4; (export E=5); F=$(echo 6); export F",
    );
    expect(kept).toMatchObject({ GIVEN: "1", B: "two words", C: "3", D: "4", F: "6" });
    expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["A"]));
    expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["E"]));
    expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["PATH"]));
    const left = await exported("A=1; if true; then export B=2; exit; fi; export C=3");
    expect(left).toMatchObject({ GIVEN: "1", B: "2" });
    expect([left["A"], left["C"]]).toEqual([undefined, undefined]);
    expect(await run("false || exit")).toEqual([1, ""]);
    expect(await run("if ! true; then exit 5; else exit 6; fi")).toEqual([6, ""]);
  });

  test("has the stack's addresses and Compose's variables", async () => {
    expect(await run("echo $WEB_1_URL $WEB_1_9000_URL $COMPOSE_PROJECT_NAME $COMPOSE_FILE")).toEqual([
      0,
      "http://web-1:80 http://web-1:9000 fd-sim-t0 /stack/compose.yaml\n",
    ]);
  });

  test("a step that takes too long ends at its limit and shows what it said", async () => {
    const { clock } = up.stack;
    const startMs = clock.nowMs();
    const script = "echo begun; until curl -fsS $WEB_1_URL/missing; do sleep 1; done";
    const step = { script, env: {}, timeoutMs: 10_000, signal: new AbortController().signal };
    const result = await up.stack.runShell(step);
    expect(result).toMatchObject({ outcome: "timeout", exitCode: null });
    expect(result.output).toMatch(/^begun\n(curl: \(22\).*404\n)+/);
    expect(clock.nowMs() - startMs).toBeCloseTo(10_000, 0);
  });

  test("an interrupt ends a step", async () => {
    const abort = new AbortController();
    const step = { script: "sleep 1000", env: {}, timeoutMs: 2_000_000, signal: abort.signal };
    const running = up.stack.runShell(step);
    await up.stack.clock.sleep(5);
    abort.abort();
    expect(await running).toMatchObject({ outcome: "interrupted", exitCode: null });
    expect(await up.stack.runShell(step)).toMatchObject({ outcome: "interrupted" });
  });

  test("a long output keeps its end", async () => {
    const [, output] = await run("seq 20000; echo so 4000");
    expect(Buffer.byteLength(output)).toBe(64 * 1024);
    expect(output.endsWith("so 4000\n")).toBe(true);
  });

  test("a syntax error is told", async () => {
    expect(await run("if [ ; then")).toEqual([2, expect.stringContaining("syntax error")]);
  });
});

describe("what the model can't answer ends the step with 125 and its name", () => {
  test.each([
    ["docker compose down || true; echo on", "docker compose down"],
    ["docker compose up", "docker compose up without -d"],
    ["docker compose ps --orphans", "docker compose ps --orphans"],
    ["docker run alpine", "docker run"],
    ["docker inspect -f '{{.Config.Env}}' $(docker compose ps -q web-1)", "{{.Config.Env}}"],
    ["docker compose exec -T web-1 ls", "docker compose exec web-1 ls"],
    ["docker compose exec -T db psql -c 'select now()'", "psql -c select now()"],
    ["curl --insecure http://web-1/", "curl --insecure"],
    ["curl https://web-1/", "curl https://web-1/"],
    ["curl -w '%{remote_ip}' http://web-1/", "%{remote_ip}"],
    ["date -d yesterday", "date -d"],
    ["echo $RANDOM", "$RANDOM"],
    ["while (( SECONDS < 10 )); do sleep 1; done", "$SECONDS"],
  ])("%s", async (script, named) => {
    const [exitCode, output] = await run(script);
    expect(exitCode).toBe(125);
    expect(output).toContain(named);
    expect(output).not.toContain("on\n");
  });
});

describe("curl", () => {
  test("prints the body, the status, and fails as the real one does", async () => {
    expect(await run("curl -fsS $WEB_1_URL/")).toEqual([0, "fine\n"]);
    expect(await run("curl -s -o /dev/null -w '%{http_code}\\n' $WEB_1_URL/missing")).toEqual([0, "404\n"]);
    expect((await run("curl -fsS $WEB_1_URL/missing"))[0]).toBe(22);
    expect(await run("curl -fs $WEB_1_URL/missing")).toEqual([22, ""]);
    expect(await run("curl -sS $WEB_1_URL/missing")).toEqual([0, "not here\n"]);
    expect((await run("curl -sS http://nobody/"))[0]).toBe(6);
    expect((await run("curl -sS http://web-1:81/"))[0]).toBe(7);
    expect((await run("curl -sS -m 0.5 $WEB_1_URL/slow"))[0]).toBe(28);
    expect(await run("curl -s -m 0.5 -w '%{http_code}' $WEB_1_URL/slow || true")).toEqual([0, "000"]);
  });

  test("sends what it is given", async () => {
    const post = `curl -sS -H 'Content-Type: application/json' -d '{"a":1}' $WEB_1_URL/echo | jq -c .`;
    expect(await run(post)).toEqual([
      0,
      '{"method":"POST","type":"application/json","body":"{\\"a\\":1}"}\n',
    ]);
    expect(await run("echo -n in | curl -sS -X PUT -d @- $WEB_1_URL/echo | jq -r .method,.body")).toEqual([
      0,
      "PUT\nin\n",
    ]);
    expect(await run("curl -sSo /tmp/f $WEB_1_URL/; cat /tmp/f")).toEqual([0, "fine\n"]);
  });

  test("hears a reset", async () => {
    const { sh, stack } = await bring(services);
    const asked = sh("curl -sS $WEB_1_URL/slow");
    await stack.clock.sleep(1_000);
    await sh("docker compose kill web-1");
    expect(await asked).toMatchObject({ exitCode: 56 });
  });
});

describe("docker compose", () => {
  test("ps lists what runs, everything with --all, and one state", async () => {
    const { sh } = await bring(services);
    const out = async (script: string) => (await sh(script)).output;
    expect(await out("docker compose ps --services")).toBe("web-1\ndb\n");
    await sh("docker compose stop db");
    expect(await out("docker compose ps --services")).toBe("web-1\n");
    expect(await out("docker compose ps -a --services")).toBe("web-1\ndb\n");
    expect(await out("docker compose ps --status exited --services")).toBe("db\n");
    expect(
      await out("docker compose ps -a --format json | jq -c '[.Service, .State, .Health, .ExitCode]'"),
    ).toBe('["web-1","running","healthy",0]\n["db","exited","",0]\n');
    expect(await out("docker compose ps -a --format '{{.Service}}: {{.Status}}'")).toBe(
      "web-1: Up (healthy)\ndb: Exited (0)\n",
    );
    expect(await out("docker compose ps -a")).toMatch(/^NAME +IMAGE +SERVICE +STATUS\nfd-sim-t0-web-1-1 /);
    expect(await out("docker compose ps -q web-1")).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await sh("docker compose ps nobody")).toMatchObject({
      exitCode: 1,
      output: "no such service: nobody\n",
    });
    expect((await sh("docker compose -p fd-sim-t0 -f x.yaml ps --services")).output).toBe("web-1\n");
  });

  test("health is asked inside the container: a network that is cut off makes nobody ill", async () => {
    const { sh, inject } = await bring(services);
    await inject("partition", { targets: ["web-1"] });
    expect((await sh("docker compose ps --format '{{.Health}}' web-1")).output).toBe("healthy\n");
  });

  test("start, stop, restart, kill, pause, unpause do so", async () => {
    const { sh, stack } = await bring(services);
    const after = async (verb: string) => {
      expect(await sh(`docker compose ${verb} web-1`)).toMatchObject({ exitCode: 0 });
      return (await stack.state("web-1")).state;
    };
    const seen = [];
    for (const verb of [
      "pause",
      "unpause",
      "stop -t 5",
      "start",
      "kill -s SIGKILL",
      "kill",
      "restart",
      "start",
    ]) {
      seen.push(await after(verb));
    }
    expect(seen).toEqual([
      "paused",
      "running",
      "exited",
      "running",
      "exited",
      "exited",
      "running",
      "running",
    ]);
    expect((await sh("docker compose unpause web-1")).exitCode).toBe(1);
  });

  test("up starts what is down and waits for health; with --force-recreate it begins anew", async () => {
    const { sh, stack } = await bring(services);
    await sh("docker compose stop");
    await sh("docker compose up -d db");
    expect((await stack.state("web-1")).state).toBe("exited");
    expect(await sh("docker compose up -d --wait; curl -fsS $WEB_1_URL/")).toMatchObject({ exitCode: 0 });
    await sh("docker update --memory 1g $(docker compose ps -q web-1)");
    await sh("docker compose up -d --no-recreate; docker compose logs web-1");
    const limit = "docker inspect -f '{{.HostConfig.Memory}}' fd-sim-t0-web-1-1";
    expect((await sh(limit)).output).toBe(`${1024 ** 3}\n`);
    await sh("docker compose up -d --wait --force-recreate web-1");
    expect((await sh(limit)).output).toBe("1024\n");
  });

  test("exec runs what the service's model has, and fails where nothing runs", async () => {
    const { sh } = await bring(services);
    expect(await sh("docker compose exec -T db pg_isready -h 127.0.0.1 -U x -d fleet")).toMatchObject({
      exitCode: 0,
      output: "/var/run/postgresql:5432 - accepting connections\n",
    });
    expect(await sh("docker compose exec -T db pg_isready -q")).toMatchObject({ exitCode: 0, output: "" });
    expect(await sh("docker compose exec -T db psql -U x -d fleet -tAc 'select 1;'")).toMatchObject({
      output: "1\n",
    });
    expect(await sh("docker compose exec db psql fleet -c 'select count(*) from nothing'")).toMatchObject({
      exitCode: 1,
      output: 'ERROR:  relation "nothing" does not exist\n',
    });
    expect((await sh("docker compose restart db; docker compose exec -T db pg_isready -q")).exitCode).toBe(1);
    expect(await sh("docker compose pause db; docker compose exec -T db pg_isready")).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining("paused"),
    });
    expect(await sh("docker compose kill db; docker compose exec -T db pg_isready")).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining("not running"),
    });
  });

  test("logs shows the end of what was said", async () => {
    const chatty = echo((host) => [1, 2, 3].forEach((count) => host.log(`line ${count}`)));
    const { sh } = await bring({ web: { runs: chatty } });
    const all = (await sh("docker compose logs web")).output.trimEnd().split("\n");
    expect(all).toHaveLength(3);
    expect(all[0]).toMatch(
      /^web-1 {2}\| \{"at":"2026-01-01T00:00:0\d\.\d{3}Z","service":"web","message":"line 1"/,
    );
    const last = await sh("docker compose logs --no-log-prefix --tail 1 web | jq -r .message");
    expect(last.output).toBe("line 3\n");
  });
});

describe("docker", () => {
  test("inspect and update work on names and ids", async () => {
    const { sh, inject } = await bring(services);
    await inject("memory-pressure", { targets: ["web-1"] });
    const format = "{{.State.OOMKilled}} {{.State.ExitCode}} {{.State.Status}}";
    expect((await sh(`docker inspect --format '${format}' fd-sim-t0-web-1-1`)).output).toBe(
      "true 137 restarting\n",
    );
    const script = `ID=$(docker compose ps -aq web-1); docker update --memory 256m --memory-swap 256m "$ID"
      docker inspect "$ID" | jq -e '.[0].State.OOMKilled and .[0].HostConfig.Memory == 268435456'`;
    expect(await sh(script)).toMatchObject({ exitCode: 0, output: expect.stringMatching(/true\n$/) });
    expect(await sh("docker inspect nobody")).toMatchObject({ exitCode: 1 });
  });

  test("the verbs on single containers work too", async () => {
    const { sh, stack } = await bring(services);
    const name = "fd-sim-t0-web-1-1";
    expect((await sh(`docker kill ${name}; docker start ${name}; docker restart ${name}`)).exitCode).toBe(0);
    expect(await sh(`docker stop ${name}; docker kill ${name}`)).toMatchObject({ exitCode: 1 });
    expect((await stack.state("web-1")).state).toBe("exited");
    expect(
      (await sh("docker exec fd-sim-t0-db-1 pg_isready -q; docker logs -n 1 fd-sim-t0-db-1")).output,
    ).toContain("ready to accept connections");
  });
});

describe("time", () => {
  test("sleep, date and timeout keep virtual time", async () => {
    const startMs = up.stack.clock.nowMs();
    expect(await run("A=$(date +%s); sleep 1m 5.5; B=$(date +%s); test $((B - A)) -ge 65")).toEqual([0, ""]);
    expect(up.stack.clock.nowMs() - startMs).toBeGreaterThanOrEqual(65_500);
    expect(await run("date -u +%Y-%m-%dT%H | cut -c 1-10; date -Is; date +%s%3N | wc -c; date")).toEqual([
      0,
      expect.stringMatching(
        /^2026-01-01\n2026-01-01T00:\d\d:\d\d\+00:00\n14\nThu Jan {2}1 00:\d\d:\d\d UTC 2026\n$/,
      ),
    ]);
    expect(await run("timeout 5 sleep 100 || echo late $?")).toEqual([0, "late 124\n"]);
    expect(await run("timeout 5 curl -fsS $WEB_1_URL/")).toEqual([0, "fine\n"]);
  });
});
