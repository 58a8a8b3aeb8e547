import type { Check, CheckResult } from "../check.ts";

/** First Node that runs TypeScript without a flag or a warning (Node 22 changelog, 22.18.0). */
const TYPE_STRIPPING = [22, 18] as const;
const OWN_MAJOR = 24;

/** Which Node runs this. The command line starts the project's own, so another one means that it was bypassed. */
export const node: Check = {
  id: "node",
  title: "Node.js",
  neededBy: "every tier",
  run: async () => judgeNode(process.version, process.execPath),
};

/** @param version like `v24.21.0` */
export function judgeNode(version: string, path: string): CheckResult {
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  const details = [path];
  if (major === OWN_MAJOR) return { state: "ok", summary: version, details };
  const fix = "call it through npm, which brings its own Node 24: npx firedrill doctor";
  if (major > TYPE_STRIPPING[0] || (major === TYPE_STRIPPING[0] && minor >= TYPE_STRIPPING[1])) {
    return { state: "partial", summary: `${version}; tested with Node ${OWN_MAJOR}`, details, fix };
  }
  return { state: "missing", summary: `${version} can't run TypeScript`, details, fix };
}
