import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { StaticSite } from "../../components/app/staticSite";
import { WebService } from "../../components/app/webService";
import { cloudflareRanges } from "../../components/edge/cloudflare";
import { EdgeGateway, type EdgeGatewayArgs } from "../../components/edge/edgeGateway";
import { images as catalogueImages } from "../../components/images/catalogue";
import { Authority } from "../edge/support/certificates";
import { scratchFolder } from "../edge/support/folders";
import { complaints, ownedFolder, programAt } from "../edge/support/nginx";
import { at, type Deployment, deploy, placement, refusal } from "../support/deploy";
import { image } from "../support/forms";
import { requireProgram } from "../support/programs";

const images = catalogueImages();
type Options = Parameters<Parameters<typeof deploy>[0]>[0];
type Change = (args: EdgeGatewayArgs, api: WebService) => Partial<EdgeGatewayArgs>;

function make(opts: Options, change: Change = () => ({})): EdgeGateway {
  const api = new WebService("api", { namespace: placement, image }, opts);
  const web = new StaticSite("web", { namespace: placement, image }, opts);
  const args: EdgeGatewayArgs = {
    namespace: placement,
    images,
    sites: [
      {
        hosts: ["app.flowmarine.example"],
        routes: [
          { path: "/", to: web },
          { path: "/api", to: api },
        ],
      },
    ],
  };
  return new EdgeGateway("edge", { ...args, ...change(args, api) }, opts);
}

const edge = (change?: Change) => deploy(opts => make(opts, change));
const refused = (change: Change) => refusal(opts => make(opts, change));
const pod = "spec.template.spec";
const conf = (deployed: Deployment) =>
  (at(deployed.get("ConfigMap", "edge-conf").inputs, "data") as Record<string, string>)["nginx.conf"] ?? "";

