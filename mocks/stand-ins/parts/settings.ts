import { FiredrillError } from "../../../harness/error.ts";

export type Env = Readonly<Record<string, string>>;

/** A whole number of milliseconds from the environment. @throws USAGE_STACK when it is none. */
export function readMs(env: Env, name: string, fallback: number): number {
  const value = env[name];
  if (value === undefined || value === "") return fallback;
  if (/^\d+$/.test(value) && Number(value) > 0) return Number(value);
  throw new FiredrillError("USAGE_STACK", `${name} is not a time in milliseconds`, {
    received: value,
    expected: `a positive whole number, such as ${fallback}`,
    hint: "correct it under the service's `environment` in the Compose file",
  });
}

/** A whole number that is not negative. @throws USAGE_STACK when it is none. */
export function readCount(env: Env, name: string, fallback: number): number {
  const value = env[name];
  if (value === undefined || value === "") return fallback;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new FiredrillError("USAGE_STACK", `${name} is not a whole number`, { received: value });
}

/** A setting without which the service cannot work. @throws USAGE_STACK when it is missing. */
export function readRequired(env: Env, name: string, example: string): string {
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  throw new FiredrillError("USAGE_STACK", `${name} is not set`, {
    expected: `${name}=${example}`,
    hint: "set it under the service's `environment` in the Compose file",
  });
}

/** `on` or `off`. @throws USAGE_STACK for anything else. */
export function readSwitch(env: Env, name: string, fallback: boolean): boolean {
  const value = env[name] ?? "";
  if (value === "") return fallback;
  if (value === "on" || value === "off") return value === "on";
  throw new FiredrillError("USAGE_STACK", `${name} is neither on nor off`, { received: value });
}
