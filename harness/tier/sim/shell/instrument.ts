import type {
  CommandNode,
  PipelineNode,
  ScriptNode,
  StatementNode,
  TransformPlugin,
  WordNode,
} from "just-bash";

type Redirection = Extract<CommandNode, { type: "SimpleCommand" }>["redirections"][number];

/** These steer the script and say nothing: a redirection around them would only be in their way. */
const SILENT = new Set([
  "break",
  "continue",
  "return",
  "export",
  "set",
  "shift",
  "unset",
  "declare",
  "local",
  ":",
]);

export interface Instruments {
  /** Where each statement appends what it says. */
  readonly outputFile: string;
  /** The command that takes down what is exported; it ends with the status it is given. */
  readonly snapshot: string;
}

/**
 * Two things that the interpreter lacks. It keeps standard output and error apart and gives both away at the end, or not
 * at all when it is aborted: so every statement appends both to one file when it is done. And it forgets the variables of
 * a script that calls `exit`: so a snapshot of them is taken before. Functions are left alone: they may be called in
 * `$(…)`.
 */
export function instrument(tools: Instruments): TransformPlugin {
  let isScript = true;
  return {
    name: "firedrill",
    transform({ ast }) {
      if (!isScript) return { ast };
      // What comes later is run by the script's commands (`xargs`, `timeout`), and its output belongs to them.
      isScript = false;
      return { ast: { ...ast, statements: inOrder(ast.statements, tools) } satisfies ScriptNode };
    },
  };
}

function inOrder(statements: readonly StatementNode[], tools: Instruments): StatementNode[] {
  return statements.flatMap((statement) => {
    if (statement.background || statement.deferredError !== undefined) return [statement];
    const only = onlyCommand(statement);
    if (only === null) return [wrap(statement, tools)];
    const { command, pipeline } = only;
    const name = nameOf(command);
    if (name === "exit") return [snapshot(tools, hasOperands(command)), statement];
    if (command.type === "FunctionDef" || SILENT.has(name)) return [statement];
    const inside = descend(command, tools);
    if (inside === null) return [wrap(statement, tools)];
    return [{ ...statement, pipelines: [{ ...pipeline, commands: [inside] }] }];
  });
}

function onlyCommand({ pipelines }: StatementNode): { command: CommandNode; pipeline: PipelineNode } | null {
  const [pipeline, ...more] = pipelines;
  const command = pipeline?.commands[0];
  if (!pipeline || !command || more.length > 0 || pipeline.commands.length > 1 || pipeline.negated)
    return null;
  return { command, pipeline };
}

/** The word that a simple command begins with, where it stands there literally. */
function nameOf(command: CommandNode): string {
  if (command.type !== "SimpleCommand" || command.name === null) return "";
  const [part, ...more] = command.name.parts;
  return more.length === 0 && part?.type === "Literal" ? part.value : "";
}

/** The same command with its inner statements in order; null when it is to be wrapped as a whole. */
function descend(command: CommandNode, tools: Instruments): CommandNode | null {
  if (command.type === "SimpleCommand" || command.type === "FunctionDef" || command.redirections.length > 0)
    return null;
  const inner = (statements: readonly StatementNode[]) => inOrder(statements, tools);
  switch (command.type) {
    case "If": {
      const clauses = command.clauses.map(({ condition, body }) => ({
        condition: inner(condition),
        body: inner(body),
      }));
      return { ...command, clauses, elseBody: command.elseBody && inner(command.elseBody) };
    }
    case "While":
    case "Until":
      return { ...command, condition: inner(command.condition), body: inner(command.body) };
    case "For":
    case "CStyleFor":
    case "Group":
      return { ...command, body: inner(command.body) };
    case "Case":
      return { ...command, items: command.items.map((item) => ({ ...item, body: inner(item.body) })) };
    default:
      return null;
  }
}

/** `{ statement; } >>file 2>&1` */
function wrap(statement: StatementNode, { outputFile }: Instruments): StatementNode {
  const redirections: Redirection[] = [redirect(null, ">>", outputFile), redirect(2, ">&", "1")];
  return statementOf({ type: "Group", body: [statement], redirections });
}

function hasOperands(command: CommandNode): boolean {
  return command.type === "SimpleCommand" && command.args.length > 0;
}

/** Before a bare `exit` it is `snapshot "$?"`, so that the script still ends with the status of what came before. */
function snapshot({ snapshot: command }: Instruments, statusIsGiven: boolean): StatementNode {
  const status: WordNode = {
    type: "Word",
    parts: [{ type: "ParameterExpansion", parameter: "?", operation: null }],
  };
  const args = statusIsGiven ? [] : [status];
  return statementOf({ type: "SimpleCommand", assignments: [], name: word(command), args, redirections: [] });
}

function statementOf(command: CommandNode): StatementNode {
  const pipeline: PipelineNode = { type: "Pipeline", commands: [command], negated: false };
  return { type: "Statement", pipelines: [pipeline], operators: [], background: false };
}

function redirect(fd: number | null, operator: ">>" | ">&", target: string): Redirection {
  return { type: "Redirection", fd, operator, target: word(target) };
}

function word(value: string): WordNode {
  return { type: "Word", parts: [{ type: "Literal", value }] };
}
