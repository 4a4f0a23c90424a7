import { z } from "zod";

const properties = z.record(z.string(), z.unknown());

export const fixtures = z.strictObject({
  /** By name as the program spells it: `organization/infra/production`. */
  stackReferences: z
    .record(z.string(), z.strictObject({ outputs: properties.default({}), secretOutputs: properties.default({}) }))
    .default({}),
  /** Answers of provider functions. Without `args` an answer fits every call of its token. */
  invokes: z
    .array(z.strictObject({ token: z.string().min(1), args: properties.optional(), result: properties }))
    .default([]),
  /** State of resources that the program reads by `get`. */
  reads: z.array(z.strictObject({ type: z.string().min(1), id: z.string().min(1), state: properties })).default([]),
});

/** What the world outside the program would answer, from `Pulumi.<stack>.fixtures.yaml`. */
export type Fixtures = z.infer<typeof fixtures>;
