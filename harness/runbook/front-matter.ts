import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { runbookError } from "./runbook.ts";

const schema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "must be a name: letters, digits, - and _")
    .optional(),
  title: z.string().min(1).max(200).optional(),
  owner: z.string().min(1).max(200).optional(),
  needs: z.array(z.string().min(1)).max(50).default([]),
});

export type FrontMatter = z.infer<typeof schema>;

/** Splits optional YAML front matter off; in `body` its lines are empty, so that line numbers stay true. */
export function readFrontMatter(
  text: string,
  file: string,
): { readonly front: FrontMatter; readonly body: string } {
  const lines = text.split("\n");
  if (lines[0]?.trimEnd() !== "---") return { front: { needs: [] }, body: text };
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (end < 0) {
    throw runbookError(file, 1, "the front matter is never closed", {
      received: "---",
      expected: "a second line --- below id, title, owner, needs",
    });
  }
  const front = parseYaml(lines.slice(1, end).join("\n"), file);
  return { front, body: lines.map((line, index) => (index <= end ? "" : line)).join("\n") };
}

/** YAML line 1 is line 2 of the file. */
function parseYaml(yaml: string, file: string): FrontMatter {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax) {
    const line = counter.linePos(syntax.pos[0]).line + 1;
    throw runbookError(file, line, `the front matter is no YAML: ${syntax.message}`, {
      expected: "lines such as owner: infra",
    });
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path[0]?.toString();
  const pair = isMap(document.contents)
    ? document.contents.items.find((item) => isScalar(item.key) && item.key.value === key)
    : undefined;
  const offset = pair && isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
  throw runbookError(
    file,
    counter.linePos(offset).line + 1,
    `front matter: ${key ?? "it"}: ${issue?.message}`,
    {
      received: yaml.trim().slice(0, 200),
      expected: "id, title, owner (text) and needs (a list of tools), all optional",
    },
  );
}
