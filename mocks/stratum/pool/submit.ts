import { blockOf } from "./jobs.ts";
import type { Seat } from "./seat.ts";
import { judgeShare, readSubmission } from "./share.ts";
import { REFUSALS, verdictText } from "./verdict.ts";
import type { Refusal } from "./verdict.ts";

/** `mining.submit`: judged, answered, counted; a solved block goes to the node after the answer. */
export function submit(seat: Seat, id: unknown, params: readonly unknown[]): void {
  const { pool, extranonce1, mask, difficulty } = seat;
  const { jobs, stats, settings } = pool;
  const { clock, faults, note } = pool.world;
  const share = readSubmission(params);
  const client = seat.number;
  const worker = share === null ? undefined : seat.workers.get(share.worker);
  const refuse = (refusal: Refusal) => {
    const [, reason] = refusal;
    stats.reject(reason, difficulty.current);
    note("share.refused", { client, worker: share?.worker.slice(0, 200) ?? "", reason });
    seat.send(verdictText(settings.dialect, id, refusal));
  };
  if (extranonce1 === "") return refuse(REFUSALS.notSubscribed);
  if (share === null) return refuse(REFUSALS.malformed);
  if (worker === undefined) return refuse(REFUSALS.unauthorized);
  const subject = seat.subject(share.worker);
  const rejectAll = faults.take("rejectAll", subject)?.params;
  if (rejectAll !== undefined) return refuse([Number(rejectAll["code"]), String(rejectAll["reason"])]);
  const job = jobs.get(share.jobId);
  if (job === undefined) return refuse(REFUSALS.invalidJob);

  const required = difficulty.requiredFor(job.number);
  const judged = judgeShare(job, share, { extranonce1, mask, required, oracle: settings.oracle });
  if (judged.refusal !== null) refuse(judged.refusal);
  else {
    stats.accept(worker, required, judged.difficulty, clock.nowMs(), clock.wallMs() / 1_000);
    seat.send(verdictText(settings.dialect, id, null));
    if (faults.take("duplicateShareEcho", subject) !== null)
      seat.send(verdictText(settings.dialect, id, REFUSALS.duplicate));
    // What a simulated fleet sends would fill the journal, and has no hash.
    if (settings.oracle === "") note("share.accepted", { client, worker: worker.name, hash: judged.hash });
    difficulty.share(required);
  }
  if (judged.solved === null) return;
  const block = blockOf(job, judged.solved, extranonce1 + share.extranonce2);
  pool.handIn(block, share.worker, settings.oracle !== "");
}
