import assert from "node:assert/strict";
import fc from "fast-check";
import type { EdgeConfArgs } from "../../components/edge/edgeConfArgs.js";
import { nginxConf } from "../../components/edge/nginxConf.js";
import type { RouteArgs } from "../../components/edge/routes.js";
import { requireProgram } from "../support/programs.js";
import { Authority } from "./support/certificates.js";
import { nginxNames } from "./support/edge.js";
import { scratchFolder } from "./support/folders.js";
import { complaints, ownedFolder, type Program, programAt } from "./support/nginx.js";

const { path: folder, remove } = scratchFolder();
const certificate = { certificate: `${folder}/edge.crt`, key: `${folder}/edge.key` };
const ca = `${folder}/ca.crt`;

const valid: EdgeConfArgs = {
  nginxVersion: "1.22.1",
  sites: [
    {
      hosts: ["a.test"],
      certificate,
      routes: [{ path: "/", upstream: "api" }],
      cors: { allowOrigins: ["https://b.test"] },
    },
  ],
  upstreams: { api: { host: "api.test", port: 8443, tls: { ca } } },
  resolvers: ["10.96.0.10"],
  identity: { upstream: "api", path: "/verify" },
  trustedProxies: { ranges: ["10.0.0.0/8"] },
};

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/);
const hostName = fc.array(label, { minLength: 2, maxLength: 4 }).map(labels => labels.join("."));
const path = fc
  .array(fc.stringMatching(/^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,20}$/), { maxLength: 4 })
  .map(parts => `/${parts.join("/")}`);
const rate = fc.record({
  perMinute: fc.integer({ min: 50, max: 6_000_000 }),
  burst: fc.integer({ min: 0, max: 10_000 }),
});
const origin = hostName.map(host => `https://${host}`);
const source = fc.oneof(
  fc.constantFrom("'self'", "'none'", "data:", "https:", "'sha256-abc+/='", "*.example.com"),
  origin,
);

const route: fc.Arbitrary<RouteArgs> = fc.record(
  {
    path,
    upstream: fc.constantFrom("api", "web-site"),
    match: fc.constantFrom("prefix", "exact"),
    identity: fc.constantFrom("none", "optional", "required"),
    limit: fc.constantFrom("address", "login"),
    webSocket: fc.boolean(),
    webSocketIdleSeconds: fc.integer({ min: 60, max: 86_400 }),
    maxBodyKiB: fc.integer({ min: 1, max: 1024 * 1024 }),
    responseSeconds: fc.integer({ min: 1, max: 86_400 }),
    cache: fc.oneof(
      fc.constantFrom("upstream", "never", "immutable"),
      fc.record({ maxAgeSeconds: fc.nat(31_536_000) }),
    ),
    clearSiteData: fc.boolean(),
  },
  { requiredKeys: ["path", "upstream"] },
);

const routeKey = ({ path, match }: RouteArgs) => `${match ?? "prefix"} ${path.replace(/\/$/, "").toLowerCase()}`;

const sites = fc
  .uniqueArray(hostName, { minLength: 1, maxLength: 4 })
  .chain(hosts =>
    fc.record(
      {
        hosts: fc.constant(hosts),
        certificate: fc.constant(certificate),
        routes: fc.uniqueArray(route, { maxLength: 6, selector: routeKey }),
        headers: fc.record({
          contentSecurityPolicy: fc.dictionary(
            fc.constantFrom("img-src", "script-src", "default-src"),
            fc.array(source, { maxLength: 4 }),
          ),
          permissionsPolicy: fc.dictionary(
            fc.constantFrom("camera", "geolocation"),
            fc.array(fc.oneof(fc.constantFrom("self", "*"), origin), { maxLength: 3 }),
          ),
          hsts: fc.record({ maxAgeSeconds: fc.integer({ min: 31_536_000, max: 99_999_999 }), preload: fc.boolean() }),
        }),
        cors: fc.record({
          allowOrigins: fc.uniqueArray(origin, { minLength: 1, maxLength: 5 }),
          allowHeaders: fc.array(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/), { maxLength: 3 }),
          credentials: fc.boolean(),
        }),
      },
      { requiredKeys: ["hosts", "certificate", "routes"] },
    ),
  )
  .map(site => [site]);

