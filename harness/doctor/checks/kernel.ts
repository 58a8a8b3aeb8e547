import { readFile } from "node:fs/promises";
import type Docker from "dockerode";
import { presentImage } from "../../stack/images/index.ts";
import { TOOLBOX } from "../../../scripts/images/index.ts";
import { engineOrNotApplicable, isResult } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { lacksSysResource } from "../capabilities.ts";

/** What was found out about the kernel under the engine. `null`: could not be tried. */
export interface KernelFacts {
  readonly cgroupVersion: string;
  readonly sysResourceMissing: boolean;
  readonly netem: boolean | null;
  readonly iptables: boolean | null;
}

/** Which faults the kernel can show exactly: packet filters and delays are tried in a container of their own. */
export const kernel: Check = {
  id: "kernel",
  title: "Kernel features",
  neededBy: "nothing",
  run: async (examination) => {
    const docker = await engineOrNotApplicable(examination);
    if (isResult(docker)) return docker;
    const info = (await docker.info()) as { CgroupVersion?: string };
    const status = await readFile("/proc/self/status", "utf8").catch(() => "");
    const image = await presentImage(docker, TOOLBOX);
    const tried = image === null ? { netem: null, iptables: null } : await tryFeatures(docker, image);
    return judgeKernel({
      cgroupVersion: info.CgroupVersion ?? "unknown",
      sysResourceMissing: lacksSysResource(status),
      ...tried,
    });
  },
};

export function judgeKernel(facts: KernelFacts): CheckResult {
  const word = (present: boolean | null) => (present === null ? "not tried" : present ? "works" : "absent");
  const details = [
    `cgroup version ${facts.cgroupVersion}`,
    `CAP_SYS_RESOURCE ${facts.sysResourceMissing ? "withheld from this machine (the runtime wrapper deals with it)" : "available"}`,
    `iptables in a container's network: ${word(facts.iptables)}`,
    `netem (delay, loss): ${word(facts.netem)}`,
  ];
  if (facts.iptables === null) {
    const fix = "npx firedrill doctor --fix builds the toolbox; then this can be tried";
    return { state: "partial", summary: "not tried, for want of the toolbox image", details, fix };
  }
  if (!facts.iptables) {
    const fix = "load the kernel's nf_tables or ip_tables module; without it there are no partitions";
    return { state: "missing", summary: "iptables does not work in containers", details, fix };
  }
  if (facts.netem !== true) {
    const summary = "no netem: latency and loss go through a proxy of ours";
    return { state: "partial", summary, details, fix: "where the kernel has it: modprobe sch_netem" };
  }
  return { state: "ok", summary: `cgroup version ${facts.cgroupVersion}, netem, iptables`, details };
}

const SCRIPT = `
iptables -A INPUT -j DROP && echo iptables
ip link set lo up && tc qdisc add dev lo root netem delay 1ms && echo netem
exit 0`;

/** Without a network of its own nothing but the container's loopback is touched. */
async function tryFeatures(docker: Docker, image: string): Promise<Pick<KernelFacts, "netem" | "iptables">> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: ["sh", "-c", SCRIPT],
    HostConfig: { NetworkMode: "none", CapAdd: ["NET_ADMIN"] },
    Labels: { "dev.firedrill.part": "doctor" },
  });
  try {
    await container.start();
    await container.wait();
    const said = String(await container.logs({ stdout: true, stderr: false }));
    return { netem: said.includes("netem"), iptables: said.includes("iptables") };
  } finally {
    await container.remove({ force: true });
  }
}
