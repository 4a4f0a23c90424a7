import assert from "node:assert/strict";
import { WebService, type WebServiceArgs } from "../../components/app/webService.js";
import { at, deploy, placement, refusal } from "../support/deploy.js";

const image = `registry.example/api@sha256:${"a".repeat(64)}`;
const minimal: WebServiceArgs = { namespace: placement, image };
const api = (args: Partial<WebServiceArgs> = {}) =>
  deploy(opts => new WebService("api", { ...minimal, ...args }, opts));

describe("WebService", () => {
  it("runs two replicas, and never fewer during a rollout", async () => {
    const spec = (await api()).get("Deployment", "api").inputs["spec"];
    assert.equal(at(spec, "replicas"), 2);
    assert.deepEqual(at(spec, "strategy.rollingUpdate"), { maxUnavailable: 0, maxSurge: 1 });
  });

  it("leaves the number of replicas to the autoscaler where there is one", async () => {
    const deployed = await api({ autoscale: { minReplicas: 2, maxReplicas: 6 } });
    assert.equal(at(deployed.get("Deployment", "api").inputs, "spec.replicas"), undefined);
    assert.equal(at(deployed.get("HorizontalPodAutoscaler", "api").inputs, "spec.maxReplicas"), 6);
  });

  it("has no disruption budget with one replica, because it would block every drain", async () => {
    assert.equal((await api({ replicas: 1 })).all("PodDisruptionBudget").length, 0);
    assert.equal((await api({ replicas: 2 })).all("PodDisruptionBudget").length, 1);
  });

  it("fits twice in one stack", async () => {
    const deployed = await deploy(opts => [new WebService("a", minimal, opts), new WebService("b", minimal, opts)]);
    assert.equal(new Set(deployed.urns()).size, deployed.urns().length);
  });

  it("refuses a port that only root could open", async () => {
    assert.equal(
      await refusal(o => new WebService("api", { ...minimal, port: 80 }, o)),
      'WebService "api": port must be a whole number in 1024 to 65535, got 80',
    );
  });

  it("refuses an image that is not pinned by digest", async () => {
    assert.match(
      await refusal(o => new WebService("api", { ...minimal, image: "nginx:1" }, o)),
      /^WebService "api": image must be pinned by digest.*"nginx:1"/,
    );
  });

  it("refuses to run without an explicit provider", async () => {
    assert.match(await refusal(() => new WebService("api", minimal)), /no Kubernetes provider given/);
  });
});
