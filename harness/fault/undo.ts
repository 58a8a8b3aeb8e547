/**
 * How to put something back: plain data, because after SIGKILL another process reads it from disk.
 * `op` names an operation of the tier; the rest are its arguments.
 */
export interface UndoAction {
  readonly op: string;
  readonly args: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}
