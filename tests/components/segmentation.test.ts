import assert from "node:assert/strict";
import { WebService } from "../../components/app/webService";
import { Worker } from "../../components/app/worker";
import { type Egress, type Link, type Linkable, notPublic, withPrefix } from "../../components/network/link";
import { SecureNamespace } from "../../components/network/secureNamespace";
import { at, type Deployment, deploy, placement, refusal } from "../support/deploy";
import { type Flow, flowsOf } from "../support/flows";
import { image, store } from "../support/forms";

const args = { namespace: placement, image };
const refused = (given: object) => refusal(opts => new WebService("api", { ...args, ...given }, opts));
const show = ({ from, to, ports }: Flow) => `${from} → ${to} ${ports.join(",")}`;
const flows = (deployed: Deployment) => flowsOf(deployed).map(show).sort();

describe("links", () => {
  it("open exactly their ports, on both sides, between exactly these pods", async () => {
    const deployed = await deploy(opts => new WebService("api", { ...args, links: [store("database")] }, opts));
    assert.deepEqual(flows(deployed), ["flowmarine/instance=api → flowmarine-data/instance=database 5432"]);
  });

  it("are told in the network report, with what is outside the cluster", async () => {
    let reaches: string[] = [];
    await deploy(opts => {
      const egress = [{ name: "slack", to: "public" as const }];
      ({ reaches } = new WebService("api", { ...args, links: [store("database")], egress }, opts));
    });
    assert.deepEqual(reaches, ["database", "slack"]);
  });

  it("let no pod without a link reach a data store", async () => {
    const deployed = await deploy(opts => {
      new WebService("api", { ...args, links: [store("database")] }, opts);
      new WebService("web", args, opts);
      new Worker(
        "mailer",
        { ...args, links: [store("cache")], egress: [{ name: "smtp", to: "public", ports: [587] }] },
        opts,
      );
    });
    const reachable = flows(deployed).filter(flow => flow.includes("flowmarine-data"));
    assert.deepEqual(reachable, [
      "flowmarine/instance=api → flowmarine-data/instance=database 5432",
      "flowmarine/instance=mailer → flowmarine-data/instance=cache 5432",
    ]);
  });

  it("bring what the consumer needs, under other names where two would clash", async () => {
    const deployed = await deploy(opts => {
      const links = [
        store("database"),
        withPrefix({ link: () => ({ ...store("database").link(), name: "replica" }) }, "REPLICA"),
      ];
      return new WebService("api", { ...args, links }, opts);
    });
    const env = at(deployed.get("Deployment", "api").inputs, "spec.template.spec.containers.0.env") as {
      name: string;
    }[];
    const names = env.map(({ name }) => name);
    for (const name of ["DATABASE_HOST", "DATABASE_PASSWORD", "REPLICA_HOST", "REPLICA_PASSWORD"])
      assert.ok(names.includes(name), name);
  });

  it("refuse what would open more than it says, or is no link", async () => {
    const link = (change: Partial<Link>): Linkable => ({ link: () => ({ ...store("database").link(), ...change }) });
    const cases: [object, RegExp][] = [
      [{ links: [link({ ports: [] })] }, /^WebService "api": ports must be a list, not empty, got an empty list$/],
      [
        { links: [link({ ports: [Number.NaN] })] },
        /^WebService "api": port must be a whole number in 1 to 65535, got NaN$/,
      ],
      [
        { links: [link({ peer: { namespace: "flowmarine-data", podLabels: {} } })] },
        /^WebService "api": link database must select pods by label, got an object$/,
      ],
      [
        { links: [undefined] },
        /^WebService "api": links\[0\] must be a component declared before this one .*cycle\), got undefined$/,
      ],
      [{ links: [null] }, /links\[0\] must be a component declared before this one .*got null$/],
      [{ links: store("database") }, /^WebService "api": links must be a list of components, got an object$/],
      [
        { links: [store("database"), store("database")] },
        /^WebService "api": links must name each component once, got "database"$/,
      ],
      [
        { links: [store("database"), link({ name: "other" })] },
        /^WebService "api": two links set the environment variable DATABASE_HOST; give one a prefix, got "other"$/,
      ],
    ];
    for (const [given, message] of cases) assert.match(await refused(given), message);
  });

  it("cannot be renamed into each other", () => {
    const linkable = {
      link: () => ({ ...store("database").link(), env: { PGHOST: "a", PGPORT: "b" }, secretEnv: {} }),
    };
    assert.deepEqual(Object.keys(withPrefix(linkable, "REPLICA").link().env), ["REPLICA_PGHOST", "REPLICA_PGPORT"]);
    assert.throws(
      () => withPrefix(linkable, "replica-"),
      /prefix must be upper-case letters, digits and _, got "replica-"/,
    );
  });
});

