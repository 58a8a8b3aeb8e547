type Variables = Readonly<Record<string, string>>;

/** Variables that a shell sets for itself; the next step's shell has its own. */
const OF_THE_SHELL = new Set(["HOME", "PATH", "PWD", "OLDPWD", "SHLVL", "_"]);

/** What one step hands to the next. A script that was cut short hands on what it was given. */
export function handedOn(given: Variables, snapshot: Variables | null): Variables {
  const source = Object.entries(snapshot ?? given);
  return Object.fromEntries(source.filter(([name]) => !OF_THE_SHELL.has(name)));
}
