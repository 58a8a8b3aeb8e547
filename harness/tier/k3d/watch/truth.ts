import { type HttpRequest, type HttpResponse, json } from "../../../service/http.ts";
import { type ClusterQuestion, clusterQuestion } from "../../../stack/cluster-question.ts";
import type { ClusterWatch } from "./watch-clusters.ts";

/**
 * Answers `http://cluster/…` from what is known, with numbers at the top so that a probe can demand them
 * (`json: { ready: { min: 5 } }`); null: the request is for a service. `ready` never comes back on old data;
 * `proven` also leaves out what has shown no life since the last injection, even if nothing was seen to happen to it.
 * `/api` is answered with 503 while an API is silent, so that a probe of it needs no more than its address.
 * @throws USAGE_SCENARIO, USAGE_SELECTION as `clusterQuestion` does
 */
export function answerTruth(request: HttpRequest, watch: ClusterWatch): HttpResponse | null {
  const question = clusterQuestion(request.url, watch.spec);
  if (question === null) return null;
  if (request.method !== "GET") return json(405, { error: "clusters are asked with GET" });
  const silent = question.about === "api" && !apisAnswer(question, watch);
  return json(silent ? 503 : 200, answer(question, watch));
}

function answer(question: ClusterQuestion, watch: ClusterWatch): unknown {
  const asked = ({ cluster }: { readonly cluster: string }) => question.clusters.includes(cluster);
  switch (question.about) {
    case "nodes": {
      const nodes = watch.nodes().filter(asked);
      const notReady = nodes.filter(({ state }) => state !== "ready").map(({ place }) => place);
      const unknown = nodes.filter(({ state }) => state === "unknown").length;
      return { ...counts(nodes), unknown, notReady };
    }
    case "pods": {
      const pods = watch
        .pods()
        .filter(asked)
        .filter(({ service, state }) => question.services.includes(service) && !OVER.has(state));
      return { ...counts(pods), pods: pods.map(({ name, node, state }) => ({ name, node, state })) };
    }
    case "api": {
      const apis = watch.apis().filter(asked);
      const answers = apisAnswer(question, watch);
      return { answers, latencyMs: answers ? Math.max(...apis.map((api) => api.latencyMs ?? 0)) : null };
    }
  }
}

const apisAnswer = ({ clusters }: ClusterQuestion, watch: ClusterWatch): boolean =>
  watch.apis().every(({ cluster, answers }) => answers || !clusters.includes(cluster));

/** Pods that have left no work to do: a job that is done, what an eviction left behind. */
const OVER: ReadonlySet<string> = new Set(["ended", "evicted"]);

function counts(all: readonly { readonly state: string; readonly provenAfterInjection: boolean }[]) {
  return {
    ready: all.filter(({ state }) => state === "ready").length,
    proven: all.filter(({ provenAfterInjection }) => provenAfterInjection).length,
    total: all.length,
  };
}