describe("egress", () => {
  const blocks = async (egress: Egress) => {
    const deployed = await deploy(opts => new WebService("api", { ...args, egress: [egress] }, opts));
    return at(deployed.get("NetworkPolicy", `api-egress-${egress.name}`).inputs, "spec.egress.0");
  };

  it("opens the ranges and ports given, from this component's pods only", async () => {
    assert.deepEqual(await blocks({ name: "smtp", to: ["192.0.2.0/24", "2001:db8::/64"], ports: [587] }), {
      to: [{ ipBlock: { cidr: "192.0.2.0/24" } }, { ipBlock: { cidr: "2001:db8::/64" } }],
      ports: [{ port: 587, protocol: "TCP" }],
    });
  });

  it("means by public no address of the cluster, of the cloud's metadata, or that stands for one of those", async () => {
    assert.deepEqual(await blocks({ name: "s3", to: "public" }), {
      to: [
        { ipBlock: { cidr: "0.0.0.0/0", except: notPublic.ipv4 } },
        { ipBlock: { cidr: "::/0", except: notPublic.ipv6 } },
      ],
      ports: [{ port: 443, protocol: "TCP" }],
    });
    for (const range of ["10.0.0.0/8", "169.254.0.0/16", "127.0.0.0/8"]) assert.ok(notPublic.ipv4.includes(range));
    for (const range of ["fc00::/7", "fe80::/10", "64:ff9b::/96", "::/80"]) assert.ok(notPublic.ipv6.includes(range));
  });

  it("leaves the addresses of the cloud's metadata out of a wider range, of either kind", async () => {
    const to = ["169.254.0.0/16", "fd00::/8", "169.254.169.254/32", "10.0.0.0/8"];
    const { to: opened } = (await blocks({ name: "agents", to })) as { to: object[] };
    assert.deepEqual(opened, [
      { ipBlock: { cidr: "169.254.0.0/16", except: ["169.254.169.254/32"] } },
      { ipBlock: { cidr: "fd00::/8", except: ["fd00:ec2::254/128", "fd20:ce::254/128"] } },
      { ipBlock: { cidr: "169.254.169.254/32" } },
      { ipBlock: { cidr: "10.0.0.0/8" } },
    ]);
  });

  it("refuses what Kubernetes would read as every address or every port", async () => {
    const cases: [object, RegExp][] = [
      [
        { name: "s3", to: [] },
        /^WebService "api": egress s3: to must be a list of texts, not empty, got an empty list$/,
      ],
      [
        { name: "s3", to: "public", ports: [] },
        /^WebService "api": ports must be a list, not empty, got an empty list$/,
      ],
      [
        { name: "s3", to: ["0.0.0.0/0"] },
        /egress s3: to must not be every address, .* say "public", got "0.0.0.0\/0"$/,
      ],
      [{ name: "s3", to: ["::/0"] }, /must not be every address/],
      [
        { name: "s3", to: ["s3.example"] },
        /egress s3: to must be an address range such as 192.0.2.0\/24, got "s3.example"$/,
      ],
      [{ name: "s3", to: ["192.0.2.1"] }, /must be an address range .*got "192.0.2.1"$/],
      [{ name: "s3", to: ["192.0.2.0/33"] }, /must be an address range .*got "192.0.2.0\/33"$/],
      [{ name: "S3!", to: "public" }, /^WebService "api": egress name must be lower-case letters.*got "S3!"$/],
    ];
    for (const [egress, message] of cases) assert.match(await refused({ egress: [egress] }), message);
    const twice = { name: "s3", to: "public" };
    assert.match(await refused({ egress: [twice, twice] }), /egress must name each destination once, got "s3"/);
  });
});

