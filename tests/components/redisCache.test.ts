import assert from "node:assert/strict";
import { RedisCache, type RedisCacheArgs } from "../../components/data/redisCache";
import { images } from "../../components/images/catalogue";
import { containersOf, filesOf, itIsADataStore, plain, storePassword, storePlacement } from "../support/dataStore";
import { at, deploy, refusal } from "../support/deploy";

const minimal: RedisCacheArgs = { namespace: storePlacement, images: images(), password: storePassword };
const durable: RedisCacheArgs = { ...minimal, mode: "durable" };
const deployed = (args: Partial<RedisCacheArgs> = {}) =>
  deploy(opts => new RedisCache("store", { ...minimal, ...args }, opts));
const refused = (args: Partial<RedisCacheArgs>) =>
  refusal(opts => new RedisCache("store", { ...minimal, ...args }, opts));
const conf = async (args: Partial<RedisCacheArgs>) => filesOf(await deployed(args), "store")["server.conf"] ?? "";

describe("RedisCache", () => {
  describe("durable", () => {
    itIsADataStore((opts, more) => new RedisCache("store", { ...durable, ...more }, opts), {
      port: 6379,
      metricsPort: 9121,
    });

    it("appends every write to its volume, and refuses writes rather than lose anything", async () => {
      const text = await conf({ mode: "durable" });
      assert.match(text, /^appendonly yes$/m);
      assert.match(text, /^maxmemory-policy noeviction$/m);
    });

    it("needs a volume that holds two copies of its memory, and logs", async () => {
      assert.equal(
        await refused({ mode: "durable", memoryMiB: 2048, storageGiB: 5 }),
        'RedisCache "store": storageGiB must be at least 8 for 2048 MiB of memory, got 5',
      );
    });
  });

  describe("cache", () => {
    it("is the default: no volume, no file, and what is used least goes", async () => {
      const store = await deployed();
      assert.deepEqual(store.all("PersistentVolumeClaim"), []);
      const text = filesOf(store, "store")["server.conf"] ?? "";
      assert.match(text, /^appendonly no$/m);
      assert.match(text, /^maxmemory-policy allkeys-lru$/m);
      const { store: server } = containersOf(store, "store");
      assert.equal(server!.volumeMounts.find(mount => mount.mountPath === "/data")?.readOnly, false);
    });
  });

  it("tells a linked component where it is and how to verify it, the password as a secret", async () => {
    let cache: RedisCache | undefined;
    const password = "a/b?c@d:e#f %";
    await deploy(opts => (cache = new RedisCache("store", { ...minimal, user: "clerk", password }, opts)));
    const { env, secretEnv, ports } = cache!.link();
    assert.deepEqual(ports, [6379]);
    const { CACHE_HOST: host, ...rest } = env;
    assert.equal(await plain(host as never), "store.flowmarine-data.svc");
    assert.deepEqual(rest, { CACHE_PORT: "6379", CACHE_USER: "clerk", CACHE_CA_FILE: "/run/bulkhead/tls/ca.crt" });
    const url = new URL(await plain(secretEnv["CACHE_URL"] as never));
    assert.equal(decodeURIComponent(url.password), password);
    assert.equal(`${url.protocol}${url.host}`, "rediss:store.flowmarine-data.svc:6379");
  });

  it("exports names, and no secret", async () => {
    let cache: RedisCache | undefined;
    await deploy(opts => (cache = new RedisCache("store", minimal, opts)));
    const { host, ...rest } = cache!.outputs;
    assert.equal(await plain(host), "store.flowmarine-data.svc");
    assert.deepEqual(rest, {
      engine: "redis",
      port: 6379,
      name: "app",
      secretName: "store-password",
      caSecretName: "store-tls",
    });
  });

  it("gives the memory to the container, and less than that to the data", async () => {
    const { store } = containersOf(await deployed({ memoryMiB: 1024 }), "store");
    assert.equal(store!.resources.limits["memory"], "1024Mi");
    assert.match(await conf({ memoryMiB: 1024 }), /^maxmemory 648mb$/m);
    assert.match(await conf({ memoryMiB: 1024, mode: "durable" }), /^maxmemory 462mb$/m);
  });

  it("uses network threads only where there are cores for them", async () => {
    assert.match(await conf({ cpuMillis: 100 }), /^io-threads 1$/m);
    assert.match(await conf({ cpuMillis: 1500 }), /^io-threads 5$/m);
  });

  it("takes the rest of its arguments into the configuration and the access list", async () => {
    assert.match(await conf({ tlsMinVersion: "1.2" }), /^tls-protocols "TLSv1\.2 TLSv1\.3"$/m);
    const start =
      filesOf(await deployed({ user: "clerk", extraCommands: ["keys", "client|list"] }), "store")["start.sh"] ?? "";
    assert.match(start, /user %s on .* clerk .*-@admin -@dangerous \+info \+keys \+client\|list'/);
    const claim = (await deployed({ mode: "durable", storageGiB: 7, storageClass: "fast" })).get(
      "PersistentVolumeClaim",
      "store-data",
    );
    assert.deepEqual(at(claim.inputs, "spec.resources.requests"), { storage: "7Gi" });
    assert.equal(at(claim.inputs, "spec.storageClassName"), "fast");
  });

  for (const [args, message] of [
    [{ memoryMiB: 16 }, 'RedisCache "store": memoryMiB must be a whole number of at least 32, got 16'],
    [{ user: "default" }, 'RedisCache "store": user must not be one of default, exporter, steward, got "default"'],
    [{ extraCommands: ["config"] }, /^RedisCache "store": extraCommands must hold command names.*got "config"$/],
    [{ extraCommands: ["acl|list"] }, /^RedisCache "store": extraCommands must hold command names.*got "acl\|list"$/],
    [{ extraCommands: ["@all"] }, /^RedisCache "store": extraCommands must hold command names.*got "@all"$/],
  ] as const) {
    it(`refuses ${JSON.stringify(args)}`, async () => {
      const got = await refused(args);
      if (typeof message === "string") assert.equal(got, message);
      else assert.match(got, message);
    });
  }
});
