import assert from "node:assert/strict";
import { StaticSite, type StaticSiteArgs } from "../../components/app/staticSite";
import { at, type Deployment, deploy, placement, refusal } from "../support/deploy";
import { image } from "../support/forms";

const minimal: StaticSiteArgs = { namespace: placement, image };
const site = (args: Partial<StaticSiteArgs> = {}) =>
  deploy(opts => new StaticSite("web", { ...minimal, ...args }, opts));
const refused = (args: object) => refusal(opts => new StaticSite("web", { ...minimal, ...args }, opts));
const file = (deployed: Deployment, name: string) =>
  (at(deployed.get("ConfigMap", "web-conf").inputs, "data") as Record<string, string>)[name] ?? "";
const container = "spec.template.spec.containers.0";

describe("StaticSite", () => {
  it("runs two replicas of the image, with the component's nginx configuration and none of the image's", async () => {
    const deployed = await site();
    const inputs = deployed.get("Deployment", "web").inputs;
    assert.equal(at(inputs, "spec.replicas"), 2);
    assert.equal(at(inputs, `${container}.image`), image);
    assert.deepEqual(at(inputs, `${container}.command`), ["/bin/sh", "/etc/site/run.sh"]);
    assert.match(file(deployed, "nginx.conf"), /root \/srv\/www;/);
    assert.match(file(deployed, "run.sh"), /conf='\/etc\/site\/nginx\.conf'/);
  });

  it("rolls out when its configuration changes, and does not when nothing does", async () => {
    const [one, same, other] = [await site(), await site(), await site({ maxAgeSeconds: 60 })];
    assert.equal(file(one, "nginx.conf"), file(same, "nginx.conf"));
    assert.notEqual(file(one, "nginx.conf"), file(other, "nginx.conf"));
    assert.equal(at(one.get("ConfigMap", "web-conf").inputs, "immutable"), true);
    assert.equal(at(one.get("ConfigMap", "web-conf").inputs, "metadata.name"), undefined);
  });

  it("serves TLS on one port throughout, with a certificate for its Service", async () => {
    const deployed = await site({ port: 9443 });
    assert.deepEqual(at(deployed.get("Service", "web").inputs, "spec.ports"), [
      { name: "https", port: 9443, targetPort: 9443 },
    ]);
    assert.deepEqual(at(deployed.get("Deployment", "web").inputs, `${container}.readinessProbe.httpGet`), {
      path: "/healthz",
      port: 9443,
      scheme: "HTTPS",
    });
    assert.match(file(deployed, "nginx.conf"), /listen 0\.0\.0\.0:9443 ssl/);
    const names = at(deployed.custom("Certificate", "web-tls").inputs, "spec.dnsNames") as string[];
    assert.ok(names.includes("web.flowmarine.svc.cluster.local"));
  });

  it("hands every setting on to nginx", async () => {
    const deployed = await site({
      ...{ contentFolder: "/www", singlePage: false, immutablePaths: ["/static"], maxAgeSeconds: 60, drainSeconds: 25 },
      ...{ headers: { frameOptions: "SAMEORIGIN" }, nginxVersion: "1.22.1" },
    });
    const conf = file(deployed, "nginx.conf");
    for (const expected of [
      /root \/www;/,
      /\$uri\/index\.html =404/,
      /\^\/static\//,
      /max-age=60"/,
      /worker_shutdown_timeout 25s/,
      /SAMEORIGIN/,
      / ssl http2/,
    ]) {
      assert.match(conf, expected);
    }
    assert.equal(at(deployed.get("Deployment", "web").inputs, "spec.template.spec.terminationGracePeriodSeconds"), 35);
  });

  it("writes to one folder in memory", async () => {
    const inputs = (await site({ memoryMiB: 96, cpuMillis: 30 })).get("Deployment", "web").inputs;
    const volumes = at(inputs, "spec.template.spec.volumes") as { emptyDir?: object }[];
    assert.deepEqual(
      volumes.flatMap(({ emptyDir }) => emptyDir ?? []),
      [{ sizeLimit: "8Mi", medium: "Memory" }],
    );
    assert.deepEqual(at(inputs, `${container}.resources.requests`), {
      cpu: "30m",
      memory: "96Mi",
      "ephemeral-storage": "64Mi",
    });
  });

  it("can be linked to: one port, and an address in the environment", async () => {
    let link: ReturnType<StaticSite["link"]> | undefined;
    await deploy(opts => {
      link = new StaticSite("web", minimal, opts).link();
    });
    assert.deepEqual([link?.name, link?.ports, Object.keys(link?.env ?? {})], ["web", [8443], ["WEB_URL"]]);
  });

  it("scales by load where it is told to", async () => {
    const deployed = await site({ autoscale: { minReplicas: 2, maxReplicas: 5 } });
    assert.equal(at(deployed.get("HorizontalPodAutoscaler", "web").inputs, "spec.maxReplicas"), 5);
  });

  it("names itself, the argument and the rule when something is wrong", async () => {
    const wrong: [object, string][] = [
      [{ port: 80 }, 'StaticSite "web": port must be a whole number from 1024 to 65535, got 80'],
      [
        { contentFolder: "www" },
        'StaticSite "web": contentFolder must be an absolute path of letters, digits and - . _ /, got "www"',
      ],
      [{ immutablePaths: "/assets" }, 'StaticSite "web": immutablePaths must be a list, got "/assets"'],
      [
        { nginxVersion: "1.18.0" },
        'StaticSite "web": nginxVersion must be a version such as 1.30.5, at least 1.22.0, got "1.18.0"',
      ],
    ];
    for (const [args, message] of wrong) assert.equal(await refused(args), message);
  });
});
