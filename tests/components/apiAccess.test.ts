import assert from "node:assert/strict";
import { WebService } from "../../components/app/webService";
import { type ApiAccess, grantApiAccess } from "../../components/lib/apiAccess";
import { at, deploy, placement, refusal } from "../support/deploy";
import { image } from "../support/forms";

const pods: ApiAccess = { scope: "namespace", rules: [{ resources: ["pods", "pods/log"], verbs: ["get", "list"] }] };
const grant = (access: ApiAccess) => (opts: object) => {
  const owner = new WebService("api", { namespace: placement, image }, opts);
  return grantApiAccess(owner, { name: "api", namespace: "flowmarine" }, access);
};

describe("grantApiAccess", () => {
  it("gives one ServiceAccount exactly these rights in its namespace", async () => {
    const deployed = await deploy(grant(pods));
    assert.deepEqual(at(deployed.get("Role", "api-api").inputs, "rules"), [
      { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list"] },
    ]);
    const binding = deployed.get("RoleBinding", "api-api").inputs;
    assert.deepEqual(binding["roleRef"], { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "api-api" });
    assert.deepEqual(binding["subjects"], [{ kind: "ServiceAccount", name: "api", namespace: "flowmarine" }]);
    assert.deepEqual(deployed.all("ClusterRole"), []);
  });

  it("gives rights in the whole cluster under names that a second stack does not meet", async () => {
    const deployed = await deploy(grant({ ...pods, scope: "cluster" }));
    const role = deployed.get("ClusterRole", "api-api");
    assert.equal(at(role.inputs, "metadata.name"), undefined);
    assert.equal(at(deployed.get("ClusterRoleBinding", "api-api").inputs, "roleRef.name"), "api-api-1a2b3c4d");
    assert.deepEqual(deployed.all("Role"), []);
  });

  it("refuses wildcards, and rights by which somebody gives himself all others", async () => {
    const refused = (rule: object) => refusal(grant({ scope: "cluster", rules: [rule as never] }));
    const rule = { resources: ["pods"], verbs: ["get"] };
    const cases: [object, RegExp][] = [
      [
        { ...rule, verbs: ["*"] },
        /^WebService "api": apiAccess\.rules\[0\]\.verbs must name each right by itself, got "\*"$/,
      ],
      [{ ...rule, verbs: ["escalate"] }, /verbs must name each right by itself, got "escalate"$/],
      [{ ...rule, resources: ["*"] }, /resources must name each right by itself, got "\*"$/],
      [{ ...rule, resources: ["pods/*"] }, /got "pods\/\*"$/],
      [{ ...rule, apiGroups: ["*"] }, /apiGroups must name each right by itself/],
      [{ ...rule, verbs: [] }, /verbs must be a list of texts, not empty/],
      [{ verbs: ["get"] }, /resources must be a list of texts, not empty, got undefined$/],
    ];
    for (const [given, message] of cases) assert.match(await refused(given), message);
    assert.match(await refusal(grant({ scope: "namespace", rules: [] })), /apiAccess\.rules must not be empty/);
  });
});
