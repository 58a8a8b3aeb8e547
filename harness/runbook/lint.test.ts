import { describe, expect, it } from "vitest";
import { type Finding, lintRunbook, type RunbookScope } from "./lint.ts";
import { parseRunbook } from "./parse.ts";

const scope: RunbookScope = {
  tier: "compose",
  services: ["control-plane-1", "control-plane-2", "load-balancer", "db"],
  roles: ["leader"],
  probes: ["api", "redundancy"],
};

function lint(...lines: string[]): Finding[] {
  return lintRunbook(parseRunbook(lines.join("\n"), "a.md"), scope);
}

/** Findings about a script that begins in line 5 of an otherwise faultless runbook. */
function lintScript(...script: string[]): Finding[] {
  const before = ["---", "owner: infra", "---", "<!-- step id=a timeout=3s -->", "```bash"];
  return lint(...before, ...script, "```", "<!-- expect probe=api within=9s -->");
}

const step = ["<!-- step id=a timeout=3s -->", "```bash", "true", "```"];

describe("lint", () => {
  it("has nothing to say about a runbook that is in order", () => {
    expect(lintScript("docker compose restart load-balancer")).toEqual([]);
  });

  it("refuses an expectation of a probe that the scenario does not have", () => {
    const findings = lint("---", "owner: infra", "---", ...step, "<!-- expect probe=apii within=9s -->");
    expect(findings).toMatchObject([
      {
        severity: "error",
        line: 8,
        received: "apii",
        expected: "one of api, redundancy",
        hint: "did you mean api?",
      },
    ]);
  });

  it("warns of a missing owner, of no expectation at all and of a timeout that nobody chose", () => {
    const findings = lint("<!-- step id=a -->", "```bash", "true", "```");
    expect(findings.map(({ severity }) => severity)).toEqual(["warning", "warning", "warning"]);
    expect(findings.map(({ message }) => message).join("\n")).toMatch(
      /no owner\n.*nothing is expected.*\n.*after 1 min/,
    );
  });

  it("warns of what plain zx would read as JavaScript, and of what can't be read as Bash", () => {
    expect(lintScript("true", 'echo "${NAME}"')).toMatchObject([
      { severity: "warning", line: 7, message: expect.stringContaining("zx") },
    ]);
    expect(lintScript("if true; then")).toMatchObject([{ severity: "warning", line: 6 }]);
  });
});

describe("a step that names no service", () => {
  it.each<[string, string]>([
    ["docker compose stop contol-plane-1", "contol-plane-1"],
    ["docker compose stop db -t 5 dbx", "dbx"],
    ["docker compose -f compose.yaml --profile x restart web", "web"],
    ["docker compose --file=compose.yaml restart web", "web"],
    ["docker-compose kill -s SIGKILL web", "web"],
    ["docker compose kill --signal=SIGKILL web", "web"],
    ["docker compose exec -T -e A=b -u root web psql db", "web"],
    ["docker compose logs --tail 5 web", "web"],
    ["docker compose up -d --wait --wait-timeout 30 web", "web"],
    ["docker compose pause web", "web"],
    ["docker compose unpause 'web'", "web"],
    ['sudo timeout 5 docker compose stop "web"', "web"],
    ["if ! docker compose stop web; then true; fi", "web"],
    ["for n in 1 2; do docker compose stop web || true; done", "web"],
    ["x=$(docker compose logs web | tail)", "web"],
    ["fix() { docker compose stop db && docker compose start web; }", "web"],
    ["docker compose \\\n  stop web", "web"],
  ])("is refused: %s", (script, received) => {
    expect(lintScript(script)).toMatchObject([
      { severity: "error", received, expected: expect.stringContaining("load-balancer") },
    ]);
  });

  it.each([
    "docker compose stop",
    'docker compose stop "$lost" $(cat x) web-{1,2}',
    "docker compose exec db psql -U postgres",
    "docker compose ps web",
    "docker stop web",
    "echo docker compose stop web",
    "# docker compose stop web",
    "cat <<EOF\ndocker compose stop web\nEOF",
    "docker compose $VERB web",
    "docker compose",
  ])("is not seen in: %s", (script) => {
    expect(lintScript(...script.split("\n"))).toEqual([]);
  });

  it("is named with its line, also in a substitution", () => {
    expect(lintScript("true", "", "docker compose stop web").map(({ line }) => line)).toEqual([8]);
    expect(lintScript("true", "x=$(true", "docker compose stop web)").map(({ line }) => line)).toEqual([8]);
  });

  it("but a role gets a hint of its own", () => {
    expect(lintScript("docker compose stop leader")[0]?.hint).toContain("leader is a role");
  });
});