describe("SecureNamespace", () => {
  const { issuer } = placement;

  it("denies every way in and out but to the cluster's DNS", async () => {
    const deployed = await deploy(opts => new SecureNamespace("shop", { issuer }, opts));
    assert.deepEqual(at(deployed.get("NetworkPolicy", "shop-default-deny").inputs, "spec"), {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    assert.deepEqual(at(deployed.get("NetworkPolicy", "shop-dns").inputs, "spec.egress"), [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
          },
        ],
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
        ],
      },
    ]);
  });

  it("is closed and limited before the first pod starts in it", async () => {
    const deployed = await deploy(opts => {
      const namespace = new SecureNamespace("shop", { issuer }, opts);
      return new WebService("api", { ...args, namespace }, opts);
    });
    const before = deployed.get("Deployment", "api").dependsOn;
    for (const [kind, name] of [
      ["Namespace", "shop"],
      ["NetworkPolicy", "shop-default-deny"],
      ["ResourceQuota", "shop-quota"],
      ["LimitRange", "shop-defaults"],
    ] as const) {
      assert.ok(before.includes(deployed.get(kind, name).urn), `${kind} ${name}`);
    }
    assert.equal(at(deployed.get("Deployment", "api").inputs, "metadata.namespace"), "shop");
  });

  it("has admission enforce, audit and warn by one Pod Security level", async () => {
    const labelsOf = async (podSecurity?: "privileged") => {
      const deployed = await deploy(
        opts => new SecureNamespace("shop", podSecurity ? { issuer, podSecurity } : { issuer }, opts),
      );
      return at(deployed.get("Namespace", "shop").inputs, "metadata.labels") as Record<string, string>;
    };
    const [closed, open] = [await labelsOf(), await labelsOf("privileged")];
    for (const mode of ["enforce", "audit", "warn"]) {
      assert.equal(closed[`pod-security.kubernetes.io/${mode}`], "restricted");
      assert.equal(closed[`pod-security.kubernetes.io/${mode}-version`], "latest");
      assert.equal(open[`pod-security.kubernetes.io/${mode}`], "privileged");
    }
  });

  it("is not deleted with all it holds, unless told that it may be", async () => {
    const protectedBy = async (given: object) =>
      (await deploy(opts => new SecureNamespace("shop", { issuer, ...given }, opts))).get("Namespace", "shop").protect;
    assert.equal(await protectedBy({}), true);
    assert.equal(await protectedBy({ deletionProtection: false }), false);
  });

  it("bounds what all its pods take together", async () => {
    const hard = async (quota?: object) => {
      const deployed = await deploy(opts => new SecureNamespace("shop", quota ? { issuer, quota } : { issuer }, opts));
      return at(deployed.get("ResourceQuota", "shop-quota").inputs, "spec.hard");
    };
    assert.deepEqual(await hard(), {
      "requests.cpu": "8000m",
      "limits.cpu": "32000m",
      "requests.memory": "16384Mi",
      "limits.memory": "16384Mi",
      "requests.ephemeral-storage": "16384Mi",
      "limits.ephemeral-storage": "16384Mi",
      "requests.storage": "204800Mi",
      pods: "60",
    });
    assert.deepEqual(
      await hard({ cpuMillis: 100, cpuLimitMillis: 150, memoryMiB: 1, ephemeralMiB: 2, storageMiB: 0, pods: 3 }),
      {
        "requests.cpu": "100m",
        "limits.cpu": "150m",
        "requests.memory": "1Mi",
        "limits.memory": "1Mi",
        "requests.ephemeral-storage": "2Mi",
        "limits.ephemeral-storage": "2Mi",
        "requests.storage": "0Mi",
        pods: "3",
      },
    );
  });

  it("refuses a name, level, quota or selector that means something else", async () => {
    const namespace = (given: object, name = "shop") =>
      refusal(opts => new SecureNamespace(name, { issuer, ...given }, opts));
    assert.match(
      await namespace({ podSecurity: "strict" }),
      /^SecureNamespace "shop": podSecurity must be one of restricted, .*"strict"$/,
    );
    assert.match(
      await namespace({ quota: { memoryMiB: -1 } }),
      /^SecureNamespace "shop": quota.memoryMiB must be a whole number in 0 .*got -1$/,
    );
    assert.match(
      await namespace({ quota: { cpuMillis: 2, cpuLimitMillis: 1 } }),
      /quota.cpuLimitMillis must be at least cpuMillis \(2\), got 1$/,
    );
    assert.match(await namespace({ dnsPodLabels: {} }), /dnsPodLabels must select pods by label/);
    assert.match(
      await namespace({ issuer: undefined }),
      /issuer must have a kind, Issuer or ClusterIssuer, and a name, got undefined$/,
    );
    for (const name of ["", "Shop", "1shop", "shop-", "a".repeat(41), "schön"]) {
      assert.match(await namespace({}, name), /^SecureNamespace ".*": name must be lower-case letters/, name);
    }
  });
});
