import { basename } from "node:path";
import { FiredrillError } from "../error.ts";
import { digest } from "../events/digest.ts";
import { readFrontMatter } from "./front-matter.ts";
import { type Block, blocksOf } from "./markdown.ts";
import { RunbookReader } from "./reader.ts";
import { checkReferences } from "./references.ts";
import { type Runbook, runbookError } from "./runbook.ts";

export type { Runbook } from "./runbook.ts";

/** A longer runbook is nothing that a person reads at 3 a.m. */
const TEXT_CHARS_MAX = 262_144;

/**
 * Reads a Markdown runbook. Whatever looks like a step but would not run is an error: nothing is passed over in
 * silence. `file` is what errors name. @throws USAGE_RUNBOOK with file, line, what was received and expected
 */
export function parseRunbook(text: string, file: string): Runbook {
  if (text.length > TEXT_CHARS_MAX) {
    throw runbookError(file, 1, "the runbook is too long", {
      received: `${text.length} characters`,
      expected: `at most ${TEXT_CHARS_MAX}`,
    });
  }
  const normalized = text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  const { front, body } = readFrontMatter(normalized, file);
  const reader = new RunbookReader(file, body.split("\n"));
  for (const block of readBlocks(body, file)) reader.read(block);
  const { steps, firstHeading } = reader.finish();
  checkReferences(steps, file);
  const id = front.id ?? basename(file).replace(/\.md$/i, "");
  return Object.freeze({
    id,
    title: front.title ?? firstHeading ?? id,
    owner: front.owner ?? null,
    needs: front.needs,
    file,
    digest: digest(text),
    steps,
  });
}

function readBlocks(body: string, file: string): readonly Block[] {
  try {
    return blocksOf(body);
  } catch (cause) {
    throw new FiredrillError("USAGE_RUNBOOK", `${file}: this text can't be read as Markdown`, { cause });
  }
}
