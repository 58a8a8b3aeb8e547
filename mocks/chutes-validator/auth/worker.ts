import type { MockRequest } from "../../core/http.ts";
import { verify } from "../../core/signing/sr25519.ts";
import { refuse } from "../failure.ts";
import type { Validator } from "../validator.ts";
import { bodyHash, signedOf } from "./signed.ts";

/** Seconds (chutes-common auth.py and sek8s services/util.py). A nonce from the future passes: they only look back. */
const MAX_AGE_SECONDS = 30;

/** Who may ask. */
export type Askers = "miner or validator" | "validator" | "miner";

/**
 * A worker's check (sek8s `authorize`). The message is `hotkey:nonce:sha256(body)`, or `hotkey:nonce:purpose` for a
 * request without a body, whatever its method.
 *
 * @throws Refusal 401
 */
export function checkWorkerCall(
  { world, settings, network }: Validator,
  request: MockRequest,
  askers: Askers,
  purpose: string,
): void {
  const { hotkey, nonce, signature } = signedOf(request.headers);
  const isValidator = hotkey === settings.validator;
  const allowed =
    (isValidator && askers !== "miner") ||
    (!isValidator && askers !== "validator" && network.isMember(hotkey));
  const ageSeconds = Math.floor(world.clock.wallMs() / 1_000) - Number(nonce);
  if (
    hotkey === "" ||
    !/^\d{1,12}$/.test(nonce) ||
    signature === "" ||
    !allowed ||
    ageSeconds >= MAX_AGE_SECONDS
  )
    refuse(401, "go away (missing)");
  const hash = request.body.length === 0 ? null : bodyHash(request);
  const message = `${hotkey}:${nonce}:${hash ?? purpose}`;
  if (verify(message, signature, hotkey)) return;
  const shown = hash === null ? "None" : `'${hash}'`;
  refuse(401, `go away: (sig): request.state.body_sha256=${shown} signature_string='${message}'`);
}
