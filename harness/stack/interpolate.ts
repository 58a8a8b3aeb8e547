/** Why a text could not be interpolated; `${VAR:?message}` asks for this itself. */
export class InterpolationError extends Error {
  override readonly name = "InterpolationError";
}

type Variables = Readonly<Record<string, string | undefined>>;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
/** Nested defaults deeper than this are taken for a mistake. */
const MAX_DEPTH = 10;

/**
 * Compose's interpolation (Compose specification, "Interpolation"): `$VAR`, `${VAR}`, `${VAR:-default}`,
 * `${VAR-default}`, `${VAR:?error}`, `${VAR?error}`, `${VAR:+instead}`, `${VAR+instead}`, and `$$` for a dollar sign.
 * With a colon an empty variable counts as unset. An unset variable without a default is the empty string.
 * @throws InterpolationError
 */
export function interpolate(text: string, variables: Variables, depth = 0): string {
  if (depth > MAX_DEPTH) throw new InterpolationError(`"${text}" nests defaults too deeply`);
  let result = "";
  let rest = text;
  for (;;) {
    const dollar = rest.indexOf("$");
    if (dollar < 0) return result + rest;
    result += rest.slice(0, dollar);
    rest = rest.slice(dollar + 1);
    if (rest.startsWith("$")) {
      result += "$";
      rest = rest.slice(1);
    } else if (rest.startsWith("{")) {
      const end = closingBrace(rest, text);
      result += expand(rest.slice(1, end), variables, depth);
      rest = rest.slice(end + 1);
    } else {
      const name = NAME.exec(rest)?.[0];
      if (name === undefined)
        throw new InterpolationError(
          `"${text}": "$" stands before no variable; write "$$" for a dollar sign`,
        );
      result += variables[name] ?? "";
      rest = rest.slice(name.length);
    }
  }
}

/** Index of the brace that closes the one at index 0. */
function closingBrace(rest: string, text: string): number {
  let open = 0;
  for (let index = 0; index < rest.length; index++) {
    if (rest[index] === "{") open++;
    if (rest[index] === "}" && --open === 0) return index;
  }
  throw new InterpolationError(`"${text}": "\${" is never closed`);
}

function expand(inside: string, variables: Variables, depth: number): string {
  const name = NAME.exec(inside)?.[0];
  const operator = /^(:?[-?+])?/.exec(inside.slice(name?.length ?? 0))?.[0] ?? "";
  const word = inside.slice((name?.length ?? 0) + operator.length);
  if (name === undefined || (operator === "" && word !== "")) {
    throw new InterpolationError(`"\${${inside}}" is no interpolation that Compose knows`);
  }
  const value = variables[name];
  const set = value !== undefined && !(operator.startsWith(":") && value === "");
  switch (operator.at(-1)) {
    case "-":
      return set ? value : interpolate(word, variables, depth + 1);
    case "+":
      return set ? interpolate(word, variables, depth + 1) : "";
    case "?":
      if (set) return value;
      throw new InterpolationError(`${name} must be set: ${word || "the Compose file demands it"}`);
    default:
      return value ?? "";
  }
}
