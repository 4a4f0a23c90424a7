import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../components/index";
import { membersOf, sourceFiles } from "../support/declarations";
import { deploy, placement, refusal } from "../support/deploy";
import { context, image } from "../support/forms";
import { hostileValues } from "../support/hostileValues";

const values: readonly unknown[] = [...hostileValues, pulumi.output("later")];

type Options = pulumi.ComponentResourceOptions;
type Make = (name: string, args: object, opts: Options) => unknown;
/** The least that a component takes; made once a test where it holds another component. */
type Minimal = (opts: Options) => object;

const images = components.images();
const store = { namespace: placement, images, password: "planted" };
const site = (opts: Options) => ({
  namespace: placement,
  images,
  sites: [
    {
      hosts: ["app.example"],
      routes: [{ path: "/", to: new components.WebService("site", { namespace: placement, image }, opts) }],
    },
  ],
});

/** A component, the interfaces that its arguments are declared in, and the least that it takes. */
const targets: { kind: string; interfaces: string[]; minimal: Minimal; make: Make }[] = (
  [
    ["StaticSite", ["StaticSiteArgs", "Scaling", "ComponentArgs"], { namespace: placement, image }],
    ["EdgeGateway", ["EdgeGatewayArgs", "EdgeRules", "Scaling", "ComponentArgs"], site],
    [
      "WebService",
      ["WebServiceArgs", "WorkloadArgs", "Scaling", "Connections", "ComponentArgs"],
      { namespace: placement, image },
    ],
    [
      "Worker",
      ["WorkerArgs", "WorkloadArgs", "Scaling", "Connections", "ComponentArgs"],
      { namespace: placement, image },
    ],
    [
      "ScheduledJob",
      ["ScheduledJobArgs", "WorkloadArgs", "Connections", "ComponentArgs"],
      { namespace: placement, image, schedule: "@daily" },
    ],
    ["SecureNamespace", ["SecureNamespaceArgs", "ComponentArgs"], { issuer: placement.issuer }],
    ["CertificateAuthority", ["CertificateAuthorityArgs", "ComponentArgs"], {}],
    ["TelemetryCollector", ["TelemetryCollectorArgs", "ComponentArgs"], { namespace: placement, images }],
    ["PostgresDatabase", ["PostgresDatabaseArgs", "ComponentArgs"], store],
    ["MariaDbDatabase", ["MariaDbDatabaseArgs", "ComponentArgs"], store],
    ["RedisCache", ["RedisCacheArgs", "ComponentArgs"], store],
    ["ContainerImage", ["ContainerImageArgs"], { repository: "registry.example/app", tag: "v1", context }],
  ] as const
).map(([kind, interfaces, minimal]) => ({
  kind,
  interfaces: [...interfaces],
  minimal: (typeof minimal === "function" ? minimal : () => minimal) as Minimal,
  make: (name, args, opts) => new (components[kind] as unknown as new (...all: unknown[]) => unknown)(name, args, opts),
}));

const members = sourceFiles("components").flatMap(membersOf);

for (const { kind, interfaces, minimal, make } of targets) {
  describe(`${kind} given anything`, () => {
    it("takes it, or says in one sentence of its own what is wrong with which argument", async function () {
      this.timeout(120_000);
      const fields = [
        ...new Set(members.filter(member => interfaces.includes(member.interface)).map(({ name }) => name)),
      ];
      assert.ok(fields.length > 2, fields.join(", "));
      const wrong: string[] = [];
      let refusals = 0;
      await deploy(opts => {
        const least = minimal(opts);
        fields.forEach((field, f) =>
          values.forEach((value, v) => {
            const name = `x-${f}-${v}`;
            try {
              make(name, { ...least, [field]: value }, opts);
            } catch (error) {
              refusals += 1;
              const { message } = error as Error;
              const isClear =
                message.startsWith(`${kind} "${name}": `) && message.length < 400 && !message.includes("\n");
              if (!pulumi.RunError.isInstance(error) || !isClear)
                wrong.push(`${field} = ${inspect(value).slice(0, 40)}: ${message.slice(0, 200)}`);
            }
          }),
        );
      });
      assert.deepEqual(wrong, []);
      assert.ok(refusals > fields.length, `only ${refusals} refusals`);
    });
  });
}

describe("What is wrong with a secret", () => {
  const secret = 271_828_182;
  const inPlace: Record<string, unknown> = { "a number": secret, "a list": [`${secret}`], "an object": { secret } };
  for (const kind of ["PostgresDatabase", "MariaDbDatabase", "RedisCache"] as const) {
    for (const [what, password] of Object.entries(inPlace)) {
      it(`is said without it: ${kind}, ${what}`, async () => {
        const make = components[kind] as unknown as new (...all: unknown[]) => unknown;
        const message = await refusal(opts => new make("x", { ...store, password }, opts));
        assert.match(message, /^\w+ "x": password must be a text/);
        assert.ok(!message.includes(`${secret}`), message);
      });
    }
  }
});
