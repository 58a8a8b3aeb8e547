/** Number of CAP_SYS_RESOURCE, see capabilities(7) and linux/capability.h. */
const CAP_SYS_RESOURCE = 24n;

/**
 * Some virtual machines withhold CAP_SYS_RESOURCE from every process; a runtime that is told to grant "all"
 * capabilities then fails. @param status text of /proc/self/status; empty where there is none.
 */
export function lacksSysResource(status: string): boolean {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return bounding !== undefined && (BigInt(`0x${bounding}`) & (1n << CAP_SYS_RESOURCE)) === 0n;
}