describe("EdgeGateway", () => {
  it("runs two replicas, spread, kept through drains and never fewer during a rollout", async () => {
    const deployed = await edge();
    const spec = deployed.get("Deployment", "edge").inputs["spec"];
    assert.equal(at(spec, "replicas"), 2);
    assert.deepEqual(at(spec, "strategy.rollingUpdate"), { maxUnavailable: 0, maxSurge: 1 });
    assert.equal(deployed.all("PodDisruptionBudget").filter(({ name }) => name === "edge").length, 1);
    assert.equal((at(spec, "template.spec.topologySpreadConstraints") as unknown[]).length, 2);
  });

  it("serves its configuration from a ConfigMap of the configuration's own, so that a change is a rollout", async () => {
    const deployed = await edge();
    const map = deployed.get("ConfigMap", "edge-conf");
    assert.equal(at(map.inputs, "metadata.name"), undefined);
    assert.equal(at(map.inputs, "immutable"), true);
    assert.deepEqual(Object.keys(at(map.inputs, "data") as object).sort(), ["nginx.conf", "run.sh"]);
    const volumes = at(deployed.get("Deployment", "edge").inputs, `${pod}.volumes`) as {
      name: string;
      configMap?: { name: string };
    }[];
    assert.equal(volumes.find(({ name }) => name === "conf")?.configMap?.name, "edge-conf-1a2b3c4d");
  });

  it("verifies each upstream by the name that the upstream's certificate has", async () => {
    const deployed = await edge();
    assert.match(conf(deployed), /server api\.flowmarine\.svc\.cluster\.local:8443 resolve/);
    assert.match(conf(deployed), /proxy_ssl_name api\.flowmarine\.svc;/);
    const names = at(deployed.custom("Certificate", "api-tls").inputs, "spec.dnsNames") as string[];
    assert.ok(names.includes("api.flowmarine.svc"));
  });

  it("is configured for an nginx of the catalogue's version, or of the one it is told", async () => {
    assert.match(conf(await edge()), /http2 on;/);
    assert.doesNotMatch(conf(await edge(() => ({ nginxVersion: "1.22.1" }))), /http2 on;/);
  });

  it("opens the flows to its upstreams on both sides, and those only", async () => {
    const deployed = await edge();
    const policies = deployed
      .all("NetworkPolicy")
      .filter(({ name }) => name.startsWith("edge"))
      .map(({ name }) => name);
    assert.deepEqual(policies.sort(), [
      "edge-from-clients",
      "edge-into-api",
      "edge-into-web",
      "edge-to-api",
      "edge-to-web",
    ]);
    assert.deepEqual(at(deployed.get("NetworkPolicy", "edge-into-api").inputs, "spec.ingress.0.ports"), [
      { port: 8443, protocol: "TCP" },
    ]);
  });

  it("lets everybody in on its two ports", async () => {
    const spec = at((await edge()).get("NetworkPolicy", "edge-from-clients").inputs, "spec.ingress.0");
    assert.deepEqual(spec, {
      from: [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }],
      ports: [8080, 8443].map(port => ({ port, protocol: "TCP" })),
    });
  });

  it("lets nobody past its trusted proxies: not at the load balancer, not at the pod", async () => {
    const deployed = await edge(() => ({ trustedProxies: { ranges: "cloudflare" } }));
    const from = at(deployed.get("NetworkPolicy", "edge-from-clients").inputs, "spec.ingress.0.from");
    assert.deepEqual(
      from,
      cloudflareRanges.map(cidr => ({ ipBlock: { cidr } })),
    );
    assert.deepEqual(at(deployed.get("Service", "edge").inputs, "spec.loadBalancerSourceRanges"), cloudflareRanges);
    assert.match(conf(deployed), /set_real_ip_from 173\.245\.48\.0\/20;/);
  });

  for (const exposure of ["LoadBalancer", "NodePort"] as const) {
    it(`keeps the client's address on its way through a ${exposure}`, async () => {
      const spec = at((await edge(() => ({ exposure }))).get("Service", "edge").inputs, "spec");
      assert.equal(at(spec, "type"), exposure);
      assert.equal(at(spec, "externalTrafficPolicy"), "Local");
      assert.deepEqual(at(spec, "ports"), [
        { name: "http", port: 80, targetPort: 8080 },
        { name: "https", port: 443, targetPort: 8443 },
      ]);
    });
  }

  it("can be reached from inside only", async () => {
    const spec = at((await edge(() => ({ exposure: "ClusterIP" }))).get("Service", "edge").inputs, "spec");
    assert.equal(at(spec, "type"), "ClusterIP");
    assert.equal(at(spec, "externalTrafficPolicy"), undefined);
  });

  it("has a certificate for its hosts by the namespace's issuer, where no public authority is named", async () => {
    const deployed = await edge();
    const spec = at(deployed.custom("Certificate", "edge-public-tls").inputs, "spec");
    assert.deepEqual(at(spec, "dnsNames"), ["app.flowmarine.example"]);
    assert.deepEqual(at(spec, "issuerRef"), { group: "cert-manager.io", kind: "ClusterIssuer", name: "flowmarine-ca" });
    assert.doesNotMatch(conf(deployed), /acme-challenge/);
  });

  describe("with ACME", () => {
    const acme = { email: "ops@flowmarine.example" };

    it("asks the public authority, and starts with a temporary certificate because it must run to prove its names", async () => {
      const deployed = await edge(() => ({ acme }));
      const certificate = deployed.custom("Certificate", "edge-public-tls");
      assert.deepEqual(at(certificate.inputs, "metadata.annotations"), {
        "cert-manager.io/issue-temporary-certificate": "true",
        "pulumi.com/skipAwait": "true",
      });
      assert.deepEqual(at(certificate.inputs, "spec.issuerRef"), {
        group: "cert-manager.io",
        kind: "Issuer",
        name: "edge-acme",
      });
      const issuer = at(deployed.custom("Issuer", "edge-acme").inputs, "spec.acme");
      assert.equal(at(issuer, "email"), acme.email);
      assert.equal(at(issuer, "server"), "https://acme-v02.api.letsencrypt.org/directory");
    });

    it("leads challenges to the solver's pods through a Service of a fixed name, and opens that flow", async () => {
      const deployed = await edge(() => ({ acme }));
      const solver = { "acme.cert-manager.io/http01-solver": "true" };
      assert.deepEqual(at(deployed.get("Service", "edge-acme").inputs, "spec.selector"), solver);
      assert.match(conf(deployed), /location \^~ \/\.well-known\/acme-challenge\//);
      assert.match(conf(deployed), /server edge-acme\.flowmarine\.svc\.cluster\.local:8089 resolve/);
      const policy = deployed.get("NetworkPolicy", "edge-into-edge-acme-solver").inputs;
      assert.deepEqual(at(policy, "spec.podSelector.matchLabels"), solver);
      assert.deepEqual(at(policy, "spec.ingress.0.ports"), [{ port: 8089, protocol: "TCP" }]);
    });

    it("can be told another directory", async () => {
      const server = "https://acme.example/directory";
      const deployed = await edge(() => ({ acme: { ...acme, server } }));
      assert.equal(at(deployed.custom("Issuer", "edge-acme").inputs, "spec.acme.server"), server);
    });
  });

  it("divides its limits by the most replicas that the autoscaler may make", async () => {
    const limits = { address: { perMinute: 600, burst: 60 } };
    const fixed = conf(await edge(() => ({ limits })));
    assert.match(fixed, /zone=edge_address:10m rate=300r\/m;/);
    const scaled = await edge(() => ({ limits, autoscale: { minReplicas: 2, maxReplicas: 6 } }));
    assert.match(conf(scaled), /zone=edge_address:10m rate=100r\/m;/);
    assert.equal(at(scaled.get("Deployment", "edge").inputs, "spec.replicas"), undefined);
    assert.equal(at(scaled.get("HorizontalPodAutoscaler", "edge").inputs, "spec.maxReplicas"), 6);
  });

  it("links to the verifier of identities, and asks it where a route says so", async () => {
    const deployed = await edge((args, api) => ({
      identity: { verifier: api, path: "/internal/verify" },
      sites: args.sites.map(site => ({
        ...site,
        routes: site.routes.map(route => ({ ...route, identity: "optional" as const })),
      })),
    }));
    assert.match(conf(deployed), /proxy_pass https:\/\/edge_to_api\/internal\/verify;/);
  });

  it("writes to memory only, in one folder, and gives requests time to end", async () => {
    const deployed = await edge(() => ({ drainSeconds: 60, memoryMiB: 512 }));
    const spec = at(deployed.get("Deployment", "edge").inputs, pod);
    const volumes = at(spec, "volumes") as { name: string; emptyDir?: unknown }[];
    assert.deepEqual(
      volumes.filter(({ emptyDir }) => emptyDir !== undefined),
      [{ name: "nginx-tmp-nginx", emptyDir: { sizeLimit: "64Mi", medium: "Memory" } }],
    );
    assert.equal(at(spec, "containers.0.resources.limits.memory"), "512Mi");
    assert.equal(at(spec, "terminationGracePeriodSeconds"), 70);
    assert.deepEqual(at(spec, "containers.0.lifecycle.preStop"), { sleep: { seconds: 5 } });
    assert.match(conf(deployed), /worker_shutdown_timeout 60s;/);
  });

  it("is measured over TLS, by an exporter beside it", async () => {
    let targets: unknown;
    const deployed = await deploy(opts => {
      targets = make(opts)
        .scrapeTargets()
        .map(({ job, port, https, app }) => ({ job, port, https, app }));
    });
    assert.deepEqual(targets, [{ job: "edge", port: 9113, https: true, app: "nginx" }]);
    assert.deepEqual(at(deployed.get("Service", "edge-metrics").inputs, "spec.ports"), [
      { name: "metrics", port: 9113, targetPort: 9113 },
    ]);
    const exporter = at(deployed.get("Deployment", "edge").inputs, `${pod}.containers.1`);
    assert.equal(at(exporter, "image"), images.nginxExporter);
    assert.ok((at(exporter, "command") as string[]).includes("--nginx.scrape-uri=http://127.0.0.1:8081/stub_status"));
    assert.match(conf(deployed), /proxy_pass http:\/\/127\.0\.0\.1:9114;/);
  });

  it("mounts a configuration that its nginx accepts", async function () {
    const program = programAt(requireProgram(this, "nginx"));
    const openssl = requireProgram(this, "openssl");
    const { path: folder, remove } = scratchFolder();
    try {
      for (const name of ["public-tls", "tls"]) {
        mkdirSync(`${folder}/${name}`);
        const authority = new Authority(openssl, `${folder}/${name}`, "ca");
        authority.issue("tls", "app.flowmarine.example");
      }
      ownedFolder(`${folder}/state`);
      const deployed = await edge(() => ({ nginxVersion: program.version, acme: { email: "ops@flowmarine.example" } }));
      const text = conf(deployed)
        .replaceAll("/run/bulkhead", folder)
        .replaceAll("/tmp/nginx", `${folder}/state`)
        .replace(`include ${folder}/state/resolver.conf;`, "resolver 127.0.0.1;");
      assert.equal(complaints(program, folder, text), "");
    } finally {
      remove();
    }
  });

  it("names itself, the argument and the rule when something is wrong", async () => {
    const wrong: [Change, RegExp][] = [
      [
        args => ({ sites: args.sites.map(site => ({ ...site, hosts: ["App.Example"] })) }),
        /^EdgeGateway "edge": sites\[0\]\.hosts\[0\] must be a DNS name in lower case, got "App\.Example"$/,
      ],
      [() => ({ sites: [] }), /^EdgeGateway "edge": sites must be a list of at least 1/],
      [
        args => ({ sites: args.sites.map(site => ({ ...site, routes: [{ path: "/", to: undefined as never }] })) }),
        /sites\[0\]\.routes\[0\]\.to must be a component declared before this one/,
      ],
      [
        () => ({ exposure: "Ingress" as never }),
        /^EdgeGateway "edge": exposure must be one of LoadBalancer, NodePort, ClusterIP, got "Ingress"$/,
      ],
      [() => ({ memoryMiB: 64 }), /memoryMiB must be a whole number in 128 to/],
      [() => ({ nginxVersion: "latest" }), /nginxVersion must be a version such as/],
      [
        () => ({ trustedProxies: { ranges: ["10.0.0.0"] } }),
        /trustedProxies\.ranges\[0\] must be an address range in CIDR notation/,
      ],
      [
        () => ({ limits: { login: { perMinute: 1, burst: 0 } } }),
        /limits\.login\.perMinute must be at least 1 for each of 2 replicas, got 1/,
      ],
    ];
    for (const [change, message] of wrong) assert.match(await refused(change), message);
  });

  it("makes nothing when an argument is wrong", async () => {
    const deployed = await deploy(opts => {
      assert.throws(() => make(opts, args => ({ sites: args.sites.map(site => ({ ...site, hosts: ["x;"] })) })));
    });
    assert.deepEqual(
      deployed.resources.filter(({ name, type }) => name.startsWith("edge") && !type.startsWith("bulkhead:")),
      [],
    );
  });
});
