/**
 * What `import "firedrill"` loads. Under an older Node (zx on a machine with Node 20) the whole script starts again under
 * our own, because only that reads TypeScript; the names are listed because a static import would come too early.
 */
import { isRecentEnough, PACKED, runUnderOwnNode } from "./own-node.mjs";

if (!isRecentEnough()) await runUnderOwnNode([...process.execArgv, ...process.argv.slice(1)]);

export const {
  adoptContainers,
  fault,
  FiredrillError,
  json,
  judgeRun,
  must,
  probe,
  readEvents,
  rehearseAdopted,
  runbook,
  scenario,
  text,
  workload,
} = await import(PACKED ? "../dist/harness/index.js" : "../harness/index.ts");
