import type { Confirmation } from "../../../../fault/injector.ts";

/** Confirmed when each is; the evidence names each by its name in the stack. */
export async function confirmEach<T extends { readonly place: string }>(
  hits: readonly T[],
  confirm: (hit: T) => Promise<Confirmation>,
): Promise<Confirmation> {
  const answers = await Promise.all(hits.map(confirm));
  return {
    confirmed: answers.every(({ confirmed }) => confirmed),
    evidence: answers.map(({ evidence }, at) => `${hits[at]?.place}: ${evidence}`).join("; "),
  };
}
