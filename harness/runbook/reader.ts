import { FiredrillError } from "../error.ts";
import { type Comment, readComment } from "./comment.ts";
import { readExpectation } from "./expect-comment.ts";
import { checkFence, isRunnable } from "./fence.ts";
import { type Block, firstLine, inside, lastLine, plainText } from "./markdown.ts";
import { type Expectation, runbookError, type Step } from "./runbook.ts";
import { readStepWords, type StepWords } from "./step-comment.ts";
import type { Fail } from "./words.ts";

/** A step while it is being read: its comment, then its body, then its expectations. */
interface Draft {
  readonly words: StepWords;
  readonly title: string;
  readonly line: number;
  body:
    | { kind: "shell"; script: string; scriptLine: number }
    | { kind: "manual"; fromLine: number; toLine: number }
    | null;
  readonly expectations: Expectation[];
}

/** Goes through a runbook's blocks once, from top to bottom, and gathers its steps. @throws USAGE_RUNBOOK */
export class RunbookReader {
  private readonly drafts: Draft[] = [];
  private heading: string | null = null;
  private firstHeading: string | null = null;
  private readonly file: string;
  private readonly source: readonly string[];

  constructor(file: string, source: readonly string[]) {
    this.file = file;
    this.source = source;
  }

  read(block: Block): void {
    const line = firstLine(block);
    const comment = block.type === "html" ? readComment(block.value, this.file, line) : null;
    if (this.takeBody(block, comment !== null)) return;
    if (comment) return this.readOurs(comment, line);
    if (block.type === "heading") {
      this.heading = plainText(block) || this.heading;
      this.firstHeading ??= this.heading;
    }
    if (block.type === "code" && isRunnable(block.lang))
      this.refuseFence(line, "has no step comment directly above it");
    this.refuseHidden(block);
  }

  finish(): { steps: Step[]; firstHeading: string | null } {
    this.demandBody();
    if (this.drafts.length === 0) {
      throw runbookError(this.file, 1, "the runbook has no step", {
        received: `${this.source.length} lines of Markdown without a step comment`,
        expected: "<!-- step id=restart timeout=30s --> directly above a ```bash fence",
      });
    }
    return { steps: this.drafts.map((draft) => this.build(draft)), firstHeading: this.firstHeading };
  }

  /** The block after a step comment is the step's body; prose of a manual step goes on until the next heading. */
  private takeBody(block: Block, isOurs: boolean): boolean {
    const draft = this.drafts.at(-1);
    if (!draft || isOurs) return false;
    const isFence = block.type === "code" && isRunnable(block.lang);
    return draft.words.manual ? this.takeProse(draft, block, isFence) : this.takeFence(draft, block, isFence);
  }

  private takeFence(draft: Draft, block: Block, isFence: boolean): boolean {
    if (draft.body !== null) return false;
    if (!isFence || block.type !== "code") return this.demandBody();
    const line = firstLine(block);
    checkFence(this.source, this.file, line, lastLine(block));
    if (block.value.trim() === "") this.refuseFence(line, "is empty");
    draft.body = { kind: "shell", script: block.value, scriptLine: line + 1 };
    return true;
  }

  private takeProse(draft: Draft, block: Block, isFence: boolean): boolean {
    if (isFence || block.type === "heading" || block.type === "html") {
      return draft.body === null && block.type !== "html" ? this.demandBody() : false;
    }
    if (draft.expectations.length > 0) return false;
    if (draft.body?.kind === "manual") draft.body.toLine = lastLine(block);
    else draft.body = { kind: "manual", fromLine: firstLine(block), toLine: lastLine(block) };
    this.refuseHidden(block);
    return true;
  }

  private readOurs(comment: Comment, line: number): void {
    const fail: Fail = (message, details) => {
      throw runbookError(this.file, line, message, details);
    };
    this.demandBody();
    const draft = this.drafts.at(-1);
    if (comment.word === "step") {
      const words = readStepWords(comment.rest, fail);
      this.drafts.push({ words, title: this.heading ?? words.id, line, body: null, expectations: [] });
      return;
    }
    if (!draft)
      fail("an expectation stands before any step", { received: comment.text, expected: "a step above it" });
    const expectation = {
      line,
      text: comment.text.slice("expect ".length),
      ...readExpectation(comment.rest, fail),
    };
    if (draft.words.manual && expectation.kind !== "probe") {
      fail("a manual step has no exit status and no output", {
        received: comment.text,
        expected: "expect probe=…",
      });
    }
    if (expectation.kind === "exit" && draft.expectations.some(({ kind }) => kind === "exit")) {
      fail("a step has one exit status", { received: comment.text, expected: "one expect exit… per step" });
    }
    draft.expectations.push(expectation);
  }

  /** A step comment without a body would vanish. */
  private demandBody(): false {
    const draft = this.drafts.at(-1);
    if (!draft || draft.body !== null) return false;
    const { words, line } = draft;
    throw runbookError(this.file, line, `step "${words.id}" has nothing to do`, {
      received: `<!-- step id=${words.id} … -->`,
      expected: words.manual ? "prose directly below it" : "a ```bash fence directly below it",
      ...(words.manual ? {} : { hint: "if a person does it by hand, add the word manual" }),
    });
  }

  private refuseFence(line: number, why: string): never {
    throw runbookError(this.file, line, `this fence ${why}`, {
      received: (this.source[line - 1] ?? "").trim().slice(0, 80),
      expected: "<!-- step id=… timeout=… --> on the line above a ```bash fence with a command in it",
      hint: "a fence that only shows something is written ```console or ```text",
    });
  }

  /** Steps inside lists and quotes, and comments inside a line of text, would be passed over. */
  private refuseHidden(block: Block): void {
    for (const node of inside(block)) {
      const line = firstLine(node);
      if (node.type === "code" && isRunnable(node.lang))
        this.refuseFence(line, "stands inside a list or quote");
      if (node.type !== "html" || !readComment(node.value ?? "", this.file, line)) continue;
      throw runbookError(this.file, line, "this comment stands inside a text, list or quote", {
        received: (this.source[line - 1] ?? "").trim().slice(0, 80),
        expected: "a line of its own, not indented, outside lists and quotes",
      });
    }
  }

  private build({ words, title, line, body, expectations }: Draft): Step {
    const { manual: _, ...common } = words;
    const base = { ...common, title, line, expectations };
    if (body === null) throw new FiredrillError("BUG", `step ${words.id} was built without its body`);
    if (body.kind === "shell") return { ...base, ...body };
    return { ...base, kind: "manual", prose: this.source.slice(body.fromLine - 1, body.toLine).join("\n") };
  }
}
