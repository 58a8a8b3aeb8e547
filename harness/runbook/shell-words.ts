import { parse } from "just-bash";

/** A simple command of a script, as far as it can be known without running it. */
export interface ShellCommand {
  /** Its words; null where a variable, a command or a pattern decides. */
  readonly words: readonly (string | null)[];
  /** Line within the script, from 1. */
  readonly line: number;
}

type Node = Readonly<Record<string, unknown>>;

/** A part of the tree. The parser counts the lines of a substitution from its own first one: `before` are above it. */
interface Place {
  readonly value: unknown;
  readonly before: number;
  /** Of the command around it. */
  readonly line: number;
}

/** More nodes than any fence that a person wrote. */
const NODES_MAX = 100_000;

/**
 * All simple commands of a Bash script, also those in loops, functions and substitutions, read from its syntax tree:
 * comments, quotes and here-documents are not mistaken for commands. @throws whatever the parser says of bad syntax
 */
export function shellCommands(script: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  const open: Place[] = [{ value: parse(script), before: 0, line: 1 }];
  for (let seen = 0; open.length > 0 && seen < NODES_MAX; seen++) {
    const { value, before, line } = open.pop()!;
    if (typeof value !== "object" || value === null) continue;
    const node = value as Node;
    const isCommand = node["type"] === "SimpleCommand";
    const at = isCommand ? before + (node["line"] as number) : line;
    if (isCommand) commands.push({ words: wordsOf(node), line: at });
    const within = node["type"] === "CommandSubstitution" ? at - 1 : before;
    const children = Object.values(node).map((child) => ({ value: child, before: within, line: at }));
    open.push(...children.toReversed());
  }
  return commands;
}

function wordsOf(command: Node): (string | null)[] {
  const { name, args } = command as { name: Node | null; args: readonly Node[] };
  return (name === null ? [] : [name, ...args]).map(literal);
}

/** The text of a word or quotation that always expands to itself; null for any other. */
function literal(node: Node): string | null {
  switch (node["type"]) {
    case "Word":
    case "DoubleQuoted": {
      const parts = (node["parts"] as readonly Node[]).map(literal);
      return parts.includes(null) ? null : parts.join("");
    }
    case "Literal":
    case "SingleQuoted":
    case "Escaped":
      return node["value"] as string;
    default:
      return null;
  }
}
