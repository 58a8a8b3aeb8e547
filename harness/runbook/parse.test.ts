import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FiredrillError } from "../error.ts";
import { parseRunbook } from "./parse.ts";

const lines = (...text: string[]) => text.join("\n");
const fence = (script = "true") => lines("```bash", script, "```");
const parse = (...text: string[]) => parseRunbook(lines(...text), "books/failover.md");

function refusal(...text: string[]): FiredrillError {
  try {
    parse(...text);
  } catch (error) {
    if (error instanceof FiredrillError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("a runbook", () => {
  it("is read with its front matter, titles, lines and expectations", () => {
    const text = readFileSync(new URL("example-runbook.md", import.meta.url), "utf8");
    const runbook = parseRunbook(text, "example-runbook.md");
    expect(runbook).toMatchObject({
      id: "failover",
      owner: "infra",
      needs: ["docker"],
      title: "The leading control plane is gone",
    });
    expect(runbook.steps.map(({ id, title }) => [id, title])).toEqual([
      ["look", "1. See which one is missing"],
      ["confirm", "2. Make sure that it is really gone"],
      ["restart", "3. Start it again"],
    ]);
    const [look, confirm, restart] = runbook.steps;
    expect(look).toMatchObject({
      kind: "shell",
      timeoutMs: 20_000,
      critical: false,
      requires: null,
      tiers: null,
    });
    expect(look?.expectations).toMatchObject([
      { kind: "output", pattern: String.raw`^control-plane-\d+ does not answer$` },
    ]);
    expect(confirm).toMatchObject({
      requires: "look",
      expectations: [{ kind: "exit", equal: false, code: 0 }],
    });
    expect(restart).toMatchObject({ critical: true, timeoutMs: 60_000 });
    expect(restart?.expectations).toMatchObject([
      { kind: "probe", probe: "redundancy", withinMs: 60_000, holdMs: 10_000 },
    ]);
    const source = text.split("\n");
    for (const step of runbook.steps) {
      expect(source[step.line - 1]).toContain(`id=${step.id}`);
      if (step.kind === "shell") expect(source[step.scriptLine - 1]).toBe(step.script.split("\n")[0]);
    }
  });

  it("takes its id from the file and its title from the first heading where nothing else is said", () => {
    const runbook = parse("# Bring it *back*", "<!-- step id=a -->", fence());
    expect(runbook).toMatchObject({ id: "failover", title: "Bring it back", owner: null, needs: [] });
    expect(runbook.steps[0]).toMatchObject({ timeoutMs: 60_000, timeoutStated: false });
  });

  it("may be written on Windows", () => {
    const runbook = parseRunbook(
      "\uFEFF---\r\nowner: infra\r\n---\r\n<!-- step id=a -->\r\n```bash\r\na\r\nb\r\n```\r\n",
      "a.md",
    );
    expect(runbook).toMatchObject({ owner: "infra", steps: [{ script: "a\nb", line: 4 }] });
  });

  it("has manual steps in prose, restricted steps, approvals and rollbacks", () => {
    const { steps } = parse(
      "## Tell",
      "<!-- step id=tell manual -->",
      "Post in #ops.",
      "",
      "- and wait",
      "",
      "```console",
      "$ a picture",
      "```",
      "## Do",
      "<!-- step id=do tier=k3d approve rollback=undo -->",
      fence(),
      "<!-- step id=undo -->",
      fence(),
    );
    expect(steps).toMatchObject([
      { kind: "manual", prose: "Post in #ops.\n\n- and wait\n\n```console\n$ a picture\n```", title: "Tell" },
      { kind: "shell", tiers: ["k3d"], approve: true, rollback: "undo", title: "Do" },
      { id: "undo" },
    ]);
  });

  it("leaves ordinary comments, other fences and HTML alone", () => {
    const { steps } = parse(
      "<!-- TODO: say who is on call -->",
      "<!--",
      "```bash",
      "commented out",
      "```",
      "-->",
      "<b>bold</b>",
      "",
      "```console",
      "$ ls",
      "```",
      "",
      "`<!-- step id=x -->` is how a step begins.",
      "",
      "<!-- step id=a -->",
      fence(),
      "Some prose.",
      '<!-- expect output~"say \\"hi\\" \\d" -->',
    );
    expect(steps).toHaveLength(1);
    expect(steps[0]?.expectations).toMatchObject([{ pattern: 'say "hi" \\d' }]);
  });
});

describe("a mistake is refused with its line:", () => {
  const step = "<!-- step id=a -->";
  it.each<[string, number, string[]]>([
    ["is no word of this comment", 1, ["<!-- step id=a tiemout=3s -->", fence()]],
    ["is not written like this", 1, ["<!-- step id=a critical=yes -->", fence()]],
    ["is not written like this", 1, ["<!-- step id=a timeout -->", fence()]],
    ["is said twice", 1, ["<!-- step id=a id=b -->", fence()]],
    ["can't be read", 1, ["<!-- step id=a 30s! -->", fence()]],
    ["can't be read", 1, ['<!-- step id="a -->', fence()]],
    ["a step needs an id", 1, ["<!-- step timeout=3s -->", fence()]],
    ["id= is no name", 1, ["<!-- step id=../x -->", fence()]],
    ["timeout= is no duration", 1, ["<!-- step id=a timeout=30x -->", fence()]],
    ["timeout= is no duration", 1, ["<!-- step id=a timeout=0s -->", fence()]],
    ["tier= names no tier", 1, ["<!-- step id=a tier=k8s -->", fence()]],
    ["has nothing to do", 2, ["# A", step, "", "Some prose.", "", fence()]],
    ["has nothing to do", 1, [step]],
    ["has nothing to do", 1, [step, "<!-- step id=b -->", fence()]],
    ["has nothing to do", 1, [step, "<!-- expect exit=1 -->", fence()]],
    ["has nothing to do", 1, ["<!-- step id=a manual -->", fence()]],
    ["has nothing to do", 1, ["<!-- step id=a manual -->", "# Next", "text"]],
    ['the id "a" is taken', 5, [step, fence(), step, fence()]],
    ['the id "a" is taken', 5, [step, fence(), "<!-- step id=a tier=k3d -->", fence()]],
    ["tier= names no tier", 1, ["<!-- step id=a tier=sim,k8s -->", fence()]],
    ["before any step", 1, ["<!-- expect exit=1 -->", step, fence()]],
    ["about one thing", 5, [step, fence(), "<!-- expect within=3s -->"]],
    ["about one thing", 5, [step, fence(), "<!-- expect exit=1 probe=api within=3s -->"]],
    ["needs a time", 5, [step, fence(), "<!-- expect probe=api -->"]],
    ["no longer", 5, [step, fence(), "<!-- expect probe=api within=10s hold=10s -->"]],
    ["belong to a probe", 5, [step, fence(), "<!-- expect exit=1 within=10s -->"]],
    ["no exit status", 5, [step, fence(), "<!-- expect exit=256 -->"]],
    ["one exit status", 6, [step, fence(), "<!-- expect exit=1 -->", "<!-- expect exit=2 -->"]],
    ["no regular expression", 5, [step, fence(), '<!-- expect output~"(" -->']],
    ["matches anything", 5, [step, fence(), '<!-- expect output~"" -->']],
    ["is not written like this", 5, [step, fence(), "<!-- expect output=ready -->"]],
    [
      "a manual step has no exit status",
      3,
      ["<!-- step id=a manual -->", "Do it.", "<!-- expect exit=0 -->"],
    ],
    [
      "requires names no earlier step",
      1,
      ["<!-- step id=a requires=b -->", fence(), "<!-- step id=b -->", fence()],
    ],
    ["rollback names no other step", 1, ["<!-- step id=a rollback=b -->", fence()]],
    ["rollback names no other step", 1, ["<!-- step id=a rollback=a -->", fence()]],
    [
      "requires names no earlier step",
      9,
      [
        "<!-- step id=a rollback=b -->",
        fence(),
        "<!-- step id=b -->",
        fence(),
        "<!-- step id=c requires=b -->",
        fence(),
      ],
    ],
    ["is not bare", 2, [step, "```bash id=a", "ls", "```"]],
    ["is not bare", 2, [step, "```bash ", "ls", "```"]],
    ["is not bare", 2, [step, "```bash{1}", "ls", "```"]],
    ["is not bare", 2, [step, "```sh", "ls", "```"]],
    ["is not bare", 2, [step, "  ```bash", "ls", "```"]],
    ["is not closed", 2, [step, "```bash", "ls"]],
    ["is not closed", 2, [step, "```bash", "ls", "````"]],
    ["is empty", 2, [step, "```bash", "```"]],
    ["has no step comment", 1, [fence()]],
    ["has no step comment", 6, [step, fence(), "", fence()]],
    ["has no step comment", 5, [step, fence(), "```js", "1", "```"]],
    ["stands inside a list", 6, [step, fence(), "- a", "  ```bash", "  ls", "  ```"]],
    ["stands inside a text", 5, [step, fence(), "Then <!-- expect exit=1 --> it."]],
    [
      "stands inside a text",
      6,
      [step, fence(), "> Quoted", "> <!-- step id=b -->", "> ```console", "> ls", "> ```"],
    ],
    ["stand on its own", 1, ["<!-- note --> <!-- step id=a -->", fence()]],
    ["never closed", 5, [step, fence(), "<!-- step id=b", fence()]],
    ["looks like step", 1, ["<!-- stpe id=a -->", fence()]],
    ["looks like step", 1, ["<!-- Step id=a -->", fence()]],
    ["looks like step", 1, ["<!-- steps: -->", fence()]],
    ["looks like expect", 5, [step, fence(), "<!-- expects exit=1 -->"]],
    ["looks like expect", 5, [step, fence(), "<!-- exepct exit=1 -->"]],
    ["belongs inside a step comment", 1, ["<!-- manual id=a -->", "Do it."]],
    ["the runbook has no step", 1, ["# Nothing", "to do"]],
    ["never closed", 1, ["---", "owner: infra", step, fence()]],
    ["is no YAML", 3, ["---", "owner: a", "title: [", "---", step, fence()]],
    ["front matter: onwer", 3, ["---", "id: a", "onwer: infra", "---", step, fence()]],
    ["front matter: needs", 2, ["---", "needs: docker", "---", step, fence()]],
  ])("%s (line %i)", (message, line, text) => {
    const error = refusal(...text);
    expect(error.code).toBe("USAGE_RUNBOOK");
    expect(error.message).toContain(message);
    expect(error.message).toMatch(new RegExp(`^books/failover\\.md:${line}: `));
  });

  it("tells what was received and what was expected", () => {
    const error = refusal("<!-- step id=a rollback=undoo -->", fence(), "<!-- step id=undo -->", fence());
    expect(error).toMatchObject({ received: "undoo", expected: "one of undo", hint: "did you mean undo?" });
  });

  it("in a text that is too long", () => {
    expect(refusal("x".repeat(300_000)).message).toContain("too long");
  });
});
