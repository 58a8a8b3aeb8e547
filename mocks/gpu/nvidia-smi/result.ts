/** How a call of nvidia-smi ended. */
export interface SmiResult {
  readonly stdout: string;
  readonly exitCode: number;
  /** With `-l` and `-lms`: the program asks again after this time, until somebody stops it. Null: once. */
  readonly loopMs: number | null;
}

/** Exit codes of nvidia-smi (its manual, "RETURN VALUE", and nvml.h for 18). */
export const SMI_EXIT = {
  badArgument: 2,
  notSupported: 3,
  notFound: 6,
  noDriver: 9,
  noLibrary: 12,
  infoRom: 14,
  fellOff: 15,
  versions: 18,
  other: 255,
} as const;

export function done(stdout: string, loopMs: number | null = null): SmiResult {
  return { stdout, exitCode: 0, loopMs };
}

export function failed(exitCode: number, stdout: string): SmiResult {
  return { stdout, exitCode, loopMs: null };
}

/** Something on the command line is wrong. */
export function bad(stdout: string): SmiResult {
  return failed(SMI_EXIT.badArgument, stdout);
}
