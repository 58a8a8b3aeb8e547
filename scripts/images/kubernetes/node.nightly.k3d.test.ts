import Docker from "dockerode";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { resolveImage } from "../../../harness/stack/images/index.ts";
import { NODE_IMAGE } from "./index.ts";
import { kubernetesNode } from "./node.ts";

let image: string;
beforeAll(async () => {
  await resolveImage(new Docker(), NODE_IMAGE, { signal: AbortSignal.timeout(590_000) });
  // Our own, even where k3s's image can be pulled.
  image = (await kubernetesNode.offer()).reference;
});

const inNode = async (...args: readonly string[]) =>
  execa("docker", ["run", "--rm", "--label", "dev.firedrill.test=images", ...args], { reject: false });

test("the node says what it is, and what it takes", async () => {
  expect((await inNode(image, "--version")).stdout).toMatch(/^firedrill kubernetes-node v1\.34.* not k3s\)$/);
  expect(await inNode(image, "etcd-snapshot")).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining("expected server, agent, kubectl or ctr, received 'etcd-snapshot'"),
  });
});

test("flags are taken in both ways of writing them; what has no effect is named", async () => {
  const script = `
    say() { echo "said: $*"; }
    . /usr/local/lib/firedrill-node/flags.sh
    parse_flags server --cluster-init --kubelet-arg=eviction-hard=memory.available'<'1Gi --tls-san 10.0.0.1 \
      --disable traefik --disable=coredns --node-label tier=x --node-label node-role.kubernetes.io/gpu=true \
      --service-cidr 10.96.0.0/16 --kube-apiserver-arg default-not-ready-toleration-seconds=5 --flannel-backend none
    echo "$CLUSTER_INIT $DISABLED $DNS_IP $FIRST_SERVICE_IP"
    echo "\${KUBELET_ARGS[@]} \${API_ARGS[@]} \${NAMES[@]}"
    echo "\${LABELS[@]} \${LATE_LABELS[@]}"`;
  const { stdout } = await inNode("--entrypoint", "bash", image, "-c", script);
  expect(stdout.split("\n")).toEqual([
    "said: the flag --flannel-backend has no effect on this node",
    "yes ,traefik,coredns, 10.96.0.10 10.96.0.1",
    "--eviction-hard=memory.available<1Gi --default-not-ready-toleration-seconds=5 10.0.0.1",
    "tier=x node-role.kubernetes.io/gpu=true",
  ]);
});

test("what k3d's entry point and our faults call is in it", async () => {
  const programs =
    "iptables iptables-save nsenter tc ip ps pkill curl jq openssl kubectl ctr etcdctl nginx xargs sed";
  const script = `for p in ${programs}; do command -v $p >/dev/null || echo $p; done; readlink /bin/sh`;
  expect((await inNode("--entrypoint", "sh", image, "-c", script)).stdout).toBe("bash");
});
