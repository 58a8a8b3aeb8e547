import type { Host } from "../../../../harness/service/host.ts";
import { json, RequestError } from "../../../../harness/service/http.ts";
import type { HttpRequest, HttpResponse } from "../../../../harness/service/http.ts";
import { devKeypair, sign } from "../../../core/signing/sr25519.ts";
import { parseObject, router, textField } from "../../parts/router.ts";
import { readRequired } from "../../parts/settings.ts";
import { accessText } from "../chain-follower/access.ts";

const PORT = 8093;
const TIMEOUT_MS = 2_000;
const RANDOM_BYTES = 32;

/** A validator's side: signs each request with its hotkey, a development key (`Alice`), and sends it to the follower. */
export default async function hotkeyClient(host: Host): Promise<void> {
  const url = readRequired(host.env, "FOLLOWER_URL", "http://chain-follower:8092");
  const pair = devKeypair(readRequired(host.env, "HOTKEY", "Alice"));
  const ask = (request: Pick<HttpRequest, "method" | "url" | "body">) =>
    host.request({ ...request, headers: { "content-type": "application/json" }, timeoutMs: TIMEOUT_MS });

  const work = async (key: string): Promise<HttpResponse> => {
    const status = parseObject((await ask({ method: "GET", url: `${url}/status` })).body);
    const block = status?.["head"];
    if (typeof block !== "number") return json(503, { error: "the follower knows no head" });
    const random = Uint8Array.from({ length: RANDOM_BYTES }, () => host.random.below(256));
    const signature = sign(accessText({ key, block }), pair, random);
    const body = JSON.stringify({ key, hotkey: pair.address, block, signature });
    const { status: said, body: answer } = await ask({ method: "POST", url: `${url}/access`, body });
    return json(said, parseObject(answer) ?? {});
  };

  await host.serve(
    PORT,
    router({
      "GET /health": () => json(200, { service: "hotkey-client", hotkey: pair.address }),
      "POST /work": async ({ body }) => {
        const key = textField(body, "key");
        return work(key).catch((error: unknown) => {
          if (!(error instanceof RequestError)) throw error;
          return json(error.failure === "timeout" ? 504 : 502, { error: error.message });
        });
      },
    }),
  );
}