const anyArgs = (version: string, status: boolean): fc.Arbitrary<EdgeConfArgs> =>
  fc.record(
    {
      nginxVersion: fc.constant(version),
      sites,
      upstreams: fc.record({
        api: fc.record({ host: hostName, port: fc.integer({ min: 1, max: 65_535 }), tls: fc.constant({ ca }) }),
        "web-site": fc.record({ host: fc.oneof(hostName, fc.ipV4()), port: fc.integer({ min: 1, max: 65_535 }) }),
      }),
      resolvers: fc.array(fc.ipV4(), { minLength: 1, maxLength: 3 }),
      identity: fc.record({
        upstream: fc.constant("api"),
        path,
        credentialCookie: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/),
      }),
      limits: fc.record(
        {
          address: rate,
          login: rate,
          tiers: fc
            .dictionary(fc.stringMatching(/^[a-z]([-a-z0-9]{0,12}[a-z0-9])?$/), rate, { maxKeys: 4 })
            .chain(more => fc.record({ standard: rate }).map(least => ({ ...more, ...least }))),
          connectionsPerAddress: fc.integer({ min: 1, max: 65_535 }),
          zoneMiB: fc.integer({ min: 1, max: 4 }),
        },
        { requiredKeys: [] },
      ),
      // Ten logins a minute, the default, are one for each of ten.
      maxReplicas: fc.integer({ min: 1, max: 10 }),
      requests: fc.record(
        {
          maxBodyKiB: fc.integer({ min: 1, max: 100_000 }),
          maxHeaderKiB: fc.integer({ min: 4, max: 256 }),
          headerSeconds: fc.integer({ min: 1, max: 60 }),
        },
        { requiredKeys: [] },
      ),
      leastTls: fc.constantFrom("1.2", "1.3"),
      trustedProxies: fc.oneof(
        fc.constant({ ranges: "cloudflare" }),
        fc.record({
          ranges: fc.uniqueArray(
            fc.oneof(
              fc.ipV4().map(ip => `${ip}/32`),
              fc.ipV6().map(ip => `${ip}/128`),
            ),
            { maxLength: 4 },
          ),
        }),
      ),
      acmeUpstream: fc.constantFrom("api", "web-site"),
      publicHttpsPort: fc.integer({ min: 1, max: 65_535 }),
      statusPort: fc.constant(status && 8081),
      listenAddresses: fc.constant(["127.0.0.1"]),
      stateFolder: fc.constant(`${folder}/state`),
      workers: fc.integer({ min: 1, max: 8 }),
      drainSeconds: fc.integer({ min: 1, max: 600 }),
    },
    {
      requiredKeys: [
        "nginxVersion",
        "sites",
        "upstreams",
        "resolvers",
        "identity",
        "stateFolder",
        "statusPort",
        "listenAddresses",
      ],
    },
  );

