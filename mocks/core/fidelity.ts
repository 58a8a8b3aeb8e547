import { z } from "zod";

/** Modelled: behaves as the real one. Stubbed: the shape is right, the value is not. Absent: refused as unknown. */
export const gradeSchema = z.enum(["modelled", "stubbed", "absent"]);

/** `fidelity.json` of a mock: how far it can be believed, per endpoint and field. */
export const fidelitySchema = z.strictObject({
  mock: z.string(),
  /** What it takes the place of, with the versions that its wire formats were read from. */
  imitates: z.array(z.string()),
  /** `"POST /v1/messages"`, a method, a command. Fields that are not named have the endpoint's grade. */
  endpoints: z.record(
    z.string(),
    z.strictObject({
      grade: gradeSchema,
      note: z.string().optional(),
      fields: z.record(z.string(), gradeSchema).optional(),
    }),
  ),
  /** Where one mount can't show what the others show. */
  mounts: z.array(z.strictObject({ mount: z.string(), difference: z.string() })),
});

export type Fidelity = z.infer<typeof fidelitySchema>;
