import { z } from "zod";

const named = z.strictObject({ urn: z.string(), type: z.string(), name: z.string() });

/** What changes from a base commit to the working tree, by URN. Not a diff against live state: no state is read. */
export const comparison = z.strictObject({
  /** As given: a branch, a tag, a commit. */
  base: z.string(),
  baseCommit: z.string(),
  added: z.array(named),
  removed: z.array(named),
  /** `paths` are JSON pointers into the inputs. */
  changed: z.array(named.extend({ paths: z.array(z.string()) })),
  /** Probably the same resource under a new name and without an alias: an update deletes the old one and creates the new one. */
  renamed: z.array(z.strictObject({ from: named, to: named })),
  /** Removed from the program's protection: an update or `pulumi destroy` may now delete them. */
  unprotected: z.array(named.extend({ lost: z.array(z.enum(["protect", "retainOnDelete"])) })),
  /** `paths` cannot be changed in place, so an update replaces the object. */
  replaced: z.array(named.extend({ paths: z.array(z.string()) })),
  /** Changes of the stack's outputs that break their readers. */
  contract: z.array(
    z.strictObject({
      path: z.string(),
      change: z.enum(["removed", "retyped"]),
      from: z.string(),
      to: z.string().optional(),
    }),
  ),
  addedOutputs: z.array(z.string()),
});
export type Comparison = z.infer<typeof comparison>;

/** What `--fail-on` can name. */
export const blockingChanges = ["contract", "unprotected", "replaced"] as const;
export type BlockingChange = (typeof blockingChanges)[number];