describe("nginx.conf", () => {
  before(function () {
    const authority = new Authority(requireProgram(this, "openssl"), folder, "ca");
    authority.issue("edge", "a.test");
    ownedFolder(`${folder}/state`);
  });
  after(remove);

  for (const name of nginxNames) {
    it(`is accepted by ${name}, whatever the valid arguments are`, function () {
      const program: Program = programAt(requireProgram(this, name));
      fc.assert(
        fc.property(anyArgs(program.version, program.status), args => {
          assert.equal(complaints(program, folder, nginxConf(args)), "");
        }),
        { numRuns: 25 },
      );
    });
  }

  it("is the same for the same arguments, so that nothing rolls out without a reason", () => {
    assert.equal(nginxConf(structuredClone(valid)), nginxConf(valid));
  });

  /** Everywhere a text reaches the configuration: the argument's name in the message, and the arguments with this text there. */
  const places: Record<string, (text: string) => EdgeConfArgs> = {
    "sites[0].hosts[0]": text => withSite({ hosts: [text] }),
    "sites[0].certificate.certificate": text => withSite({ certificate: { ...certificate, certificate: text } }),
    "sites[0].certificate.key": text => withSite({ certificate: { ...certificate, key: text } }),
    "sites[0].routes[0].path": text => withSite({ routes: [{ path: text, upstream: "api" }] }),
    "sites[0].routes[0].upstream": text => withSite({ routes: [{ path: "/", upstream: text }] }),
    "sites[0].cors.allowOrigins[0]": text => withSite({ cors: { allowOrigins: [text] } }),
    "sites[0].cors.allowHeaders[0]": text =>
      withSite({ cors: { allowOrigins: ["https://b.test"], allowHeaders: [text] } }),
    "sites[0].cors.allowMethods[0]": text =>
      withSite({ cors: { allowOrigins: ["https://b.test"], allowMethods: [text] } }),
    "sites[0].headers.contentSecurityPolicy directive": text =>
      withSite({ headers: { contentSecurityPolicy: { [text]: [] } } }),
    'sites[0].headers.contentSecurityPolicy["img-src"][0]': text =>
      withSite({ headers: { contentSecurityPolicy: { "img-src": [text] } } }),
    "sites[0].headers.permissionsPolicy feature": text => withSite({ headers: { permissionsPolicy: { [text]: [] } } }),
    'sites[0].headers.permissionsPolicy["camera"][0]': text =>
      withSite({ headers: { permissionsPolicy: { camera: [text] } } }),
    "sites[0].headers.referrerPolicy": text => withSite({ headers: { referrerPolicy: text as "no-referrer" } }),
    'upstreams["api"].host': text => ({ ...valid, upstreams: { api: { host: text, port: 1 } } }),
    'upstreams["api"].tls.ca': text => ({ ...valid, upstreams: { api: { host: "a.b", port: 1, tls: { ca: text } } } }),
    'upstreams["api"].tls.serverName': text => ({
      ...valid,
      upstreams: { api: { host: "a.b", port: 1, tls: { ca, serverName: text } } },
    }),
    "upstreams name": text => ({ ...valid, upstreams: { ...valid.upstreams, [text]: { host: "a.b", port: 1 } } }),
    "resolvers[0]": text => ({ ...valid, resolvers: [text] }),
    "identity.path": text => ({ ...valid, identity: { upstream: "api", path: text } }),
    "identity.upstream": text => ({ ...valid, identity: { upstream: text, path: "/v" } }),
    "identity.credentialHeaders[0]": text => ({
      ...valid,
      identity: { upstream: "api", path: "/v", credentialHeaders: [text] },
    }),
    "identity.credentialCookie": text => ({
      ...valid,
      identity: { upstream: "api", path: "/v", credentialCookie: text },
    }),
    "identity.userHeader": text => ({ ...valid, identity: { upstream: "api", path: "/v", userHeader: text } }),
    "limits.tiers name": text => ({
      ...valid,
      limits: { tiers: { [text]: { perMinute: 60, burst: 1 } }, defaultTier: text },
    }),
    "limits.defaultTier": text => ({ ...valid, limits: { defaultTier: text } }),
    "trustedProxies.ranges[0]": text => ({ ...valid, trustedProxies: { ranges: [text] } }),
    "trustedProxies.header": text => ({ ...valid, trustedProxies: { ranges: [], header: text as "X-Forwarded-For" } }),
    acmeUpstream: text => ({ ...valid, acmeUpstream: text }),
    stateFolder: text => ({ ...valid, stateFolder: text }),
    "listenAddresses[0]": text => ({ ...valid, listenAddresses: [text] }),
    nginxVersion: text => ({ ...valid, nginxVersion: text }),
    leastTls: text => ({ ...valid, leastTls: text as "1.3" }),
    errorLogLevel: text => ({ ...valid, errorLogLevel: text as "crit" }),
  };

  function withSite(change: object): EdgeConfArgs {
    return { ...valid, sites: valid.sites.map(site => ({ ...site, ...change })) };
  }

  const hostile = fc
    .tuple(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('"', "'", ";", "{", "}", "\n", "\r", "$", "\\", "\0", " ", "\t", "\u2028", "#"),
      fc.string({ maxLength: 12 }),
    )
    .map(parts => parts.join(""));

  for (const [argument, place] of Object.entries(places)) {
    it(`refuses in ${argument} whatever could end a directive, naming it`, () => {
      fc.assert(
        fc.property(
          fc.oneof(
            hostile,
            hostile.map(text => `/a.example.com${text}`),
          ),
          text => {
            assert.throws(
              () => nginxConf(place(text)),
              (error: Error) =>
                error.name === "RangeError" &&
                error.message.includes(argument.replace("leastTls", "tls.leastVersion")) &&
                !error.message.includes("\n"),
            );
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  const without: EdgeConfArgs = { ...valid };
  delete without.identity;
  const wrong: Record<string, [EdgeConfArgs, RegExp]> = {
    "no site": [{ ...valid, sites: [] }, /^sites must be a list of at least 1, got an empty list$/],
    "a text where a list belongs": [
      withSite({ hosts: "a.test" }),
      /^sites\[0\]\.hosts must be a list of at least 1, got "a\.test"$/,
    ],
    "a host twice": [
      { ...valid, sites: [...valid.sites, ...valid.sites] },
      /^hosts of all sites must be a list without repetitions, got "a\.test"$/,
    ],
    "a route twice": [
      withSite({
        routes: [
          { path: "/x", upstream: "api" },
          { path: "/X/", upstream: "api" },
        ],
      }),
      /routes must be a list without repetitions/,
    ],
    "an upstream without a domain": [
      { ...valid, upstreams: { api: { host: "api", port: 1 } } },
      /a full name: nginx knows no search domains, got "api"/,
    ],
    "a verified route with nobody to verify": [
      { ...without, ...withSiteOf(without) },
      /^sites\[0\]\.routes\[0\]\.identity must be "none" unless/,
    ],
    "preload without subdomains": [
      withSite({ headers: { hsts: { preload: true, includeSubDomains: false } } }),
      /hsts\.preload needs includeSubDomains/,
    ],
    "a low port": [{ ...valid, httpsPort: 443 }, /^httpsPort must be a whole number from 1024 to 65535, got 443$/],
    "one port for two things": [
      { ...valid, httpPort: 8443 },
      /^httpPort, httpsPort, statusPort must be a list without repetitions/,
    ],
    "too short a WebSocket silence": [
      withSite({ routes: [{ path: "/", upstream: "api", webSocketIdleSeconds: 59 }] }),
      /webSocketIdleSeconds must be a whole number from 60/,
    ],
    "an nginx that is too old": [
      { ...valid, nginxVersion: "1.18.0" },
      /^nginxVersion must be a version such as 1\.30\.5, at least 1\.22\.0, got "1\.18\.0"$/,
    ],
    "a range with too many bits": [{ ...valid, trustedProxies: { ranges: ["10.0.0.0/33"] } }, /CIDR notation/],
    "any origin": [withSite({ cors: { allowOrigins: ["*"] } }), /allowOrigins\[0\] must be an origin/],
  };
  function withSiteOf(args: Omit<EdgeConfArgs, "identity">): Pick<EdgeConfArgs, "sites"> {
    return {
      sites: args.sites.map(site => ({
        ...site,
        routes: [{ path: "/", upstream: "api", identity: "required" as const }],
      })),
    };
  }
  for (const [title, [args, message]] of Object.entries(wrong)) {
    it(`refuses ${title}, saying what is allowed`, () => {
      assert.throws(() => nginxConf(args), { name: "RangeError", message });
    });
  }
});
