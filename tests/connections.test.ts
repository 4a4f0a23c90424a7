import assert from "node:assert/strict";
import { connectionsPerPod } from "../components/index";
import { runPreview } from "../preview/dist/host.js";

/** What these tests read of objects. */
interface Properties {
  metadata?: { name?: string };
  data?: Record<string, unknown>;
  spec?: {
    replicas?: number;
    maxReplicas?: number;
    template?: { spec: { containers: { env?: { name: string; value?: string }[] }[] } };
  };
}

/** Each system, where its database says how many sessions the application may have, and what asks for them. */
const systems = [
  {
    programDir: ".",
    stacks: ["local", "staging", "production"],
    limit: /ALTER ROLE flowmarine WITH .* CONNECTION LIMIT (\d+);/g,
    workloads: ["api", "worker"],
  },
  {
    programDir: "examples/express-mariadb",
    stacks: ["local", "production"],
    limit: /^max_user_connections *= *(\d+)$/gm,
    workloads: ["app"],
  },
];

describe("the database's connections", () => {
  for (const { programDir, stack, limit: pattern, workloads } of systems.flatMap(({ stacks, ...system }) =>
    stacks.map(stack => ({ ...system, stack })),
  )) {
    it(`of ${programDir}, ${stack}, are enough for all pods at once, in a rollout too`, async () => {
      const { resources } = await runPreview({ programDir, stack, policyPacks: [] });
      const all = resources.map(({ urn, inputs }): { urn: string; properties: Properties } => ({
        urn,
        properties: inputs,
      }));
      const [limit] = all.flatMap(({ properties }) =>
        Object.values(properties.data ?? {}).flatMap(file =>
          [...String(file).matchAll(pattern)].map(([, count]) => Number(count)),
        ),
      );
      const of = (kind: string, name: string) =>
        all.find(({ urn }) => urn.endsWith(`:${kind}::${name}`))?.properties.spec;
      const asked = workloads.map(name => {
        const { replicas, template } = of("Deployment", name) ?? assert.fail(name);
        const most = of("HorizontalPodAutoscaler", name)?.maxReplicas ?? replicas ?? assert.fail(name);
        const env = template?.spec.containers[0]?.env?.find(each => each.name === "DATABASE_POOL_SIZE");
        return (most + 1) * Number(env?.value);
      });
      const sum = asked.reduce((total, each) => total + each, 0);
      assert.ok(sum > 0 && limit !== undefined && sum <= limit, `${asked.join(" + ")} of ${limit}`);
    });
  }

  it("are shared out among the most pods, and refused where a pod would have less than two", () => {
    const autoscale = { minReplicas: 2, maxReplicas: 4 };
    assert.equal(connectionsPerPod({ connections: 27 }, [{ autoscale }, { replicas: 1 }], 2), 3);
    assert.equal(connectionsPerPod({ connections: 18 }, [{ autoscale }, { replicas: 1 }], 2), 2);
    assert.throws(
      () => connectionsPerPod({ connections: 17 }, [{ autoscale }, { replicas: 1 }], 2),
      /^Error: the database must have at least 18 connections for 7 pods and 2 jobs, got 17: give it more memory, or run fewer pods$/,
    );
  });
});
